import { type Page } from '@playwright/test';

import { expect, test } from './fixtures';
import {
  CUT,
  Wire,
  field,
  hydrated,
  inDatabase,
  message,
  newHandle,
  newRoom,
  open,
  post,
  setVisibility,
  settle,
  shown,
  signIn,
  signUp,
  signOut,
  stored,
  twoInARoom,
  write,
} from './people';

// What passes only when tried again may have lost a message.
test.describe.configure({ retries: 0 });

test.beforeEach(async ({ server, allow }) => {
  await settle(server);
  allow(...CUT);
});

/** Waits until the service worker has what it needs to open a page without a connection. */
async function kept(page: Page): Promise<void> {
  const ready = () =>
    page.evaluate(async () => navigator.serviceWorker.controller !== null && (await caches.match('/')) !== undefined);
  await expect.poll(ready, { timeout: 20_000 }).toBe(true);
}

test('a message survives the tab that was killed while it was sent', async ({ newPerson }) => {
  const { page, context } = await newPerson('Анна');
  await signUp(page, newHandle('anna'), 'Анна');
  const room = await newRoom(page, 'Своя');
  // Of several tabs this one would send.
  await page.goto('/up');
  for (const reaches of [false, true]) {
    const text = `${reaches ? 'дошло' : 'не дошло'} ${Date.now()}`;
    const tab = await open(await context.newPage(), room);
    // Either it doesn't come to the server, or its answer doesn't come back.
    const sent = new Promise<void>((resolve) =>
      tab.route('**/fn/post_message', async (route) => {
        // (What is left hanging may be let through when the tab goes.)
        await (reaches ? route.fetch() : route.abort());
        resolve();
      }),
    );
    await write(tab, text);
    await sent;
    await tab.close();
    expect((await stored(page, room)).filter((one) => one === text)).toHaveLength(reaches ? 1 : 0);
    // It goes out from wherever the person comes back to.
    const again = await context.newPage();
    await again.goto('/');
    await expect.poll(() => stored(page, room)).toContain(text);
    await open(again, room);
    await expect(message(again, text)).toHaveCount(1);
    await expect(message(again, text)).not.toHaveClass(/message--pending/);
    await again.close();
    expect((await stored(page, room)).filter((one) => one === text)).toHaveLength(1);
  }
});

test('without a connection one reads and writes on, also after opening the page anew', async ({ newPerson }) => {
  const anna = await newPerson('Анна', { serviceWorkers: 'allow' });
  const boris = await newPerson('Борис');
  const handle = newHandle('boris');
  await signUp(boris.page, handle, 'Борис');
  await signUp(anna.page, newHandle('anna'), 'Анна');
  const [room, other] = [await newRoom(anna.page, 'Поход', handle), await newRoom(anna.page, 'Другая')];
  await post(anna.page, other, 'в другой комнате');
  await open(boris.page, room);
  await open(anna.page, room);
  await write(anna.page, 'до разрыва');
  await expect(message(boris.page, 'до разрыва')).toHaveCount(1);
  await anna.page.locator(`.room-list a[href="/rooms/${other}"]`).click();
  await expect(message(anna.page, 'в другой комнате')).toHaveCount(1);
  await kept(anna.page);
  await expect.poll(async () => Object.keys(await inDatabase(anna.page))).toContain(`room/${other}`);

  await anna.context.setOffline(true);
  await expect(anna.page.locator('.sidebar .connection')).toContainText('Нет связи');
  await anna.page.locator(`.room-list a[href="/rooms/${room}"]`).click();
  await expect(message(anna.page, 'до разрыва')).toHaveCount(1);
  await write(anna.page, 'первое без связи');
  await write(anna.page, 'второе без связи');
  await expect(message(anna.page, 'второе без связи')).toHaveClass(/message--pending/);
  await expect(anna.page.locator('.sidebar .connection')).toContainText('Ждут отправки: 2.');

  // The page opens, from nothing, with what was known and what waits.
  const tab = await anna.context.newPage();
  await anna.page.close();
  await tab.goto(`/rooms/${room}`);
  await expect(tab).toHaveURL(new RegExp(`/rooms/${room}$`));
  await expect.poll(() => shown(tab)).toEqual(['до разрыва', '… первое без связи', '… второе без связи']);
  await write(tab, 'третье без связи');
  await boris.page.bringToFront();
  await write(boris.page, 'от Бориса');
  await expect.poll(() => stored(boris.page, room)).toContain('от Бориса');

  await anna.context.setOffline(false);
  const all = ['до разрыва', 'от Бориса', 'первое без связи', 'второе без связи', 'третье без связи'];
  await expect.poll(() => stored(boris.page, room), { timeout: 15_000 }).toEqual(all);
  await expect.poll(() => shown(tab)).toEqual(all);
  await expect.poll(() => shown(boris.page)).toEqual(all);
  await expect(tab.locator('.sidebar .connection')).toHaveCount(0);
});

