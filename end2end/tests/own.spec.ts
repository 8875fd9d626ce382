import { Buffer } from 'node:buffer';
import { expect, test } from './fixtures';
import { hydrated, message, newHandle, post, settle, signIn, signUp, twoInARoom, write } from './people';

test.beforeEach(async ({ server }) => settle(server));

const OURS = { 'sec-fetch-site': 'same-origin' };
/** A line of the list. */
const line = (page: import('@playwright/test').Page, room: number) => page.locator(`li[data-room="${room}"]`);
const menu = (page: import('@playwright/test').Page) => page.getByRole('menu');

/** Chooses from the menu of a line, and waits until the server knows: the page shows it before. */
async function keepAs(page: import('@playwright/test').Page, room: number, choice: string): Promise<void> {
  await line(page, room).locator('.room__more').click();
  const told = page.waitForResponse((response) => response.url().endsWith('/fn/keep_as'));
  await menu(page).getByRole('menuitem', { name: choice }).click();
  await told;
}

/** A room with both, on Boris's screen too. */
async function scene(newPerson: Parameters<typeof twoInARoom>[0]) {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await boris.page.goto('/');
  await hydrated(boris.page);
  await anna.page.goto('/');
  await hydrated(anna.page);
  return { anna, boris, room };
}

test('a conversation is pinned, muted, archived and marked from the menu on its line', async ({ newPerson }) => {
  const { anna, boris, room } = await scene(newPerson);
  const { page } = boris;
  const first = () => page.locator('nav > .room-list > li').first().getAttribute('data-room');
  await anna.page.request.post('/api/v1/rooms/1/messages', {
    headers: OURS,
    data: { client_id: crypto.randomUUID(), text: 'в общей' },
  });
  await expect.poll(first).toBe('1');

  await line(page, room).locator('a').click({ button: 'right' });
  await expect(menu(page)).toBeVisible();
  const told = page.waitForResponse((response) => response.url().endsWith('/fn/keep_as'));
  await menu(page).getByRole('menuitem', { name: 'Закрепить вверху' }).click();
  await expect(menu(page)).toBeHidden();
  await told;
  await expect.poll(first).toBe(String(room));
  await page.reload();
  await hydrated(page);
  expect(await first()).toBe(String(room));

  // By the keyboard alone; the focus comes back.
  const link = line(page, room).locator('a');
  await link.focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(menu(page).getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(menu(page).getByRole('menuitem', { name: 'Убрать в архив' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(menu(page)).toBeHidden();
  await expect(line(page, room).locator('.room__more')).toBeFocused();

  // Muted: grey, and not in the title.
  await keepAs(page, room, 'Без звука на час');
  await post(anna.page, room, 'тихо');
  const badge = line(page, room).locator('.badge');
  await expect(badge).toHaveText('1');
  await expect(badge).toHaveClass(/badge--quiet/);
  await expect(page).toHaveTitle(/^\(1\)/);

  // Archived and muted it stays away; heard again it comes back with the next message.
  await keepAs(page, room, 'Убрать в архив');
  await expect(page.locator('.archive > summary')).toHaveText('Архив (1)');
  await post(anna.page, room, 'ещё тише');
  await expect(page.locator('.archive')).toHaveCount(1);
  await page.locator('.archive > summary').click();
  await expect(badge).toHaveText('2');
  await keepAs(page, room, 'Включить звук');
  await post(anna.page, room, 'громко');
  await expect(page.locator('.archive')).toHaveCount(0);
  await expect(badge).toHaveText('3');

  // Read, and marked as unread again; a click elsewhere closes a menu.
  await line(page, room).locator('.room__more').click();
  await menu(page).getByRole('menuitem', { name: 'Отметить прочитанной' }).click();
  await expect(badge).toHaveCount(0);
  await line(page, room).locator('.room__more').click();
  await menu(page).getByRole('menuitem', { name: 'Отметить непрочитанной' }).click();
  await expect(badge).toHaveText('');
  await line(page, room).locator('.room__more').click();
  await page.locator('.page').click({ position: { x: 5, y: 5 } });
  await expect(menu(page)).toBeHidden();
  await line(page, room).locator('a').click();
  await expect(message(page, 'громко')).toHaveCount(1);
  await expect(badge).toHaveCount(0);
});

test('what is read, marked and pinned on one device is so on the other at once', async ({ newPerson }) => {
  const handle = newHandle('boris');
  const anna = await newPerson('Анна');
  const boris = await newPerson('Борис');
  const phone = await newPerson('Борис с телефона', { viewport: { width: 360, height: 740 } });
  await signUp(boris.page, handle, 'Борис');
  await signUp(anna.page, newHandle('anna'), 'Анна');
  await signIn(phone.page, handle);
  await hydrated(boris.page);
  await hydrated(phone.page);
  const direct = await anna.page.request.post('/api/v1/direct', { headers: OURS, data: { handle } });
  const room = (await direct.json()).room.id;
  await post(anna.page, room, 'раз');
  await post(anna.page, room, 'два');
  for (const { page } of [boris, phone]) await expect(line(page, room).locator('.badge')).toHaveText('2');
  await expect(phone.page).toHaveTitle(/^\(2\)/);
  await line(boris.page, room).locator('a').click();
  await expect(message(boris.page, 'два')).toHaveCount(1);
  await expect(line(phone.page, room).locator('.badge')).toHaveCount(0);
  await expect(phone.page).not.toHaveTitle(/^\(/);

  // From the details, live, and without leaving them.
  await boris.page.locator('.conversation__names').click();
  await boris.page.locator('.own').getByRole('button', { name: 'Отметить непрочитанной' }).click();
  await expect(line(phone.page, room).locator('.badge')).toBeVisible();
  await boris.page.locator('.own').getByRole('button', { name: 'Закрепить вверху' }).click();
  await expect(boris.page.locator('.own').getByRole('button', { name: 'Открепить' })).toBeVisible();
  await expect(line(phone.page, room)).toContainText('закреплена');
});

test('a name and a picture are seen by the other at once', async ({ newPerson }) => {
  const { anna, boris, room } = await scene(newPerson);
  await boris.page.goto(`/rooms/${room}`);
  await hydrated(boris.page);
  await post(anna.page, room, 'это я');
  await expect(message(boris.page, 'это я')).toHaveCount(1);
  await anna.page.goto('/settings');
  await hydrated(anna.page);
  await anna.page.locator('#own-name').fill('Анна Ветрова');
  await anna.page.locator('#own-about').fill('в отпуске');
  await anna.page.locator('form[action="/settings/profile"] button').click();
  await expect(boris.page.locator('.group__author', { hasText: 'Анна Ветрова' })).toBeVisible();
  await expect(line(boris.page, room)).toContainText('Анна Ветрова');

  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
    'base64',
  );
  await anna.page.locator('form[action="/settings/picture"] input').setInputFiles({ name: 'я.png', mimeType: 'image/png', buffer: png });
  await anna.page.locator('form[action="/settings/picture"] button').click();
  await expect(boris.page.locator('.group .avatar img')).toBeVisible();
  await expect(anna.page.locator('.sidebar__me .avatar img')).toBeVisible();
});

test('who is blocked is not heard, and is not told', async ({ newPerson }) => {
  const [annaHandle, borisHandle] = [newHandle('anna'), newHandle('boris')];
  const anna = await newPerson('Анна');
  const boris = await newPerson('Борис');
  await signUp(boris.page, borisHandle, 'Борис');
  await signUp(anna.page, annaHandle, 'Анна');
  await boris.page.goto(`/@${annaHandle}`);
  await hydrated(boris.page);
  await write(boris.page, 'до того');
  await expect(message(boris.page, 'до того')).toHaveCount(1);

  await anna.page.goto(`/@${borisHandle}/details`);
  await hydrated(anna.page);
  await anna.page.getByRole('button', { name: 'Заблокировать' }).click();
  await expect(anna.page.locator('.conversation')).toContainText('Вы заблокировали');
  await hydrated(anna.page);
  await expect(anna.page.locator(`.room-list a[href="/@${borisHandle}"]`)).toHaveCount(0);

  await write(boris.page, 'слышно меня?');
  await expect(message(boris.page, 'слышно меня?')).not.toHaveClass(/message--pending/);
  await boris.page.reload();
  await expect(message(boris.page, 'слышно меня?')).toHaveCount(1);
  await expect(anna.page.locator('.room', { hasText: 'слышно меня?' })).toHaveCount(0);

  await anna.page.getByRole('button', { name: 'Разблокировать' }).click();
  await expect(message(anna.page, 'до того')).toHaveCount(1);
  await hydrated(anna.page);
  await hydrated(boris.page);
  await write(boris.page, 'а теперь?');
  await expect(message(anna.page, 'а теперь?')).toHaveCount(1);
  await expect(message(anna.page, 'слышно меня?')).toHaveCount(0);
});

test('several begin to talk, one of them later, and each sees the others in the title', async ({ newPerson }) => {
  const [b, v] = [newHandle('boris'), newHandle('vera')];
  const anna = await newPerson('Анна');
  const boris = await newPerson('Борис');
  const vera = await newPerson('Вера');
  await signUp(boris.page, b, `Борис ${b}`);
  await signUp(vera.page, v, `Вера ${v}`);
  await vera.page.goto('about:blank');
  await signUp(anna.page, newHandle('anna'), 'Анна');
  await hydrated(anna.page);
  await hydrated(boris.page);
  await anna.page.locator('.sidebar a[href="/new"]').click();
  for (const handle of [b, v]) {
    await anna.page.locator('.new-talk__search input').fill(handle);
    await expect(anna.page.locator('.new-talk__search [role=option]')).toContainText(handle);
    await anna.page.locator('.new-talk__search input').press('Enter');
  }
  await expect(anna.page.locator('#handles')).toHaveValue(`@${b} @${v} `);
  await anna.page.getByRole('button', { name: 'Начать беседу' }).click();
  await expect(anna.page.locator('.conversation__title')).toHaveText(`Борис ${b}, Вера ${v}`);
  await hydrated(anna.page);
  await write(anna.page, 'Привет обоим');
  await boris.page.locator('.room', { hasText: 'Привет обоим' }).click();
  await expect(boris.page.locator('.conversation__title')).toHaveText(`Анна, Вера ${v}`);
  await write(boris.page, 'И тебе');
  await expect(message(anna.page, 'И тебе')).toHaveCount(1);
  await vera.page.goto('/');
  await expect(vera.page.locator('.room', { hasText: 'И тебе' })).toContainText(`Анна, Борис ${b}`);
});

test('all of it works without scripts', async ({ newPerson }) => {
  const handle = newHandle('boris');
  const boris = await newPerson('Борис');
  await signUp(boris.page, handle, 'Борис');
  const { page, allow } = await newPerson('Анна', { javaScriptEnabled: false });
  allow({ url: /\/pkg\//, status: 'none' });
  await signUp(page, newHandle('anna'), 'Анна');
  await page.goto('/new');
  await page.locator('#handles').fill(`@${handle}`);
  await page.getByRole('button', { name: 'Начать беседу' }).click();
  await expect(page).toHaveURL(new RegExp(`/@${handle}$`));
  await page.goto(`/@${handle}/details`);
  for (const [press, then] of [
    ['Закрепить вверху', 'Открепить'],
    ['Без звука на 8 часов', 'Включить звук'],
    ['Убрать в архив', 'Вернуть из архива'],
  ]) {
    await page.getByRole('button', { name: press }).click();
    await expect(page.getByRole('button', { name: then })).toBeVisible();
  }
  await expect(page.locator('.archive > summary')).toHaveText('Архив (1)');
  await page.getByRole('button', { name: 'Заблокировать' }).click();
  await expect(page.locator('.conversation')).toContainText('Вы заблокировали');
  await page.getByRole('button', { name: 'Разблокировать' }).click();
  await expect(page.locator('.composer textarea')).toBeVisible();
  await page.locator('.sidebar__links a', { hasText: 'Избранное' }).click();
  await expect(page.locator('.conversation')).toContainText('Избранное');
});
