import type { Page } from '@playwright/test';

import { type Person, expect, test } from './fixtures';
import {
  CUT,
  field,
  hydrated,
  message,
  newHandle,
  newRoom,
  open,
  PASSWORD,
  settle,
  signUp,
  stored,
  write,
} from './people';

/** The messenger as an app on a device: installing it, sharing with it, and how new versions reach it. */

// It is stopped and started with another build.
test.use({ ownServer: 'installed' });

test.beforeEach(async ({ server }) => settle(server));

/** Anna, in a room of her own. */
async function alone(newPerson: (name: string, options?: object) => Promise<Person>, options = {}) {
  const anna = await newPerson('Анна', options);
  const handle = newHandle('anna');
  await signUp(anna.page, handle, 'Анна');
  return { ...anna, handle, room: await newRoom(anna.page, 'Своя') };
}

/** A PNG's width and height, as its head says. */
function sizeOf(png: Buffer): string {
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  return `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`;
}

for (const { locale, name, shortcut } of [
  { locale: 'ru-RU', name: 'Цифровые сообщения', shortcut: 'Новая комната' },
  { locale: 'en-GB', name: 'Digital messages', shortcut: 'New room' },
]) {
  test(`it can be installed, also before signing in (${locale})`, async ({ newPerson }) => {
    const { page, context } = await newPerson('Анна', { locale });
    await page.goto('/sign-in');
    const session = await context.newCDPSession(page);
    const { errors, data } = await session.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    const manifest = JSON.parse(data!);
    expect(manifest).toMatchObject({ id: '/', start_url: '/', scope: '/', display: 'standalone', name });
    expect(manifest).toMatchObject({ lang: locale.slice(0, 2), share_target: { action: '/share', method: 'GET' } });
    expect(manifest.shortcuts.map((one: { name: string }) => one.name)).toContain(shortcut);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);

    const touch = await page.locator('link[rel=apple-touch-icon]').getAttribute('href');
    const icons = [...manifest.icons, { src: touch, sizes: '180x180', type: 'image/png' }];
    expect(icons.map((icon: { purpose?: string }) => icon.purpose)).toContain('maskable');
    for (const { src, sizes, type } of icons) {
      const answer = await page.request.get(src);
      expect(answer.headers()['content-type']).toBe(type);
      if (type === 'image/png') expect(sizeOf(await answer.body())).toBe(sizes);
    }
  });
}

test('the manifest speaks the language that was chosen', async ({ newPerson, baseURL }) => {
  const { page, context } = await newPerson('Анна', { locale: 'en-GB' });
  await context.addCookies([{ name: 'lang', value: 'ru', url: baseURL! }]);
  await page.goto('/sign-in');
  const session = await context.newCDPSession(page);
  const { data } = await session.send('Page.getAppManifest');
  expect(JSON.parse(data!).lang).toBe('ru');
});

const LINK = 'https://example.org/статья?q=a%20b&c=100%25';
const shared = (title: string, text: string) => `/share?${new URLSearchParams({ title, text, url: '' })}`;
const choose = (page: Page, name: string) => page.locator('.share').getByRole('button', { name });

test('what is shared goes below the draft of the conversation that was chosen', async ({ newPerson }) => {
  const { page, room } = await alone(newPerson);
  await open(page, room);
  await field(page).fill('кстати');
  await page.goto(shared('Статья', `Статья ${LINK}`));
  await hydrated(page);
  await expect(page.getByRole('heading', { name: 'Куда отправить?' })).toBeVisible();
  await expect(page.locator('.share textarea')).toHaveValue(`Статья ${LINK}`);
  for (const again of [false, true]) {
    if (again) await page.goto(shared('', `Статья ${LINK}`));
    await choose(page, 'Своя').click();
    await expect(page).toHaveURL(new RegExp(`/rooms/${room}$`));
    await expect(field(page)).toHaveValue(`кстати\nСтатья ${LINK}`);
  }
  expect(await stored(page, room)).toEqual([]);
  await page.reload();
  await hydrated(page);
  await expect(field(page)).toHaveValue(`кстати\nСтатья ${LINK}`);
  await field(page).press('Enter');
  await expect.poll(() => stored(page, room)).toEqual([`кстати\nСтатья ${LINK}`]);
});