test('what waits can be changed and thrown away, and what is on its way is taken back', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await open(boris.page, room);
  const { page } = anna;
  await open(page, room);
  // The server takes it, but neither its answer nor any news of it comes back.
  await page.route('**/fn/post_message', async (route) => {
    await anna.context.setOffline(true);
    await route.fetch();
    // The page may have given up by itself.
    await route.abort().catch(() => {});
  });
  await write(page, 'сгоряча');
  await expect(message(boris.page, 'сгоряча')).toHaveCount(1);
  await write(page, 'с ошипкой');
  await write(page, 'лишнее');
  // Offered once it has taken long.
  await message(page, 'лишнее').getByRole('button', { name: 'Удалить' }).click();
  await expect(message(page, 'лишнее')).toHaveCount(0);
  await message(page, 'с ошипкой').getByRole('button', { name: 'Изменить' }).click();
  await expect(message(page, 'с ошипкой')).toHaveCount(0);
  await expect(field(page)).toHaveValue('с ошипкой');
  await write(page, 'с ошибкой');
  await message(page, 'сгоряча').getByRole('button', { name: 'Удалить' }).click();
  await expect(message(page, 'сгоряча')).toHaveCount(0);
  // One that is still at it would cut the connection again.
  await page.unrouteAll({ behavior: 'wait' });
  await anna.context.setOffline(false);
  await expect.poll(() => stored(page, room), { timeout: 15_000 }).toEqual(['с ошибкой']);
  await expect.poll(() => shown(page)).toEqual(['с ошибкой']);
  await expect.poll(() => shown(boris.page)).toEqual(['с ошибкой']);
});

test('several tabs send once, in order, whichever of them stays', async ({ newPerson }) => {
  const { page, context } = await newPerson('Анна');
  await signUp(page, newHandle('anna'), 'Анна');
  const room = await newRoom(page, 'Своя');
  await open(page, room);
  const second = await open(await context.newPage(), room);
  const posts: string[] = [];
  context.on('request', (request) => {
    if (request.url().endsWith('/fn/post_message')) posts.push(request.postDataJSON().text);
  });
  // Each is there in both tabs, before it is sent.
  await context.setOffline(true);
  await write(second, 'из второй');
  await expect(message(page, 'из второй')).toHaveClass(/message--pending/);
  await write(page, 'из первой');
  await expect(message(second, 'из первой')).toHaveClass(/message--pending/);
  await context.setOffline(false);
  await expect.poll(() => stored(page, room), { timeout: 15_000 }).toEqual(['из второй', 'из первой']);
  for (const tab of [page, second]) await expect.poll(() => shown(tab)).toEqual(['из второй', 'из первой']);
  expect(posts.filter((text) => text === 'из первой').length).toBeGreaterThan(0);

  // The tab that sends goes, with something on the wire.
  await context.route('**/fn/post_message', () => {});
  await write(page, 'осталось');
  await expect(message(second, 'осталось')).toHaveClass(/message--pending/);
  await context.unroute('**/fn/post_message');
  await second.close();
  await expect.poll(() => stored(page, room), { timeout: 15_000 }).toContain('осталось');
  await expect.poll(() => shown(page)).toEqual(['из второй', 'из первой', 'осталось']);
});

