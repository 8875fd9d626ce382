// What stands around a message, by two people: both ways, and for one who was away meanwhile.

import type { Page } from '@playwright/test';

import { expect, test } from './fixtures';
import { CUT, Wire, field, newRoom, open, post, settle, shown, twoInARoom, write } from './people';

test.beforeEach(async ({ server }) => settle(server));

/** A message by what it says itself, whatever it quotes. */
const message = (page: Page, text: string) =>
  page.locator('.message', { has: page.locator('.message__text', { hasText: text }) });

/** Opens a message's menu as a mouse does. One that is on its way has none yet. */
async function menu(page: Page, text: string): Promise<void> {
  await expect(message(page, text)).not.toHaveClass(/message--pending/);
  await message(page, text).click({ button: 'right' });
}

async function choose(page: Page, text: string, item: string): Promise<void> {
  await menu(page, text);
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

async function give(page: Page, text: string, emoji: string): Promise<void> {
  await menu(page, text);
  await page.getByRole('menuitemcheckbox', { name: emoji }).click();
}

/** Looks for an emoji among all that there are, until it is found first. */
async function seek(page: Page, words: string, emoji: string): Promise<void> {
  await give(page, 'Победа!', 'Другие эмодзи');
  await page.getByRole('searchbox', { name: 'Найти эмодзи' }).fill(words);
  await expect(page.locator('.emoji__list button').first()).toHaveText(emoji);
}

const reactions = (page: Page, text: string) => message(page, text).locator('.reaction');

test('a message is changed, and everyone sees that it was; its author sees how', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await open(anna.page, room);
  await open(boris.page, room);
  await write(anna.page, 'Встречаемся в пятницу');
  await message(boris.page, 'в пятницу').waitFor();

  await choose(anna.page, 'в пятницу', 'Изменить');
  await expect(field(anna.page)).toHaveValue('Встречаемся в пятницу');
  await write(anna.page, 'Встречаемся в субботу');
  for (const { page } of [anna, boris]) {
    await expect(message(page, 'в субботу')).toContainText('изменено');
    await expect(message(page, 'в пятницу')).toHaveCount(0);
  }
  await choose(anna.page, 'в субботу', 'Прежние версии');
  await expect(anna.page.getByRole('dialog')).toContainText('Встречаемся в пятницу');
  await anna.page.keyboard.press('Escape');

  await message(boris.page, 'в субботу').click({ button: 'right' });
  await expect(boris.page.getByRole('menuitem', { name: 'Ответить' })).toBeVisible();
  for (const none of ['Изменить', 'Прежние версии', 'Удалить']) {
    await expect(boris.page.getByRole('menuitem', { name: none })).toHaveCount(0);
  }
});

test('a message is deleted, and taken back within ten seconds', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await open(anna.page, room);
  await open(boris.page, room);
  await write(anna.page, 'Ключ под ковриком');
  await message(boris.page, 'Ключ под ковриком').waitFor();

  await choose(anna.page, 'Ключ под ковриком', 'Удалить');
  await expect(boris.page.locator('.message--deleted')).toHaveText(/Сообщение удалено/);
  await expect(boris.page.locator('.messages')).not.toContainText('Ключ под ковриком');
  await anna.page.getByRole('button', { name: 'Вернуть' }).click();
  for (const { page } of [anna, boris]) await expect(message(page, 'Ключ под ковриком')).toHaveCount(1);

  await choose(anna.page, 'Ключ под ковриком', 'Удалить');
  await expect(boris.page.locator('.message--deleted')).toHaveCount(1);
  await expect(anna.page.getByRole('button', { name: 'Вернуть' })).toHaveCount(0, { timeout: 20_000 });
});

