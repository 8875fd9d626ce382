//! A believable community, to look at and to measure: 30 people, 12 rooms, 20,000 messages of the
//! last three months. The same every time, but for the clock.

use super::config::Config;
use super::mentions::Named;
use super::names::{Handle, search_key};
use super::rooms::bring_in;
use super::state::AppState;
use super::store::messages::Posted;
use super::store::{self, Connection, users::NewUser};
use super::{passwords, users};
use crate::shared::ids::{Millis, RoomId, UserId, now};
use crate::shared::refusal::Refusal;
use crate::shared::room::{History, RoomKind};
use anyhow::bail;

/// Everyone's password in a seeded database.
const PASSWORD: &str = "утренний-чай-42";

/// Messages in all, shared out unevenly as in life.
const MESSAGES: usize = 20_000;
const SPAN: Millis = 90 * 24 * 60 * 60 * 1_000;
const BATCH: usize = 1_000;

const PEOPLE: [(&str, &str); 30] = [
    ("anna", "Анна Ветрова"),
    ("boris", "Борис Ким"),
    ("vera", "Вера Соколова"),
    ("grisha", "Григорий Лапин"),
    ("dasha", "Дарья Орлова"),
    ("egor", "Егор Чижов"),
    ("zhenya", "Женя Малышева"),
    ("zoya", "Зоя Ахметова"),
    ("igor", "Игорь Белов"),
    ("katya", "Катя Синицына"),
    ("leonid", "Леонид Гордеев"),
    ("marina", "Марина Юсупова"),
    ("nikita", "Никита Фёдоров"),
    ("olga", "Ольга Тихонова"),
    ("pavel", "Павел Зимин"),
    ("rita", "Рита Ованесян"),
    ("semyon", "Семён Королёв"),
    ("tanya", "Таня Быстрова"),
    ("ulyana", "Ульяна Щукина"),
    ("fedor", "Фёдор Миронов"),
    ("ruslan", "Руслан Галиев"),
    ("sveta", "Света Пчёлкина"),
    ("timur", "Тимур Ибрагимов"),
    ("yulia", "Юлия Чернова"),
    ("artem", "Артём Журавлёв"),
    ("nastya", "Настя Кузнецова"),
    ("oleg", "Олег Пронин"),
    ("lena", "Лена Дубова"),
    ("max", "Максим Рябов"),
    ("emma", "Эмма Вайс"),
];

const ROOMS: [(&str, RoomKind); 12] = [
    ("Общая", RoomKind::Open),
    ("Объявления", RoomKind::Open),
    ("Кухня", RoomKind::Open),
    ("Книжный клуб", RoomKind::Open),
    ("Поход в сентябре", RoomKind::Invited),
    ("Дача и огород", RoomKind::Open),
    ("Настольные игры", RoomKind::Open),
    ("Родители 5 «Б»", RoomKind::Invited),
    ("Велосипеды", RoomKind::Open),
    ("Ремонт", RoomKind::Open),
    ("Сайт", RoomKind::Invited),
    ("Кино по пятницам", RoomKind::Open),
];

const OPENERS: [&str; 12] = [
    "Доброе утро!",
    "Коллеги,",
    "Кстати,",
    "Слушайте,",
    "Напоминаю:",
    "Вопрос:",
    "Хорошие новости!",
    "Спасибо!",
    "Ну что,",
    "Согласна,",
    "Если что,",
    "Ура!",
];
const MIDDLES: [&str; 16] = [
    "кто завтра сможет прийти пораньше",
    "я нашла тот самый рецепт с яблоками",
    "встречаемся у входа в шесть",
    "ключи лежат у вахтёра",
    "расписание опять поменяли",
    "дождь обещают только к вечеру",
    "билеты ещё есть, но мало",
    "возьмите с собой чашки",
    "фотографии выложу вечером",
    "я поправил и отправил на проверку",
    "дети в восторге, хотят ещё",
    "надо бы купить лампочек",
    "в среду не получится, давайте в четверг",
    "книгу дочитала за ночь",
    "собрание перенесли на неделю",
    "поезд отходит в 7:40",
];
const ENDS: [&str; 12] = [
    ".",
    "?",
    "!",
    ", хорошо?",
    ". Кто со мной?",
    " 🙂",
    ". Подробности тут: https://example.org/plan",
    ". **Очень важно.**",
    ". Спасибо всем, кто помог!",
    "…",
    ". _Не опаздывайте._",
    ". Ну, вы поняли.",
];
const SHORT: [&str; 14] = [
    "Да",
    "Нет, спасибо",
    "Ок",
    "👍",
    "Буду!",
    "Уже бегу",
    "Принято",
    "Отлично",
    "И я",
    "Позже напишу",
    "Ха-ха, точно",
    "Не знаю",
    "А можно мне тоже?",
    "+1",
];
const LONG: &str = "Список на субботу:\n\n- палатки (у Игоря две)\n- котелок и **спички**\n- вода, литров десять\n- аптечка\n\n> Аптечку в прошлый раз забыли\n\nВыезд в `07:40`, подробности в чате.";

