import type { Page } from '@playwright/test';

import { Inspection } from './axe';
import { expect, test } from './fixtures';
import { field, hydrated, message, newHandle, newRoom, PASSWORD, settle, signIn, signUp, twoInARoom, write } from './people';

// One of these switches newcomers off.
test.use({ ownServer: 'rooms' });

test.beforeEach(async ({ server }) => settle(server));

/** Opens the room's page, scripts and all. */
async function details(page: Page, room: number): Promise<Page> {
  await page.goto(`/rooms/${room}/details`);
  await hydrated(page);
  return page;
}

const seat = (page: Page, name: string) => page.locator('.seat', { hasText: name });
const fold = (page: Page, name: string) => page.locator('.details summary', { hasText: name });

/** Opens what can be done about somebody. */
async function about(page: Page, name: string) {
  await seat(page, name).locator('.more > summary').click();
  return seat(page, name);
}

/** Makes a link from the room's page and tells its address. */
async function makeLink(page: Page, room: number, uses?: string): Promise<string> {
  await details(page, room);
  await fold(page, 'Пригласить по ссылке').click();
  if (uses) await page.locator('.details').getByText(uses, { exact: true }).click();
  await page.getByRole('button', { name: 'Создать ссылку' }).click();
  const link = page.locator('.invitation__link').first();
  await expect(link).toHaveValue(/\/join\/[0-9a-f]{32}$/);
  return link.inputValue();
}

/** Comes by a link with one field and one button. */
async function comeIn(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await expect(page.locator('input[name=name]')).toBeFocused();
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(page.locator('.conversation')).toBeVisible();
  await hydrated(page);
}

test('an owner makes a moderator and takes it back, and both pages follow', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await details(boris.page, room);
  await expect(seat(boris.page, 'Анна').locator('.seat__role')).toHaveText('владелец');
  await expect(fold(boris.page, 'Пригласить по ссылке')).toHaveCount(0);
  await boris.page.locator('#add-person').fill('@начато');

  await details(anna.page, room);
  const actions = await about(anna.page, 'Борис');
  await actions.getByRole('button', { name: 'Сделать модератором' }).click();
  await expect(seat(anna.page, 'Борис').locator('.seat__role')).toHaveText('модератор');
  await expect(anna.page.locator('.details section h3').first()).toBeFocused();
  await expect(seat(boris.page, 'Борис').locator('.seat__role')).toHaveText('модератор');
  await expect(fold(boris.page, 'Пригласить по ссылке')).toBeVisible();
  // What is typed stays while the rest follows.
  await expect(boris.page.locator('#add-person')).toHaveValue('@начато');
  // He is not above her.
  await expect(seat(boris.page, 'Анна').locator('.more')).toHaveCount(0);

  await about(anna.page, 'Борис');
  await seat(anna.page, 'Борис').getByRole('button', { name: 'Сделать участником' }).click();
  await expect(seat(boris.page, 'Борис').locator('.seat__role')).toHaveCount(0);
  await expect(fold(boris.page, 'Пригласить по ссылке')).toHaveCount(0);

  // Her own page may be the last to know, and draws his row anew.
  await expect(seat(anna.page, 'Борис').locator('.seat__role')).toHaveCount(0);
  await about(anna.page, 'Борис');
  await seat(anna.page, 'Борис').getByRole('button', { name: 'Сделать владельцем' }).click();
  await expect(fold(boris.page, 'Изменить комнату')).toBeVisible();
});

test('whoever is put out while looking on is led to the list', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await details(boris.page, room);
  await details(anna.page, room);
  await about(anna.page, 'Борис');
  await seat(anna.page, 'Борис').locator('summary', { hasText: 'Удалить из комнаты' }).click();
  await expect(seat(anna.page, 'Борис')).toContainText('Борис больше не увидит');
  await seat(anna.page, 'Борис').getByRole('button', { name: 'Удалить', exact: true }).click();
  await expect(seat(anna.page, 'Борис')).toHaveCount(0);
  await expect(boris.page).toHaveURL(/\/$/);
  await expect(boris.page.locator('.room', { hasText: 'Поход' })).toHaveCount(0);
  boris.allow({ url: new RegExp(`/rooms/${room}`), status: 404 });
  await boris.page.goto(`/rooms/${room}`);
  await expect(boris.page.locator('.conversation')).toContainText('Здесь ничего нет');
});