test('an answer quotes what it answers, as that is now, and leads there', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await post(anna.page, room, 'Кто взял палатку?');
  for (let nth = 0; nth < 120; nth += 1) await post(anna.page, room, `Пункт ${nth}`);
  await open(boris.page, room);
  await open(anna.page, room);
  // Far up, by its own page.
  const first = await boris.page.request.get(`/api/v1/rooms/${room}/messages?after=0`);
  const [{ position }] = (await first.json()).messages;
  await boris.page.goto(`/rooms/${room}/${position}`);
  await boris.page.waitForFunction(() => document.documentElement.dataset.hydrated !== undefined);
  await expect(message(boris.page, 'Кто взял палатку?')).toBeInViewport();

  await choose(boris.page, 'Кто взял палатку?', 'Ответить');
  await expect(boris.page.locator('.composer .quote')).toContainText('Кто взял палатку?');
  await write(boris.page, 'Я взял');
  await expect(boris.page.locator('.composer .quote')).toHaveCount(0);
  for (const { page } of [anna, boris]) {
    const quote = message(page, 'Я взял').locator('.quote');
    await expect(quote).toContainText('Анна');
    await expect(quote).toContainText('Кто взял палатку?');
  }

  // Anna's page has only the end; the original is loaded, and shown.
  await expect(anna.page.locator(`#m${position}`)).toHaveCount(0);
  await message(anna.page, 'Я взял').locator('.quote').click();
  const original = anna.page.locator(`#m${position}`);
  await expect(original).toBeInViewport();
  await expect(original).toHaveClass(/message--sought/);

  // What is answered changes, and goes.
  await choose(anna.page, 'Кто взял палатку?', 'Изменить');
  await write(anna.page, 'Кто взял большую палатку?');
  await expect(message(boris.page, 'Я взял').locator('.quote')).toContainText('большую');
  await choose(anna.page, 'большую', 'Удалить');
  await expect(message(boris.page, 'Я взял').locator('.quote')).toContainText('Сообщение удалено');
});

test('words are passed on to another conversation, with the name of who said them', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  const other = await newRoom(boris.page, 'Семья');
  await post(anna.page, room, 'Поезд в 9:15');
  await open(boris.page, room);
  await choose(boris.page, 'Поезд в 9:15', 'Переслать');
  const dialog = boris.page.getByRole('dialog');
  await dialog.getByRole('searchbox').fill('семь');
  await dialog.getByRole('button', { name: 'Семья' }).click();
  await expect(boris.page).toHaveURL(new RegExp(`/rooms/${other}$`));
  const passed = message(boris.page, 'Поезд в 9:15');
  await expect(passed).toContainText('Переслано: Анна');
  await expect(passed).not.toHaveClass(/message--pending/);
});