test('a draft survives the tab, follows its author, and never comes back once it is sent', async ({ newPerson }) => {
  const handle = newHandle('anna');
  const { page, context } = await newPerson('Анна');
  await signUp(page, handle, 'Анна');
  const [room, other] = [await newRoom(page, 'Своя'), await newRoom(page, 'Другая')];
  // Nothing reaches the server: what is kept is kept here, within half a second.
  const tab = await open(await context.newPage(), room);
  await tab.route('**/fn/save_draft', (route) => route.abort());
  await field(tab).pressSequentially('недопи');
  await tab.waitForTimeout(500);
  await tab.close();
  const again = await open(await context.newPage(), room);
  await expect(field(again)).toHaveValue('недопи');
  await field(again).press('End');
  await field(again).pressSequentially('сан');

  // On another device it is in the field, and in the list.
  const phone = await newPerson('Анна');
  await signIn(phone.page, handle);
  await phone.page.goto(`/rooms/${other}`);
  await expect(phone.page.locator(`.room-list a[href="/rooms/${room}"]`)).toContainText('Черновик: недописан');
  await open(phone.page, room);
  await expect(field(phone.page)).toHaveValue('недописан');
  await field(again).pressSequentially('ное');
  await expect(field(phone.page)).toHaveValue('недописанное');

  // Sent from the other one, it is gone from both, and stays away.
  await write(phone.page, 'дописанное');
  await expect(message(again, 'дописанное')).toHaveCount(1);
  await expect(field(again)).toHaveValue('');
  await again.reload();
  await hydrated(again);
  await again.waitForTimeout(500);
  await expect(field(again)).toHaveValue('');
  await phone.page.goto(`/rooms/${other}`);
  await expect(phone.page.locator(`.room-list a[href="/rooms/${room}"]`)).toContainText('Вы: дописанное');
  expect(Object.keys(await inDatabase(again)).filter((key) => key.startsWith('draft/'))).toEqual([]);
});

test('what is typed on after another device has sent the draft stays, as a message of its own', async ({ newPerson }) => {
  const handle = newHandle('anna');
  const { page, allow } = await newPerson('Анна');
  allow({ url: /save_draft/, status: 409 });
  await signUp(page, handle, 'Анна');
  const room = await newRoom(page, 'Своя');
  await open(page, room);
  await field(page).pressSequentially('общий');
  const phone = await newPerson('Анна');
  await signIn(phone.page, handle);
  await open(phone.page, room);
  await expect(field(phone.page)).toHaveValue('общий');
  await page.route('**/fn/save_draft', (route) => route.abort());
  await field(page).press('End');
  await field(page).pressSequentially(' и дальше');
  await field(phone.page).press('Enter');
  await expect(message(page, 'общий')).toHaveCount(1);
  await page.unroute('**/fn/save_draft');
  await field(page).pressSequentially('.');
  await expect(field(phone.page)).toHaveValue('общий и дальше.');
  await expect(field(page)).toHaveValue('общий и дальше.');
  await field(page).press('Enter');
  await expect.poll(() => stored(page, room)).toEqual(['общий', 'общий и дальше.']);
  await expect(field(phone.page)).toHaveValue('');
});

test('a page that missed another account’s signing in sends nothing in its name', async ({ newPerson }) => {
  const { page, context, allow } = await newPerson('Анна');
  allow({ url: /.*/, status: 401 });
  const handle = newHandle('vera');
  const vera = await newPerson('Вера');
  await signUp(vera.page, handle, 'Вера');
  await signUp(page, newHandle('anna'), 'Анна');
  const wire = await Wire.of(page);
  await open(page, 1);
  await wire.cut();
  const text = `написала Анна ${Date.now()}`;
  await write(page, text);
  await expect(message(page, text)).toHaveClass(/message--pending/);
  // Vera signs in on the same device, in another tab.
  await context.clearCookies();
  const tab = await context.newPage();
  await signIn(tab, handle);
  await wire.mend();
  await expect(page.locator('.sidebar__me .person__handle')).toHaveText(`@${handle}`, { timeout: 15_000 });
  await expect(page.getByText(text)).toHaveCount(0);
  expect(await stored(tab, 1)).not.toContain(text);
});