test('a room is named and described for everyone at once', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await details(boris.page, room);
  await details(anna.page, room);
  await fold(anna.page, 'Изменить комнату').click();
  await anna.page.locator('#room-name').fill('Поход на байдарках');
  await anna.page.locator('#room-description').fill('Сбор в субботу в девять');
  await anna.page.locator('label', { hasText: 'Только новое' }).click();
  await anna.page.getByRole('button', { name: 'Сохранить' }).click();
  for (const { page } of [anna, boris]) {
    await expect(page.locator('.conversation__title')).toHaveText('Поход на байдарках');
    await expect(page.locator('.room__title', { hasText: 'Поход на байдарках' })).toHaveCount(1);
    await expect(page.locator('.details__about')).toHaveText('Сбор в субботу в девять');
    await expect(page.locator('.details__who')).toContainText('не видят того, что было до них');
  }
  await expect(anna.page.locator('#room-name')).toBeHidden();

  // What is refused stands by its form.
  anna.allow({ url: /\/fn\/change_room/, status: 422 });
  await fold(anna.page, 'Изменить комнату').click();
  await anna.page.locator('#room-name').fill('\u200b');
  await anna.page.getByRole('button', { name: 'Сохранить' }).click();
  await expect(anna.page.locator('.details [role=alert]')).toContainText('Нужно имя');
});

test('a closed room is read only, from one moment to the next', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await boris.page.goto(`/rooms/${room}`);
  await hydrated(boris.page);
  await field(boris.page).fill('недописанное');
  await details(anna.page, room);
  await fold(anna.page, 'Закрыть комнату').click();
  await anna.page.getByRole('button', { name: 'Закрыть', exact: true }).click();
  await expect(boris.page.locator('.conversation__closed')).toContainText('Комната закрыта');
  await expect(field(boris.page)).toHaveCount(0);
  await anna.page.getByRole('button', { name: 'Открыть комнату снова' }).click();
  await expect(field(boris.page)).toHaveValue('недописанное');
  await field(boris.page).press('Enter');
  await expect(message(anna.page, 'недописанное')).toHaveCount(1);
});

test('from a link to the first message there is one field and one button', async ({ newPerson }) => {
  const anna = await newPerson('Анна');
  await signUp(anna.page, newHandle('anna'), 'Анна');
  const room = await newRoom(anna.page, 'Поход');
  const link = await makeLink(anna.page, room);
  await fold(anna.page, 'QR-код').click();
  await expect(anna.page.locator('.qr')).toBeVisible();

  const guest = await newPerson('Галина', { viewport: { width: 360, height: 740 } });
  await guest.page.goto(link);
  await expect(guest.page.locator('h1')).toHaveText('Поход');
  await expect(guest.page.locator('.door__card')).toContainText('Вас приглашает Анна · 1 участник');
  await expect(guest.page.locator('.door__card input')).toHaveCount(1);
  const seen = new Inspection(guest.page, 'A link');
  await seen.look('from outside');
  seen.done();
  await comeIn(guest.page, link, 'Галина');
  await write(guest.page, 'Я пришла!');
  await expect(message(anna.page, 'Я пришла!')).toHaveCount(1);
  await expect(seat(anna.page, 'Галина')).toHaveCount(1);

  // Her own link leads others to her.
  const handle = (await seat(anna.page, 'Галина').locator('.person__handle').textContent())!;
  const other = await newPerson('Зоя');
  await comeIn(other.page, `/${handle}`, 'Зоя');
  await write(other.page, 'Здравствуйте');
  await expect(guest.page.locator('.room', { hasText: 'Здравствуйте' })).toHaveCount(1);
});

