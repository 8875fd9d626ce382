import { type Page } from '@playwright/test';

import { Inspection } from './axe';
import { expect, test } from './fixtures';
import { CUT, Wire, field, hydrated, message, newHandle, newRoom, open, settle, shown, signUp, stored, twoInARoom, write } from './people';

test.beforeEach(async ({ server }) => settle(server));

const OURS = { 'sec-fetch-site': 'same-origin' };
const HOUR = 60 * 60_000;
const menu = (page: Page) => page.getByRole('menu');
const dialog = (page: Page) => page.locator('dialog.later');
const line = (page: Page) => page.locator('.scheduled-here a');
const clock = (page: Page) => page.getByRole('button', { name: 'Отправить иначе' });
const rows = (page: Page) => page.locator('.waiting__one');

interface Waiting {
  client_id: string;
  text: string;
  due_at: number;
  silent?: boolean;
  reply_to?: number;
}

/** What waits, as the server has it. */
async function waiting(page: Page): Promise<Waiting[]> {
  return (await page.request.get('/api/v1/scheduled', { headers: OURS })).json();
}

/** Schedules as this person does, past the page. */
async function schedule(page: Page, room: number, text: string, due_at: number): Promise<void> {
  const id = crypto.randomUUID();
  const client_id = `${id.slice(0, 14)}7${id.slice(15)}`;
  const answer = await page.request.post(`/api/v1/rooms/${room}/scheduled`, {
    headers: OURS,
    data: { client_id, text, due_at },
  });
  expect(answer.status()).toBe(200);
}

/** By the clock in the field, to the dialog. */
async function choose(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  // The chunk comes at the first sign of a pointer.
  await page.mouse.move(10, 10);
  await clock(page).click();
  await menu(page).getByRole('menuitem', { name: 'Отправить позже' }).click();
  await expect(dialog(page)).toBeVisible();
}

/** Tomorrow at that hour, by the clocks of the page. */
const tomorrow = (page: Page, hour: number) =>
  page.evaluate((hour) => {
    const at = new Date();
    at.setDate(at.getDate() + 1);
    at.setHours(hour, 0, 0, 0);
    return at.getTime();
  }, hour);

test('what is scheduled is seen, changed and sent, on every device of its author and on no other', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  const { page } = await open(anna.page, room).then((page) => ({ page }));
  await open(boris.page, room);
  const second = await anna.context.newPage();
  await open(second, room);

  await expect(clock(page)).toBeHidden();
  await choose(page, 'Завтра в девять у входа');
  await dialog(page).getByRole('button', { name: 'Завтра в 09:00' }).click();
  await dialog(page).getByRole('button', { name: 'Запланировать' }).click();
  await expect(dialog(page)).toHaveCount(0);
  await expect(field(page)).toHaveValue('');
  await expect(field(page)).toBeFocused();
  await expect(page.locator('.composer [role=status].said')).toHaveText('Запланировано: Завтра в 09:00.');
  for (const each of [page, second]) await expect(line(each)).toContainText('Запланировано: 1');
  const [one] = await waiting(page);
  expect(one!.due_at).toBe(await tomorrow(page, 9));

  // The list, in both tabs.
  for (const each of [page, second]) {
    await line(each).click();
    await expect(rows(each)).toHaveCount(1);
    await expect(rows(each)).toContainText('Завтра в 09:00');
    await expect(rows(each)).toContainText('Завтра в девять у входа');
  }
  // Half a text is typed there, about another one.
  await schedule(page, room, 'И не забудь чай', Date.now() + 3 * HOUR);
  await expect(rows(second)).toHaveCount(2);
  const other = rows(second).filter({ hasText: 'чай' });
  await other.getByText('Изменить').click();
  await other.getByLabel('Текст сообщения').fill('И не забудь чай и');

  const first = rows(page).filter({ hasText: 'девять' });
  await first.getByText('Изменить').click();
  await first.getByLabel('Текст сообщения').fill('Завтра в десять у входа');
  const at = await page.evaluate((at) => {
    const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
    return local.toISOString().slice(0, 16);
  }, (await tomorrow(page, 9)) + HOUR);
  await first.getByLabel('Когда отправить').fill(at);
  await first.getByLabel('Без звука').check();
  await first.getByRole('button', { name: 'Сохранить' }).click();
  for (const each of [page, second]) {
    await expect(rows(each).filter({ hasText: 'Завтра в 10:00' })).toContainText('Завтра в десять у входа');
    await expect(rows(each).getByRole('img', { name: 'Без звука' })).toHaveCount(1);
  }
  await expect(page.locator('main h1')).toBeFocused();
  await expect(other.getByLabel('Текст сообщения'), 'nothing typed is lost').toHaveValue('И не забудь чай и');
  expect(await stored(boris.page, room)).toEqual([]);

  await rows(page).filter({ hasText: 'десять' }).getByRole('button', { name: 'Отправить сейчас' }).click();
  await expect(message(boris.page, 'Завтра в десять у входа')).toHaveCount(1);
  await expect(rows(second)).toHaveCount(1);
  await other.getByText('Не отправлять').click();
  await other.getByRole('button', { name: 'Удалить' }).click();
  for (const each of [page, second]) await expect(each.getByText('Ничего не запланировано')).toBeVisible();
  await page.locator('.waiting__of a').click();
  await expect(page).toHaveURL(new RegExp(`/rooms/${room}$`));
  await expect(line(page)).toHaveCount(0);
  expect(await stored(boris.page, room)).toEqual(['Завтра в десять у входа']);
});

