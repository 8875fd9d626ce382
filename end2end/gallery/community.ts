import { rename } from 'node:fs/promises';

import { Database } from 'node-sqlite3-wasm';

import { settle } from '../tests/people';
import { Client, type Posted } from '../tests/scenes';
import { Server } from '../tests/server';

/** What the pictures show. */
export interface Community {
  anna: Client;
  vera: Client;
  newcomer: Client;
  rooms: Record<'hike' | 'site' | 'kitchen' | 'films' | 'quiet', number>;
}

const MINUTE = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;

/** When what was posted was posted, as the pictures have it: minutes ago. */
type Times = { room: number; position: number; ago: number }[];

/** People with something to say to each other, over some days. */
export async function community(server: Server): Promise<Community> {
  await settle(server);
  const owner = await Client.signIn(server, 'owner');
  const one = (handle: string, name: string) => Client.signUp(server, name, handle);
  const anna = await one('anna', 'Анна Ветрова');
  const boris = await one('boris', 'Борис Ким');
  const vera = await one('vera', 'Вера Соколова');
  const grisha = await one('grisha', 'Григорий Лапин');
  const zhenya = await one('zhenya', 'Женя Малышева');
  const noa = await one('noa', 'Ноа Леви');
  const newcomer = await one('katya', 'Катя Синицына');
  await newcomer.leave(1);

  const times: Times = [];
  const say = async (room: number, ago: number, who: Client, text: string): Promise<Posted> => {
    const posted = await who.post(room, text);
    times.push({ room, position: posted.position, ago });
    return posted;
  };

  const everyone = 1;
  await say(everyone, 6 * DAY, owner, 'Добро пожаловать! Пишите сюда обо всём, что касается всех.');
  await say(everyone, 2 * DAY, vera, 'Ключи от кладовки теперь лежат у вахтёра.');

  const bicycles = await grisha.room('Велосипеды', [anna, boris], 'open');
  await say(bicycles, 5 * DAY, grisha, 'В субботу едем на карьер, 40 км, без спешки.');
  await anna.read(bicycles, await say(bicycles, 5 * DAY - 20, boris, 'Я с вами, только накачаю колёса.'));

  const saved = await anna.direct(anna);
  await say(saved, 3 * DAY, anna, 'Рецепт шарлотки: 4 яблока, 3 яйца, по стакану муки и сахара');
  await say(saved, 3 * DAY - 1, anna, 'https://example.org/knigi — что почитать осенью');

  const parents = await zhenya.room('Родители 5 «Б»', [anna, vera, boris]);
  for (let index = 0; index < 12; index += 1) {
    const texts = ['Собрание перенесли на четверг.', 'Кто печёт пирог?', 'Мы можем принести чай.', 'И стаканчики!'];
    await say(parents, DAY + 90 - index * 4, [zhenya, vera, boris][index % 3], texts[index % texts.length]);
  }

  const books = await vera.room('Книжный клуб', [anna, grisha, zhenya], 'open');
  await anna.read(books, await say(books, 9 * HOUR, vera, 'Дочитали? Обсуждаем в пятницу, в семь.'));
  await anna.draft(books, 'Последняя глава — лучшее, что я читала за');

  const site = await boris.room('Сайт', [anna, noa, grisha]);
  await say(site, 8 * HOUR, boris, 'Счётчик гостей поправил:\n\n```\npub fn guests(all: &[Visit]) -> usize {\n    all.iter().filter(|visit| visit.by_invitation && !visit.cancelled && visit.left_at.is_none()).count()\n}\n```\n\nПосмотрите, пожалуйста.');
  await say(site, 8 * HOUR - 4, noa, '> Счётчик гостей поправил\n\nСпасибо! Проверила, **работает**. Осталось:\n\n1. перевести кнопку «`Отменить`»\n2. _шрифты_ на телефоне\n3. ~~картинка на обложке~~');
  await say(site, 7 * HOUR, noa, 'שלום לכולם! נתראה בשש ליד הכניסה.');
  await say(site, 7 * HOUR - 1, anna, 'Слово для проверки переносов: Донаудампфшиффартсэлектрицитетенхауптбетрибсверкбауунтербеамтенгезельшафтдонаудампфшиффарт');
  await anna.read(site, await say(site, 6 * HOUR, grisha, '👍'));

  const bosom = await anna.direct(boris);
  await say(bosom, 5 * HOUR, boris, 'Привет! Заберёшь билеты? Я не успеваю до шести.');
  await say(bosom, 5 * HOUR - 3, anna, 'Заберу, это по пути.');
  await say(bosom, 5 * HOUR - 3, anna, 'Место у окна тебе?');
  await anna.read(bosom, await say(bosom, 4 * HOUR, boris, 'Тебе! Я в прошлый раз сидел. И спасибо 🙂'));

  const kitchen = await vera.room('Кухня', [anna, zhenya], 'open');
  await anna.read(kitchen, await say(kitchen, 4 * HOUR - 20, zhenya, 'Чай закончился, купите кто-нибудь.'));

  const dear = await anna.direct(vera);
  await anna.read(dear, await say(dear, 2 * DAY, anna, 'Пластырь взять?'));
  await say(dear, 50, vera, 'Взяла сама, три пачки. До субботы!');

  const hike = await boris.room('Поход в сентябре', [anna, vera, grisha, zhenya]);
  await say(hike, DAY + 35, boris, 'Друзья, выходим в субботу в **7:40** с Ярославского. Кто с нами?');
  await say(hike, DAY + 31, vera, 'Я! И Гриша тоже.');
  await say(hike, DAY + 12, anna, 'Записалась. Беру котелок и чай.');
  await say(hike, 122, grisha, '> Беру котелок и чай\n\nТогда с меня горелка и _нормальный_ кофе.');
  await say(hike, 118, boris, 'Собрал всё в один список:\n\n- палатки, две — я\n- котелок и чай — Анна\n- горелка, кофе — Гриша\n- аптечка — Вера');
  await say(hike, 118, boris, 'Маршрут: https://example.org/marshrut');
  await vera.remove(hike, await say(hike, 96, vera, 'А пластырь?'));
  await say(hike, 95, vera, 'Аптечка собрана. В прошлый раз не хватило пластыря — взяла `3` пачки.');
  const rain = await say(hike, 41, anna, 'Дождь обещают к вечеру субботы');
  await anna.edit(hike, rain, 'Дождь обещают только к вечеру воскресенья, успеем');
  await say(hike, 40, anna, 'И на обратном пути — в то самое кафе?');
  await say(hike, 38, grisha, '🎉');
  await say(hike, 6, zhenya, 'Можно мне с вами? Палатка своя, а готовлю я лучше Гриши.');
  await anna.read(hike, await say(hike, 4, grisha, 'Это мы ещё посмотрим :) Конечно, идём!'));

  const later = (room: number, hours: number, text: string) => anna.schedule(room, text, Date.now() + hours * 3_600_000);
  await later(site, 14, 'С утра проверю ещё раз картинку на обложке.');
  await later(bosom, 40, 'Не забудь билеты! Встречаемся у третьей колонны, как в прошлый раз.');
  const over = await zhenya.room('Выставка', [anna]);
  await later(over, 0.0005, 'Сколько стоит вход для студентов?');
  await zhenya.close(over);

  const films = await zhenya.room('Кино по пятницам', [grisha], 'open');
  const quiet = await anna.room('Сюрприз для Веры');

  await server.stop();
  await alter(server, times);
  await server.start();
  return { anna, vera, newcomer, rooms: { hike, site, kitchen, films, quiet } };
}

/** What was written in a second gets the times at which it would have been written. */
async function alter(server: Server, times: Times): Promise<void> {
  const file = server.databaseUrl.replace('sqlite://', '');
  // Under its own name it has a lock of the server's beside it, which this would take for one of its own.
  const aside = `${file}.aside`;
  await rename(file, aside);
  const database = new Database(aside);
  try {
    // There is no memory to share, so nobody else may have it open; nobody has.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('BEGIN');
    for (const { room, position, ago } of times) {
      const at = Math.round(Date.now() - ago * MINUTE);
      database.run('UPDATE messages SET posted_at = ? WHERE room_id = ? AND position = ?', [at, room, position]);
    }
    database.exec('COMMIT');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
  await rename(aside, file);
}