test('text and a link are copied; the link opens the message among its surroundings', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await anna.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await post(boris.page, room, 'Важное **решение**');
  for (let nth = 0; nth < 110; nth += 1) await post(boris.page, room, `Дальше ${nth}`);
  const first = await boris.page.request.get(`/api/v1/rooms/${room}/messages?after=0`);
  const [{ position }] = (await first.json()).messages;
  await anna.page.goto(`/rooms/${room}/${position}`);
  await anna.page.waitForFunction(() => document.documentElement.dataset.hydrated !== undefined);

  const clipboard = () => anna.page.evaluate(() => navigator.clipboard.readText());
  await choose(anna.page, 'Важное', 'Копировать текст');
  await expect(anna.page.locator('.said-toast')).toHaveText(/Скопировано/);
  expect(await clipboard()).toBe('Важное **решение**');
  await choose(anna.page, 'Важное', 'Копировать ссылку');
  await expect.poll(clipboard).toBe(new URL(`/rooms/${room}/${position}`, anna.page.url()).href);

  // Without scripts too: the server puts it there.
  const plain = await newPerson('Без скриптов', {
    javaScriptEnabled: false,
    storageState: await boris.context.storageState(),
  });
  plain.allow({ url: /\/pkg\//, status: 'none' });
  await plain.page.goto(`/rooms/${room}/${position}`);
  await expect(message(plain.page, 'Важное')).toBeInViewport();
  await expect(message(plain.page, 'Важное')).toHaveClass(/message--sought/);
  await expect(message(plain.page, 'Дальше 3')).not.toHaveCount(0);
});

test('reactions are given and taken, by all, also by one who was away', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  const wire = await Wire.of(boris.page);
  boris.allow(...CUT);
  await post(anna.page, room, 'Победа!');
  await open(anna.page, room);
  await open(boris.page, room);
  await give(anna.page, 'Победа!', '🎉');
  await expect(reactions(boris.page, 'Победа!')).toHaveText(['🎉1']);
  await expect(reactions(anna.page, 'Победа!')).toHaveAttribute('aria-pressed', 'true');
  await expect(reactions(boris.page, 'Победа!')).toHaveAttribute('aria-pressed', 'false');
  await reactions(boris.page, 'Победа!').click();
  for (const { page } of [anna, boris]) await expect(reactions(page, 'Победа!')).toHaveText(['🎉2']);

  // Of all there are, by a word of one's own language.
  await seek(anna.page, 'ракет', '🚀');
  await anna.page.keyboard.press('ArrowDown');
  await anna.page.keyboard.press('Enter');
  await expect(reactions(boris.page, 'Победа!')).toHaveText(['🎉2', '🚀1']);

  await wire.cut();
  await reactions(anna.page, 'Победа!').first().click();
  await expect(reactions(anna.page, 'Победа!')).toHaveText(['🎉1', '🚀1']);
  await wire.mend();
  await expect(reactions(boris.page, 'Победа!')).toHaveText(['🎉1', '🚀1'], { timeout: 15_000 });
  await expect(reactions(boris.page, 'Победа!').first()).toHaveAttribute('aria-pressed', 'true');

  await choose(boris.page, 'Победа!', 'Кто отреагировал');
  const dialog = boris.page.getByRole('dialog');
  await expect(dialog.getByRole('listitem')).toHaveText([/Борис.*🎉/s, /Анна.*🚀/s], { useInnerText: true });

  // What is found first needs no arrow.
  await boris.page.keyboard.press('Escape');
  await seek(boris.page, 'ракет', '🚀');
  await boris.page.keyboard.press('Enter');
  for (const { page } of [anna, boris]) await expect(reactions(page, 'Победа!')).toHaveText(['🎉1', '🚀2']);
});

test('somebody is mentioned: offered while one types, marked, counted, and found', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  const me = await boris.page.request.get('/api/v1/rooms');
  const { handle } = (await me.json()).me;
  await open(anna.page, room);
  await boris.page.goto('/');
  await field(anna.page).pressSequentially('Спросите @бор');
  await expect(anna.page.getByRole('option', { name: /Борис/ })).toBeVisible();
  await anna.page.keyboard.press('Enter');
  await expect(field(anna.page)).toHaveValue(`Спросите @${handle} `);
  await field(anna.page).pressSequentially('о палатке');
  await anna.page.keyboard.press('Enter');
  await expect(message(anna.page, 'о палатке').locator('.mention')).toHaveText(`@${handle}`);
  await expect(anna.page.locator('.mention--me')).toHaveCount(0);
  for (let nth = 0; nth < 90; nth += 1) await post(anna.page, room, `Ещё ${nth}`);

  await open(boris.page, room);
  // From the end of what is new, back up to where one is named.
  await boris.page.locator('.messages').evaluate((list) => (list.scrollTop = -list.scrollHeight));
  await boris.page.getByRole('button', { name: 'К следующему упоминанию' }).click();
  await expect(message(boris.page, 'о палатке')).toBeInViewport();
  await expect(message(boris.page, 'о палатке').locator('.mention--me')).toHaveText(`@${handle}`);
});