test('sharing works without scripts, past the door, and with one’s own notes', async ({ newPerson }) => {
  const { page, context, allow, handle } = await alone(newPerson, { javaScriptEnabled: false });
  // A browser without scripts still looks ahead for them, and gives up.
  allow({ url: /\/pkg\//, status: 'none' });
  await context.clearCookies({ name: /session/ });
  await page.goto(shared('Заметка', LINK));
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.locator('input[name=handle]').fill(handle);
  await page.locator('input[name=password]').fill(PASSWORD);
  await page.locator('form:has(input[name=password]) button').click();
  await expect(page.locator('.share textarea')).toHaveValue(`Заметка\n${LINK}`);
  await choose(page, 'Избранное').click();
  await expect(page).toHaveURL(new RegExp(`/@${handle}\\?text=`));
  await expect(field(page)).toHaveValue(`Заметка\n${LINK}`);
  await page.locator('.send').click();
  await expect(page).toHaveURL(new RegExp(`/@${handle}$`));
  await expect(message(page, 'Заметка')).toContainText('example.org');
  await expect(field(page)).toHaveValue('');
});

test('the icon says how much is unread', async ({ newPerson }) => {
  const anna = await newPerson('Анна');
  const boris = await newPerson('Борис');
  const handle = newHandle('boris');
  await signUp(boris.page, handle, 'Борис');
  await boris.page.addInitScript(() => {
    const badges: number[] = [];
    const note = async (unread: number) => void badges.push(unread);
    // A device may refuse: nobody minds.
    const refuse = () => note(0).then(() => Promise.reject(new DOMException('no', 'NotAllowedError')));
    Object.assign(navigator, { setAppBadge: note, clearAppBadge: refuse, badges });
  });
  const badge = () => boris.page.evaluate(() => (navigator as unknown as { badges: number[] }).badges.at(-1));
  await boris.page.goto('/');
  await hydrated(boris.page);
  await expect.poll(badge).toBe(0);
  await signUp(anna.page, newHandle('anna'), 'Анна');
  const room = await newRoom(anna.page, 'Новости', handle);
  await open(anna.page, room);
  for (const text of ['раз', 'два']) await write(anna.page, text);
  await expect.poll(badge).toBe(2);
  await boris.page.locator(`.room-list a[href="/rooms/${room}"]`).click();
  await expect(message(boris.page, 'два')).toBeInViewport();
  await expect.poll(badge).toBe(0);
});

test('a page that was open over a deploy works on, says so, and goes on with the new build', async ({
  newPerson,
  server,
  allow,
}) => {
  // What a page had not loaded yet may be gone.
  allow(...CUT, { url: /split_later|chunk_\d/, status: 404 }, { text: /HTTP status code is not ok/ });
  const { page, room } = await alone(newPerson);
  const other = await newRoom(page, 'Другая');
  await open(page, room);
  const build = () => page.evaluate(() => document.documentElement.dataset.build);
  const before = await build();
  expect(before).toMatch(/^[0-9a-f]{16}$/);
  await page.evaluate(() => Object.assign(window, { same: true }));
  const isSame = () => page.evaluate(() => 'same' in window);
  const hint = page.getByRole('button', { name: 'Вышла новая версия — обновить' });

  // Started anew with the same build it is no news.
  await server.stop();
  await write(page, 'пока вас не было');
  await server.start();
  await expect.poll(() => stored(page, room), { timeout: 20_000 }).toEqual(['пока вас не было']);
  await expect(hint).toHaveCount(0);

  await server.stop();
  await server.deploy();
  await server.start();
  await expect(hint).toBeVisible({ timeout: 20_000 });
  await write(page, 'всё ещё здесь');
  await expect.poll(() => stored(page, room)).toEqual(['пока вас не было', 'всё ещё здесь']);
  await field(page).fill('не дописано');
  expect(await isSame(), 'it doesn’t load itself').toBe(true);

  // The next link is a page load.
  await page.locator(`.room-list a[href="/rooms/${other}"]`).click();
  await expect(page).toHaveURL(new RegExp(`/rooms/${other}$`));
  await hydrated(page);
  expect([await isSame(), await build()]).toEqual([false, expect.not.stringMatching(before!)]);
  await expect(hint).toHaveCount(0);
  await page.locator(`.room-list a[href="/rooms/${room}"]`).click();
  await expect(field(page)).toHaveValue('не дописано');

  // And so is the button.
  await server.stop();
  await server.deploy();
  await server.start();
  await hint.click({ timeout: 20_000 });
  await expect(hint).toHaveCount(0);
  await hydrated(page);
  await expect(field(page)).toHaveValue('не дописано');
});

test('what a page loads is in the folder of its build, and the next page asks for none of it again', async ({
  newPerson,
}) => {
  const { page, context, room } = await alone(newPerson);
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  const paths = new Map<string, string>();
  /** Bytes that came over the wire, if only an answer's head. */
  let came = new Map<string, number>();
  session.on('Network.responseReceived', ({ requestId, response }) => paths.set(requestId, response.url));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const { pathname } = new URL(paths.get(requestId) ?? 'none:');
    if (pathname.startsWith('/pkg/')) came.set(pathname, encodedDataLength);
  });
  const opened = async () => {
    came = new Map();
    await open(page, room);
    await page.mouse.move(200, 200);
    await page.keyboard.press('Control+k');
    await expect(page.locator('dialog.switcher input')).toBeFocused();
  };
  await session.send('Network.clearBrowserCache');
  await opened();
  const build = await page.evaluate(() => document.documentElement.dataset.build);
  const own = (names: string[]) => names.map((name) => `/pkg/${build}/${name}`);
  expect([...came.keys()]).toEqual(expect.arrayContaining(own(['app.css', 'app.js', 'app.wasm', 'split_later.wasm'])));
  for (const [path, bytes] of came) {
    expect(path).toMatch(new RegExp(`^/pkg/${build}/[^/]+$`));
    expect(bytes, path).toBeGreaterThan(0);
  }
  await opened();
  expect([...came].filter(([, bytes]) => bytes > 0)).toEqual([]);
});