test('a link is copied, used up, revoked', async ({ newPerson }) => {
  const anna = await newPerson('Анна', { permissions: ['clipboard-read', 'clipboard-write'] });
  const boris = await newPerson('Борис');
  await signUp(anna.page, newHandle('anna'), 'Анна');
  await signUp(boris.page, newHandle('boris'), 'Борис');
  const room = await newRoom(anna.page, 'Поход');
  const once = await makeLink(anna.page, room, '1');
  await anna.page.getByRole('button', { name: 'Скопировать' }).click();
  await expect(anna.page.locator('.invitation [role=status]')).toHaveText('Ссылка скопирована.');
  expect(await anna.page.evaluate(() => navigator.clipboard.readText())).toBe(once);

  // With an account it is one button.
  await boris.page.goto(once);
  await boris.page.getByRole('button', { name: 'Войти в комнату' }).click();
  await expect(boris.page).toHaveURL(new RegExp(`/rooms/${room}$`));
  await expect(seat(anna.page, 'Борис')).toHaveCount(1);
  await expect(anna.page.locator('.invitation')).toHaveCount(0);

  const revoked = await makeLink(anna.page, room);
  await anna.page.getByRole('button', { name: 'Отозвать' }).click();
  await expect(anna.page.locator('.invitation')).toHaveCount(0);
  const guest = await newPerson('Галина');
  guest.allow({ url: /\/join\//, status: 410 });
  for (const link of [once, revoked]) {
    await guest.page.goto(link);
    await expect(guest.page.locator('h1')).toHaveText('Приглашение не действует');
    await expect(guest.page.locator('[role=alert]')).toContainText('Попросите новое');
  }
});

test('an account without a password reminds of it, warns, and gets one', async ({ newPerson }) => {
  const anna = await newPerson('Анна');
  await signUp(anna.page, newHandle('anna'), 'Анна');
  const room = await newRoom(anna.page, 'Поход');
  const link = await makeLink(anna.page, room);
  const guest = await newPerson('Галина');
  await comeIn(guest.page, link, 'Галина');
  const handle = (await guest.page.locator('.sidebar__me .person__handle').textContent())!;

  const reminder = guest.page.locator('.reminder');
  await expect(reminder).toBeVisible();
  await reminder.getByRole('button', { name: 'Не сейчас' }).click();
  await expect(reminder).toBeHidden();
  await guest.page.reload();
  await hydrated(guest.page);
  await expect(reminder).toBeHidden();
  const [kept] = (await guest.context.cookies()).filter(({ name }) => name === 'put-off');
  const days = (kept!.expires - Date.now() / 1000) / 86_400;
  expect(days).toBeGreaterThan(6.9);
  await guest.context.clearCookies({ name: 'put-off' });
  await guest.page.goto('/settings');
  await hydrated(guest.page);
  await expect(reminder).toBeVisible();

  await guest.page.locator('summary', { hasText: 'Выйти' }).click();
  await expect(guest.page.locator('.fold')).toContainText('вернуться в него не получится');
  await expect(guest.page.getByRole('button', { name: 'Всё равно выйти' })).toBeVisible();
  await guest.page.locator('input[name=password]').fill(PASSWORD);
  await guest.page.getByRole('button', { name: 'Задать пароль' }).click();
  await expect(guest.page.locator('form[action="/settings/password"]')).toHaveCount(0);
  await expect(reminder).toHaveCount(0);

  const elsewhere = await newPerson('Галина с телефона');
  await signIn(elsewhere.page, handle.slice(1));
  await expect(elsewhere.page.locator('.room', { hasText: 'Поход' })).toHaveCount(1);
});

test('the server’s owner switches newcomers off, and the link leads to an account', async ({ newPerson }) => {
  const owner = await newPerson('Хозяйка');
  await signIn(owner.page, 'owner');
  const room = await newRoom(owner.page, 'Поход');
  const link = await makeLink(owner.page, room);
  await owner.page.goto('/settings');
  await owner.page.getByRole('button', { name: 'Запретить' }).click();
  await expect(owner.page.getByRole('button', { name: 'Разрешить входить без пароля' })).toBeVisible();

  const guest = await newPerson('Галина');
  await guest.page.goto(link);
  await guest.page.getByRole('link', { name: 'Создать аккаунт' }).click();
  await guest.page.locator('input[name=name]').fill('Галина');
  await guest.page.locator('input[name=handle]').fill(newHandle('galina'));
  await guest.page.locator('input[name=password]').fill(PASSWORD);
  await guest.page.locator('form:has(input[name=password]) button').click();
  await expect(guest.page).toHaveURL(link);
  await guest.page.getByRole('button', { name: 'Войти в комнату' }).click();
  await expect(guest.page).toHaveURL(new RegExp(`/rooms/${room}$`));

  await owner.page.getByRole('button', { name: 'Разрешить входить без пароля' }).click();
  await expect(owner.page.getByRole('button', { name: 'Запретить' })).toBeVisible();
});

test('a room is led without scripts', async ({ newPerson }) => {
  const handle = newHandle('boris');
  const boris = await newPerson('Борис');
  await signUp(boris.page, handle, 'Борис');
  const { page, allow } = await newPerson('Анна', { javaScriptEnabled: false });
  allow({ url: /\/pkg\//, status: 'none' });
  await signUp(page, newHandle('anna'), 'Анна');
  await page.goto('/rooms/new');
  await page.locator('input[name=name]').fill('Тихая');
  await page.locator('label', { hasText: 'Только новое' }).click();
  await page.getByRole('button', { name: 'Создать комнату' }).click();
  await page.locator('a.conversation__names').click();
  await page.locator('#add-person').fill(handle);
  await page.getByRole('button', { name: 'Позвать' }).click();
  await about(page, 'Борис');
  await seat(page, 'Борис').getByRole('button', { name: 'Сделать модератором' }).click();
  await expect(seat(page, 'Борис').locator('.seat__role')).toHaveText('модератор');
  await fold(page, 'Пригласить по ссылке').click();
  await page.getByRole('button', { name: 'Создать ссылку' }).click();
  await expect(page.locator('.invitation__link')).toHaveCount(1);
  await expect(page.getByRole('button', { name: 'Скопировать' })).toBeHidden();
  await fold(page, 'Закрыть комнату').click();
  await page.getByRole('button', { name: 'Закрыть', exact: true }).click();
  await expect(page.locator('.details__closed')).toBeVisible();
  await page.getByRole('button', { name: 'Открыть комнату снова' }).click();
  await about(page, 'Борис');
  await seat(page, 'Борис').locator('summary', { hasText: 'Удалить из комнаты' }).click();
  await seat(page, 'Борис').getByRole('button', { name: 'Удалить', exact: true }).click();
  await expect(seat(page, 'Борис')).toHaveCount(0);
});

test('a room’s page can be used by everyone', async ({ newPerson }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const anna = await newPerson('Анна', { colorScheme, viewport: { width: 360, height: 740 } });
    const boris = newHandle('boris');
    const other = await newPerson('Борис');
    await signUp(other.page, boris, 'Борис');
    await signUp(anna.page, newHandle('anna'), 'Анна');
    const room = await newRoom(anna.page, 'Поход', boris);
    await makeLink(anna.page, room);
    for (const name of ['Изменить комнату', 'QR-код', 'Закрыть комнату']) await fold(anna.page, name).click();
    await about(anna.page, 'Борис');
    const seen = new Inspection(anna.page, 'A room’s page');
    await seen.look(`all of it, ${colorScheme}`);
    seen.done();
    const overflow = await anna.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    // All of it by keyboard.
    const summary = fold(anna.page, 'Изменить комнату');
    await summary.focus();
    await anna.page.keyboard.press('Enter');
    await expect(anna.page.locator('#room-name')).toBeHidden();
  }
});