/// Fills an empty database.
///
/// # Errors
/// A sentence: the database isn't empty, or can't be opened.
pub async fn seed(config: Config) -> anyhow::Result<()> {
    let url = config.database_url.clone();
    let state = AppState::open(config).await?;
    if !users::none_yet(&state).await? {
        bail!(
            "The database {url} has people in it already. Seed an empty one: --database-url data/seeded.db"
        );
    }
    let password_hash = passwords::hash(PASSWORD.to_owned()).await?;
    let rooms = write(&state, move |tx| {
        Box::pin(async move { community(tx, &password_hash).await })
    })
    .await?;
    let mut random = Random(42);
    let mut plan: Vec<(usize, usize, Millis, String)> = (0..MESSAGES)
        .map(|_| {
            let room = random.uneven(rooms.len());
            let author = random.uneven(rooms[room].1.len());
            (
                room,
                author,
                now() - random.below(SPAN as usize) as Millis,
                text(&mut random),
            )
        })
        .collect();
    plan.sort_by_key(|(_, _, at, _)| *at);
    for batch in plan.chunks(BATCH) {
        let (batch, rooms) = (batch.to_vec(), rooms.clone());
        write(&state, move |tx| {
            Box::pin(async move { post_all(tx, &rooms, batch).await })
        })
        .await?;
    }
    state.store.close().await;
    println!(
        "{} people, {} rooms, {MESSAGES} messages in {url}.",
        PEOPLE.len(),
        ROOMS.len()
    );
    println!("Sign in as {} with the password {PASSWORD}", PEOPLE[0].0);
    Ok(())
}

type Inside<'c, T> = futures::future::BoxFuture<'c, Result<T, Refusal>>;

async fn write<T: Send + 'static>(
    state: &AppState,
    work: impl for<'c> FnOnce(&'c mut Connection) -> Inside<'c, T> + Send + 'static,
) -> Result<T, Refusal> {
    state
        .store
        .writer
        .write(move |tx| Box::pin(async move { Ok((work(tx).await?, Vec::new())) }))
        .await
}

/// The people, and the rooms with whoever is in them.
async fn community(tx: &mut Connection, password_hash: &str) -> Result<Vec<(RoomId, Vec<UserId>)>, Refusal> {
    let mut people = Vec::new();
    for (index, (handle, name)) in PEOPLE.into_iter().enumerate() {
        let parsed = Handle::parse(handle)?;
        let user = NewUser {
            handle: handle.into(),
            handle_key: parsed.lookalike_key(),
            name: name.into(),
            search_key: search_key(&format!("{name} {handle}")),
            password_hash: password_hash.into(),
            owner: index == 0,
        };
        people.push(store::users::insert(tx, &user).await?.id);
    }
    let mut random = Random(7);
    let mut rooms = Vec::new();
    for (index, (name, kind)) in ROOMS.into_iter().enumerate() {
        let room = store::rooms::insert(tx, kind, name, &search_key(name), History::All).await?;
        let mut here = vec![people[0]];
        // The first room has everyone.
        here.extend(
            people[1..]
                .iter()
                .copied()
                .filter(|_| index == 0 || random.below(2) == 0),
        );
        for user in &here {
            bring_in(tx, room, *user, &mut Vec::new()).await?;
        }
        rooms.push((room, here));
    }
    for other in 1..9 {
        let room = store::rooms::insert_direct(tx, people[0], people[other]).await?;
        let here = vec![people[0], people[other]];
        for user in &here {
            bring_in(tx, room, *user, &mut Vec::new()).await?;
        }
        rooms.push((room, here));
    }
    Ok(rooms)
}

async fn post_all(
    tx: &mut Connection,
    rooms: &[(RoomId, Vec<UserId>)],
    batch: Vec<(usize, usize, Millis, String)>,
) -> Result<(), Refusal> {
    let nobody = Named::default();
    for (room, author, at, text) in batch {
        let (room, here) = &rooms[room];
        let version = store::rooms::next_version(tx, *room).await?;
        store::messages::insert(
            tx,
            *room,
            Posted::plain(here[author], &text, &nobody),
            version,
            at,
        )
        .await?;
    }
    Ok(())
}

fn text(random: &mut Random) -> String {
    match random.below(20) {
        0..6 => SHORT[random.below(SHORT.len())].into(),
        19 => LONG.into(),
        _ => {
            let opener = OPENERS[random.below(OPENERS.len())];
            let (middle, end) = (
                MIDDLES[random.below(MIDDLES.len())],
                ENDS[random.below(ENDS.len())],
            );
            format!("{opener} {middle}{end}")
        }
    }
}

/// Numbers that are the same each time (xorshift64*): nothing here needs to be hard to guess.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % end.max(1)
    }

    /// The first ones far more often: some rooms, and some people, talk more.
    fn uneven(&mut self, end: usize) -> usize {
        self.below(end).min(self.below(end))
    }
}