test('what is loaded later: where it can’t be, the page says so; it comes with the next try', async ({
  newPerson,
  allow,
}) => {
  allow({ url: /split_later/, status: 'none' }, { text: /Failed to fetch/ });
  const { page, context, room } = await alone(newPerson);
  const later = /\/split_later\./;
  await context.route(later, (route) => route.abort());
  const failed = () => page.waitForEvent('console', (said) => said.text().includes('Failed to fetch'));
  // At the first sign of use it is asked for.
  await open(page, room);
  const first = failed();
  await page.mouse.move(200, 200);
  await first;
  // A dialog that can't be shown isn't there, and nothing else suffers.
  const second = failed();
  await page.keyboard.press('Control+k');
  await second;
  await expect(page.locator('dialog')).toHaveCount(0);
  await write(page, 'пишется и так');
  await page.getByRole('link', { name: 'Настройки' }).click();
  const again = page.getByRole('link', { name: 'Попробовать ещё раз' });
  await expect(again).toBeVisible();
  await context.unroute(later);
  await again.click();
  await expect(page.locator('main h1')).toHaveText('Настройки');
  await hydrated(page);
  await page.goBack();
  await expect(message(page, 'пишется и так')).toBeInViewport();
  await page.keyboard.press('Control+k');
  await expect(page.locator('dialog.switcher input')).toBeFocused();
});