test('what is due comes to both sides, and to somebody who was away', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  anna.allow(...CUT);
  boris.allow(...CUT);
  const wire = await Wire.of(boris.page);
  await open(anna.page, room);
  await open(boris.page, room);
  await schedule(anna.page, room, 'от Анны', Date.now() + 2_500);
  await schedule(boris.page, room, 'от Бориса', Date.now() + 2_600);
  await expect(line(anna.page)).toContainText('Запланировано: 1');
  await expect(line(boris.page)).toContainText('Запланировано: 1');
  await wire.cut();
  await expect.poll(() => shown(anna.page)).toEqual(['от Анны', 'от Бориса']);
  await expect(line(anna.page)).toHaveCount(0);
  await wire.mend();
  await expect.poll(() => shown(boris.page), { timeout: 20_000 }).toEqual(['от Анны', 'от Бориса']);
  await expect(line(boris.page)).toHaveCount(0);
  // As it was before, after another load.
  await boris.page.reload();
  await expect.poll(() => shown(boris.page)).toEqual(['от Анны', 'от Бориса']);
});

test('by keyboard alone, from the button that sends', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  const page = await open(anna.page, room);
  await open(boris.page, room);
  await field(page).fill('Тихо с клавиатуры');
  await page.keyboard.press('Tab');
  await expect(page.locator('.send')).toBeFocused();
  await expect(clock(page)).toBeVisible();
  await page.keyboard.press('Shift+F10');
  await expect(menu(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(menu(page)).toHaveCount(0);
  await expect(page.locator('.send')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(clock(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(menu(page).getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(message(boris.page, 'Тихо с клавиатуры')).toHaveCount(1);
  await expect(field(page)).toBeFocused();

  await field(page).fill('Позже с клавиатуры');
  await expect(clock(page)).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(clock(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(menu(page).getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(dialog(page).getByLabel('Когда отправить')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(line(page)).toContainText('Запланировано: 1');
  await expect(field(page)).toBeFocused();
  await choose(page, 'Передумала');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  await expect(field(page)).toHaveValue('Передумала');
  expect((await waiting(page)).map(({ text }) => text)).toEqual(['Позже с клавиатуры']);
});

test('what is sent without sound is marked and not announced', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  anna.allow(...CUT);
  const wire = await Wire.of(anna.page);
  const page = await open(anna.page, room);
  await open(boris.page, room);
  await field(page).fill('Только тихо');
  await page.mouse.move(10, 10);
  await expect(clock(page)).toBeVisible();
  await page.locator('.send').click({ button: 'right' });
  await menu(page).getByRole('menuitem', { name: 'Отправить без звука' }).click();
  for (const each of [anna.page, boris.page]) {
    await expect(message(each, 'Только тихо').getByRole('img', { name: 'Без звука' })).toBeVisible();
  }
  // What is announced is what came within a second.
  await boris.page.waitForTimeout(1_500);
  await expect(boris.page.locator('.announcer')).toHaveText('');
  await write(page, 'А это вслух');
  await expect(boris.page.locator('.announcer')).toHaveText('Анна: А это вслух');
  await expect(message(boris.page, 'А это вслух').getByRole('img', { name: 'Без звука' })).toHaveCount(0);
  // What waits for a connection stays silent.
  await wire.cut();
  await field(page).fill('Из туннеля');
  await clock(page).click();
  await menu(page).getByRole('menuitem', { name: 'Отправить без звука' }).click();
  await expect(page.locator('.message--pending')).toHaveCount(1);
  await wire.mend();
  const late = message(boris.page, 'Из туннеля').getByRole('img', { name: 'Без звука' });
  await expect(late).toBeVisible({ timeout: 20_000 });
  await expect(boris.page.locator('.announcer')).toHaveText('Анна: А это вслух');
});

test('without a connection nothing is scheduled, and nothing lost', async ({ newPerson }) => {
  const { anna, room } = await twoInARoom(newPerson);
  anna.allow(...CUT);
  const wire = await Wire.of(anna.page);
  const page = await open(anna.page, room);
  await choose(page, 'Без связи');
  await wire.cut();
  await dialog(page).getByRole('button', { name: 'Запланировать' }).click();
  await expect(dialog(page).getByRole('alert')).toContainText('Сейчас нет связи');
  await expect(field(page)).toHaveValue('Без связи');
  await wire.mend();
  await dialog(page).getByRole('button', { name: 'Запланировать' }).click();
  await expect(line(page)).toContainText('Запланировано: 1', { timeout: 20_000 });
  await expect(field(page)).toHaveValue('');
  // The answer is lost: the server has it, and the page finds out.
  await choose(page, 'Ответ потерялся');
  await wire.mute();
  await dialog(page).getByRole('button', { name: 'Запланировать' }).click();
  await expect(dialog(page).getByRole('alert')).toContainText('Сейчас нет связи');
  await wire.mend();
  await dialog(page).getByRole('button', { name: 'Отменить' }).click();
  await expect(line(page)).toContainText('Запланировано: 2', { timeout: 20_000 });
  await expect(field(page)).toHaveValue('');
  expect((await waiting(page)).map(({ text }) => text).sort()).toEqual(['Без связи', 'Ответ потерялся']);
});

test('a time that is over is refused in words', async ({ newPerson }) => {
  const { anna, room } = await twoInARoom(newPerson);
  anna.allow({ url: /schedule/, status: 422 });
  const page = await open(anna.page, room);
  await choose(page, 'Вчера');
  await dialog(page).getByLabel('Когда отправить').fill('2020-01-01T10:00');
  await dialog(page).getByRole('button', { name: 'Запланировать' }).click();
  await expect(dialog(page).getByRole('alert')).toHaveText('Выберите время в будущем, не дальше года.');
  await expect(field(page)).toHaveValue('Вчера');
});

test('an answer that is scheduled keeps what it answers', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  const page = await open(anna.page, room);
  await open(boris.page, room);
  await write(boris.page, 'Кто за?');
  await message(page, 'Кто за?').click({ button: 'right' });
  await menu(page).getByRole('menuitem', { name: 'Ответить' }).click();
  await choose(page, 'Я за');
  await dialog(page).getByRole('button', { name: 'Запланировать' }).click();
  await expect(line(page)).toContainText('Запланировано: 1');
  await expect(page.locator('.composer .quote')).toHaveCount(0);
  await line(page).click();
  await expect(rows(page).getByRole('img', { name: 'Ответ на сообщение' })).toBeVisible();
  await rows(page).getByRole('button', { name: 'Отправить сейчас' }).click();
  await expect(message(boris.page, 'Я за').locator('.quote')).toContainText('Кто за?');
});

test('what couldn’t be sent is kept with the reason', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  const page = await open(boris.page, room);
  await schedule(page, room, 'Опоздавшее', Date.now() + 1_500);
  const closed = await anna.page.request.post(`/api/v1/rooms/${room}/close`, { headers: OURS });
  expect(closed.status()).toBe(200);
  await expect(line(page)).toContainText('не отправлено: 1');
  await page.goto('/scheduled');
  await hydrated(page);
  await expect(rows(page)).toContainText('Поход');
  await expect(rows(page)).toContainText('Не отправлено. Комната закрыта');
  await anna.page.request.post(`/api/v1/rooms/${room}/reopen`, { headers: OURS });
  await rows(page).getByRole('button', { name: 'Отправить сейчас' }).click();
  await expect(page.getByText('Ничего не запланировано')).toBeVisible();
  expect(await stored(anna.page, room)).toEqual(['Опоздавшее']);
});

test('a finger that lies on the button opens the menu', async ({ newPerson }) => {
  const { page } = await newPerson('Анна', { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
  await signUp(page, newHandle('anna'), 'Анна');
  const room = await newRoom(page, 'Телефон');
  await open(page, room);
  await field(page).tap();
  await field(page).pressSequentially('Пальцем');
  await expect(clock(page)).toBeVisible();
  const box = (await page.locator('.send').boundingBox())!;
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const session = await page.context().newCDPSession(page);
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
  await page.waitForTimeout(700);
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await expect(menu(page)).toBeVisible();
  expect(await stored(page, room), 'lifting it sends nothing').toEqual([]);
  await menu(page).getByRole('menuitem', { name: 'Отправить без звука' }).tap();
  await expect(message(page, 'Пальцем').getByRole('img', { name: 'Без звука' })).toBeVisible();
  // The clock does the same, by a tap.
  await field(page).fill('Ещё раз');
  await clock(page).tap();
  await expect(menu(page)).toBeVisible();
});

test('all of it works without scripts', async ({ newPerson }) => {
  const { page, allow } = await newPerson('Анна', { javaScriptEnabled: false });
  allow({ url: /\/pkg\//, status: 'none' }, { url: /\/rooms\/\d+$/, status: 422 });
  await signUp(page, newHandle('anna'), 'Анна');
  const room = await newRoom(page, 'Без скриптов');
  await page.goto(`/rooms/${room}`);
  const more = () => page.locator('.send-otherwise summary').click();
  await field(page).fill('Тихо');
  await more();
  await page.getByLabel('Отправить без звука').check();
  await page.locator('.send').click();
  await expect(message(page, 'Тихо').getByRole('img', { name: 'Без звука' })).toBeVisible();

  // Refused, it comes back as it was typed.
  await field(page).fill('Потом');
  await more();
  await page.getByLabel('Отправить без звука').check();
  await page.getByRole('button', { name: 'Запланировать' }).click();
  await expect(page.locator('.composer__hint')).toContainText('Выберите время в будущем');
  await expect(field(page)).toHaveValue('Потом');
  await expect(page.getByLabel('Отправить без звука')).toBeChecked();
  // No cookie says which zone it is.
  const day = new Date(Date.now() + 30 * 24 * HOUR).toISOString().slice(0, 10);
  await page.getByLabel('Когда отправить').fill(`${day}T10:00`);
  // A time that is chosen holds, whichever button is pressed.
  await page.locator('.send').click();
  await expect(page).toHaveURL(new RegExp(`/rooms/${room}/scheduled$`));
  await expect(rows(page)).toContainText('Потом');
  expect((await waiting(page))[0]!.due_at).toBe(Date.parse(`${day}T10:00Z`));

  await rows(page).getByText('Изменить').click();
  await rows(page).getByLabel('Текст сообщения').fill('Потом, но иначе');
  await rows(page).getByRole('button', { name: 'Сохранить' }).click();
  await expect(rows(page)).toContainText('Потом, но иначе');
  await page.goto(`/rooms/${room}`);
  await line(page).click();
  await rows(page).getByRole('button', { name: 'Отправить сейчас' }).click();
  await expect(page.getByText('Ничего не запланировано')).toBeVisible();
  await schedule(page, room, 'Не надо', Date.now() + HOUR);
  await page.goto('/scheduled');
  await rows(page).getByText('Не отправлять').click();
  await rows(page).getByRole('button', { name: 'Удалить' }).click();
  await expect(page.getByText('Ничего не запланировано')).toBeVisible();
  expect(await stored(page, room)).toEqual(['Тихо', 'Потом, но иначе']);
});

test('nothing about it keeps anybody out', async ({ newPerson }) => {
  const { page } = await newPerson('Анна', { reducedMotion: 'reduce' });
  await signUp(page, newHandle('anna'), 'Анна');
  const room = await newRoom(page, 'Для всех');
  const inspection = new Inspection(page, 'scheduling');
  await open(page, room);
  await schedule(page, room, 'Один', Date.now() + HOUR);
  await inspection.state('something waits', async () => {
    await expect(line(page)).toBeVisible();
    await field(page).fill('Ещё');
    await page.mouse.move(10, 10);
    await expect(clock(page)).toBeVisible();
  });
  await inspection.state('the menu', () => clock(page).click());
  await inspection.state('the dialog', () => menu(page).getByRole('menuitem').last().click());
  await inspection.state('the list', async () => {
    await page.goto(`/rooms/${room}/scheduled`);
    await hydrated(page);
    await rows(page).getByText('Изменить').click();
    await rows(page).getByText('Не отправлять').click();
  });
  inspection.done();
});