test('a message is pinned for everyone', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await post(anna.page, room, 'Адрес: Лесная, 5');
  await open(anna.page, room);
  await open(boris.page, room);
  await choose(boris.page, 'Лесная', 'Закрепить');
  for (const { page } of [anna, boris]) {
    await expect(message(page, 'Лесная').getByRole('img', { name: 'Закреплено' })).toBeVisible();
  }
  // The list of them follows, and leads there.
  await boris.page.goto(`/rooms/${room}/details`);
  const pins = boris.page.locator('.pins');
  await expect(pins.getByRole('link', { name: /Анна.*Лесная, 5/s })).toHaveAttribute('href', new RegExp(`/rooms/${room}/\\d+$`));
  await post(anna.page, room, 'Код домофона 12');
  await choose(anna.page, 'Код домофона', 'Закрепить');
  await expect(pins.getByRole('link')).toHaveCount(2);
  await pins.getByRole('link', { name: /Лесная/ }).click();
  await expect(message(boris.page, 'Лесная')).toHaveClass(/message--sought/);
  await choose(anna.page, 'Лесная', 'Открепить');
  await expect(message(boris.page, 'Лесная').getByRole('img', { name: 'Закреплено' })).toHaveCount(0);
});

test('several are chosen, and copied, passed on or deleted together', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await post(anna.page, room, 'Хлеб');
  await post(anna.page, room, 'Молоко');
  await post(boris.page, room, 'Сыр');
  await open(anna.page, room);
  await open(boris.page, room);
  await choose(anna.page, 'Молоко', 'Выбрать');
  await message(anna.page, 'Хлеб').click();
  const bar = anna.page.getByRole('toolbar', { name: 'Выбрать' });
  await expect(bar).toContainText('Выбрано: 2');
  await anna.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await bar.getByRole('button', { name: 'Копировать текст' }).click();
  expect(await anna.page.evaluate(() => navigator.clipboard.readText())).toBe('Хлеб\n\nМолоко');

  await choose(anna.page, 'Хлеб', 'Выбрать');
  await message(anna.page, 'Молоко').click();
  await bar.getByRole('button', { name: 'Удалить' }).click();
  await expect.poll(() => shown(boris.page)).toEqual(['Сыр']);
  await anna.page.getByRole('button', { name: 'Вернуть' }).click();
  await expect.poll(() => shown(boris.page)).toEqual(['Хлеб', 'Молоко', 'Сыр']);
});

test('by keyboard alone: to a message, its menu, an answer', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await post(boris.page, room, 'Первое');
  await post(boris.page, room, 'Второе');
  await open(anna.page, room);
  await anna.page.locator('.messages').focus();
  await anna.page.keyboard.press('ArrowUp');
  await expect(anna.page.getByRole('article', { name: /Борис: Второе/ })).toBeFocused();
  await anna.page.keyboard.press('ArrowUp');
  await expect(anna.page.getByRole('article', { name: /Борис: Первое/ })).toBeFocused();
  await anna.page.keyboard.press('Enter');
  const menu = anna.page.getByRole('menu', { name: 'Действия с сообщением' });
  const first = menu.getByRole('menuitemcheckbox', { name: '👍' });
  await expect(first).toBeFocused();
  await anna.page.keyboard.press('Escape');
  await expect(anna.page.getByRole('article', { name: /Борис: Первое/ })).toBeFocused();
  await anna.page.keyboard.press('Enter');
  await expect(first).toBeFocused();
  await anna.page.keyboard.press('Enter');
  await expect(reactions(anna.page, 'Первое')).toHaveText(['👍1']);
  // The message is drawn anew; whoever was there still is.
  await expect(anna.page.locator('.message:focus')).toContainText('Первое');
  await anna.page.keyboard.press('Enter');
  await expect(first).toBeFocused();
  for (let nth = 0; nth < 7; nth += 1) await anna.page.keyboard.press('ArrowDown');
  await expect(menu.getByRole('menuitem', { name: 'Ответить' })).toBeFocused();
  await anna.page.keyboard.press('Enter');
  await expect(field(anna.page)).toBeFocused();
  await anna.page.keyboard.type('Отвечаю');
  await anna.page.keyboard.press('Enter');
  await expect(message(anna.page, 'Отвечаю').locator('.quote')).toContainText('Первое');
});