test('a program that dies is begun anew at the page that was wanted, once', async ({ newPerson, allow }) => {
  allow({ text: /unreachable|panicked|RuntimeError/ });
  const { page, room } = await alone(newPerson);
  const other = await newRoom(page, 'Другая');
  const isSame = () => page.evaluate(() => 'same' in window);
  // As where a part of it can't be loaded: it panics on the way to another page.
  const die = async (on: number) => {
    await page.evaluate(() => {
      Object.assign(window, { same: true });
      history.pushState = () => {
        throw new Error('gone');
      };
    });
    await page.locator(`.room-list a[href="/rooms/${on}"]`).click();
  };
  await open(page, room);
  await die(other);
  await expect(page).toHaveURL(new RegExp(`/rooms/${other}$`));
  await hydrated(page);
  expect(await isSame()).toBe(false);
  // What would die again and again is left as it is.
  await die(room);
  await page.waitForTimeout(1_000);
  expect(await isSame()).toBe(true);
});

/** Waits until the service worker keeps a page of this build and all its files. */
async function kept(page: Page): Promise<string[]> {
  const files = () =>
    page.evaluate(async () => {
      if (!navigator.serviceWorker.controller || !(await caches.match('/'))) return [];
      const keys = await (await caches.open('kept-1')).keys();
      return keys.map(({ url }) => new URL(url).pathname);
    });
  await expect.poll(async () => (await files()).length, { timeout: 20_000 }).toBeGreaterThan(0);
  return files();
}

test('without a connection faces are there still', async ({ newPerson, allow }) => {
  allow(...CUT);
  const { page, context, room } = await alone(newPerson, { serviceWorkers: 'allow' });
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
  const headers = { 'sec-fetch-site': 'same-origin', 'content-type': 'image/png' };
  const put = await page.request.put('/api/v1/me/picture', { headers, data: Buffer.from(png, 'base64') });
  expect(put.status()).toBe(200);
  await open(page, room);
  await kept(page);
  // Once the worker stands between.
  await open(page, room);
  const face = page.locator('.sidebar__me .avatar img');
  const isDrawn = () => face.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0);
  await expect.poll(isDrawn).toBe(true);
  await expect.poll(async () => (await kept(page)).some((path) => path.startsWith('/pictures/'))).toBe(true);
  await context.setOffline(true);
  await page.goto('/');
  await hydrated(page);
  await expect.poll(isDrawn).toBe(true);
});

test('without a connection every page opens, with what it has or with why it hasn’t', async ({
  newPerson,
  allow,
  baseURL,
}) => {
  allow(...CUT);
  const { page, context, room } = await alone(newPerson, { serviceWorkers: 'allow' });
  await open(page, room);
  const all = await kept(page);
  const { files } = await (await page.request.get('/files')).json();
  expect(files.length).toBeGreaterThan(2);
  expect(all).toEqual(expect.arrayContaining(files));

  await context.setOffline(true);
  const reads = (text: string) => expect(page.locator('.page main')).toContainText(text);
  const title = (text: string) => expect(page.locator('main h1')).toHaveText(text);
  const opened = async (path: string) => {
    await page.goto(path);
    const here = () => decodeURIComponent(page.url().slice(baseURL!.length));
    await expect.poll(here).toBe(path);
    await hydrated(page);
  };
  await opened('/rooms/new');
  await title('Новая комната');
  await opened('/settings');
  await title('Настройки');
  await opened('/rooms');
  await reads('Нет связи с сервером.');
  await expect(page.getByRole('link', { name: 'Попробовать ещё раз' })).toBeVisible();
  await opened('/find?q=анна');
  await reads('Нет связи с сервером.');
  await opened(`/rooms/${room}`);
  await expect(field(page)).toBeVisible();
  await opened('/rooms/987654');
  await reads('Нет связи с сервером.');
  await page.goto(shared('', LINK));
  await expect(page.locator('.share textarea')).toHaveValue(LINK);
  await choose(page, 'Своя').click();
  await expect(field(page)).toHaveValue(LINK);

  // By hand: a page that hears that the server is back comes by itself.
  await page.routeWebSocket(/\/api\/v1\/live/, (socket) => void socket.close());
  await opened('/rooms');
  await context.setOffline(false);
  await page.getByRole('link', { name: 'Попробовать ещё раз' }).click();
  await title('Открытые комнаты');
  await expect(page.locator('.page main')).not.toContainText('Нет связи');
});