test('no link leads elsewhere through the offline page', async ({ newPerson }) => {
  const { page } = await newPerson('Анна');
  await signUp(page, newHandle('anna'), 'Анна');
  for (const to of ['//example.org', '/\\example.org', '/\t/example.org']) {
    await page.goto(`/?to=${encodeURIComponent(to)}`);
    await hydrated(page);
    await page.waitForTimeout(300);
    expect(new URL(page.url()).pathname).toBe('/');
  }
  await page.goto('/?to=%2Frooms%2F1');
  await expect(page).toHaveURL(/\/rooms\/1$/);
});

/** How much the server says is unread. */
async function unread(page: Page, room: number): Promise<number> {
  const { rooms } = await (await page.request.get('/api/v1/rooms')).json();
  return rooms.find((entry: { room: { id: number } }) => entry.room.id === room).unread;
}

/** Whether the element is in the upper part of what is seen of the conversation. */
async function nearTop(page: Page, selector: string): Promise<boolean> {
  return page.locator(selector).evaluate((element) => {
    const seen = element.closest('.messages')!.getBoundingClientRect();
    const top = element.getBoundingClientRect().top;
    return top >= seen.top - 2 && top < seen.top + seen.height / 2;
  });
}

test('a room with much that is new opens where reading stopped, and goes on to its end', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await open(boris.page, room);
  await post(anna.page, room, 'прочитано.');
  await expect(message(boris.page, 'прочитано.')).toHaveCount(1);
  await expect.poll(() => unread(boris.page, room)).toBe(0);
  await boris.page.goto('/');
  for (let index = 0; index < 120; index += 1) await post(anna.page, room, `новое ${index}.`);
  await open(boris.page, room);
  await expect.poll(() => nearTop(boris.page, '.new-line')).toBe(true);
  await expect(message(boris.page, 'новое 0.')).toBeInViewport();
  await expect(message(boris.page, 'новое 119.')).not.toBeInViewport();
  const badge = boris.page.locator(`.room-list a[href="/rooms/${room}"] .badge`);
  await expect(badge).toHaveText('99+');

  // Reading on brings the rest without a jump; at the end all is read.
  const scroller = boris.page.locator('.messages');
  await expect(async () => {
    await scroller.hover();
    await boris.page.mouse.wheel(0, 600);
    await expect(message(boris.page, 'новое 119.')).toBeInViewport({ timeout: 100 });
  }).toPass({ timeout: 30_000 });
  await expect(badge).toHaveCount(0);
  const texts = await shown(boris.page);
  expect(texts).toEqual(['прочитано.', ...Array.from({ length: 120 }, (_, index) => `новое ${index}.`)]);
});

for (const missed of [30, 700]) {
  test(`after ${missed} messages elsewhere the page is where reading stopped`, async ({ newPerson }) => {
    const { anna, boris, room } = await twoInARoom(newPerson);
    for (let index = 0; index < 30; index += 1) await post(anna.page, room, `старое ${index}.`);
    const wire = await Wire.of(boris.page);
    await open(boris.page, room);
    await boris.page.locator('.jump').click();
    await expect(message(boris.page, 'старое 29.')).toBeInViewport();
    await wire.cut();
    await expect(boris.page.locator('.sidebar .connection')).toBeVisible();
    for (let index = 0; index < missed; index += 1) await post(anna.page, room, `новое ${index}.`);
    await wire.mend();
    await expect(message(boris.page, 'новое 0.')).toBeInViewport({ timeout: 15_000 });
    await expect.poll(() => nearTop(boris.page, '.new-line')).toBe(true);
    await expect(message(boris.page, 'старое 29.')).toHaveCount(1);
  });
}

test('what one wrote oneself isn’t new, however much it is', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await post(boris.page, room, 'Начали');
  await open(anna.page, room);
  await expect(message(anna.page, 'Начали')).toHaveCount(1);
  await expect.poll(() => unread(anna.page, room)).toBe(0);
  await anna.page.goto('/');
  for (let index = 0; index < 60; index += 1) await post(anna.page, room, `своё ${index}.`);
  for (let index = 0; index < 3; index += 1) await post(boris.page, room, `чужое ${index}.`);
  // On opening it, and for one who was away.
  await open(anna.page, room);
  await expect(anna.page.locator('.new-line + .group')).toContainText('чужое 0.');
  await expect(message(anna.page, 'чужое 2.')).toBeInViewport();
  await expect(message(anna.page, 'своё 59.')).toHaveCount(1);

  // On a page that nobody sees, below what was written on it a moment ago.
  await write(anna.page, 'и ещё своё');
  await expect(message(anna.page, 'и ещё своё')).not.toHaveClass(/message--pending/);
  await setVisibility(anna.page, 'hidden');
  await post(boris.page, room, 'ответ.');
  await expect(anna.page.locator('.new-line + .group')).toContainText('ответ.');
});

test('a hidden page keeps its reader’s place and draws the line', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await post(anna.page, room, 'старое');
  await open(boris.page, room);
  await expect(message(boris.page, 'старое')).toHaveCount(1);
  await setVisibility(boris.page, 'hidden');
  for (let index = 0; index < 3; index += 1) await post(anna.page, room, `новое ${index}.`);
  await expect(message(boris.page, 'новое 2.')).toHaveCount(1);
  await expect(boris.page.locator('.new-line + .group')).toContainText('новое 0.');
  await expect(boris.page.locator(`.room-list a[href="/rooms/${room}"] .badge`)).toHaveText('3');
  await setVisibility(boris.page, 'visible');
  await expect(boris.page.locator(`.room-list a[href="/rooms/${room}"] .badge`)).toHaveCount(0);
});

test('a connection that died without a word is noticed within 30 seconds, a change of network at once', async ({
  newPerson,
}) => {
  const { page } = await newPerson('Анна');
  await signUp(page, newHandle('anna'), 'Анна');
  const room = await newRoom(page, 'Своя');
  const wire = await Wire.of(page);
  await open(page, room);
  await post(page, room, 'слышно');
  await expect(message(page, 'слышно')).toHaveCount(1);

  wire.swallow();
  await post(page, room, 'в пустоту');
  await expect(message(page, 'в пустоту')).toHaveCount(1, { timeout: 30_000 });

  wire.swallow();
  await post(page, room, 'и это');
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect(message(page, 'и это')).toHaveCount(1);

  await setVisibility(page, 'hidden');
  await page.waitForTimeout(10_500);
  wire.swallow();
  await post(page, room, 'и то');
  await setVisibility(page, 'visible');
  await expect(message(page, 'и то')).toHaveCount(1);
});

test('signing out leaves nothing to read on the device', async ({ newPerson }) => {
  const { page, context } = await newPerson('Анна', { serviceWorkers: 'allow' });
  await signUp(page, newHandle('anna'), 'Анна');
  const room = await newRoom(page, 'Тайная');
  await post(page, room, 'между нами');
  await open(page, room);
  await kept(page);
  await expect.poll(async () => Object.keys(await inDatabase(page))).toContain(`room/${room}`);
  await signOut(page);
  await expect(page).toHaveURL(/sign-in/);
  await expect.poll(() => page.evaluate(() => caches.keys())).toEqual([]);
  expect(JSON.stringify(await inDatabase(page))).not.toContain('между нами');
  expect(await inDatabase(page)).toEqual({});
  await context.setOffline(true);
  await expect(page.goto('/')).rejects.toThrow();
});
