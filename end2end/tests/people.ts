import { expect, type Page, type WebSocketRoute } from '@playwright/test';

import type { Allowed, Person } from './fixtures';
import type { Server } from './server';

/** Good enough for every rule. */
export const PASSWORD = 'утренний чай у окна';

let made = 0;

/** A handle that nobody has yet: workers and tests share a server. */
export function newHandle(name: string): string {
  made += 1;
  return `${name}${process.pid.toString(36)}x${made}`;
}

/** Fills in and sends the form of the first run or of signing up; one works as the other. */
export async function fillAccount(page: Page, handle: string, name: string): Promise<void> {
  await page.locator('input[name=name]').fill(name);
  await page.locator('input[name=handle]').fill(handle);
  await page.locator('input[name=password]').fill(PASSWORD);
  await page.locator('form:has(input[name=password]) button').click();
}

/** Makes an account and lands on the list; the first one of all comes through the first run. */
export async function signUp(page: Page, handle: string, name: string): Promise<void> {
  await page.goto('/sign-up');
  await fillAccount(page, handle, name);
  await expect(page.locator('.sidebar')).toBeVisible();
}

/** Comes back, as on another device. */
export async function signIn(page: Page, handle: string): Promise<void> {
  await page.goto('/sign-in');
  await page.locator('input[name=handle]').fill(handle);
  await page.locator('input[name=password]').fill(PASSWORD);
  await page.locator('form:has(input[name=password]) button').click();
  await expect(page.locator('.sidebar')).toBeVisible();
}

/** Goes by way of the settings, where the button is. */
export async function signOut(page: Page): Promise<void> {
  await page.locator('a[href="/settings"]').click();
  await page.locator('form[action="/sign-out"] button').click();
}

/** Anna has made a room and brought Boris in. */
export async function twoInARoom(newPerson: (name: string) => Promise<Person>) {
  const anna = await newPerson('Анна');
  const boris = await newPerson('Борис');
  const handle = newHandle('boris');
  await signUp(boris.page, handle, 'Борис');
  await signUp(anna.page, newHandle('anna'), 'Анна');
  const room = await newRoom(anna.page, 'Поход', handle);
  return { anna, boris, room };
}

/** Waits until scripts have taken over: before that a click loads a page, and an Enter is a form's. */
export async function hydrated(page: Page): Promise<void> {
  await page.waitForFunction(() => document.documentElement.dataset.hydrated !== undefined);
}

/** Opens a room, scripts and all. */
export async function open(page: Page, room: number): Promise<Page> {
  await page.goto(`/rooms/${room}`);
  await hydrated(page);
  return page;
}

/** Opens a room, and waits until the server has greeted the page: from then on it hears and is heard. */
export async function listen(page: Page, room: number): Promise<Page> {
  const greeted = new Promise<void>((resolve) => {
    page.once('websocket', (socket) => socket.once('framereceived', () => resolve()));
  });
  await open(page, room);
  await greeted;
  return page;
}

/** Where one writes. */
export const field = (page: Page) => page.locator('.composer textarea');

/** Writes into the conversation on screen as a person does. */
export async function write(page: Page, text: string): Promise<void> {
  const field = page.locator('.composer textarea');
  await field.fill(text);
  await field.press('Enter');
}

/** A message on screen, by its text. */
export function message(page: Page, text: string) {
  return page.locator('.message', { hasText: text });
}

/** Makes sure that somebody has been through the first run. */
export async function settle(server: Server): Promise<void> {
  const response = await fetch(`${server.address}/first-run`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ handle: 'owner', name: 'Хозяйка', password: PASSWORD }),
  });
  expect(response.status).toBe(303);
}

/**
 * What a page's form would send along. A server that was ended meanwhile may leave a connection behind that is found
 * dead only when it is used; what is asked here may be asked twice.
 */
const OURS = { headers: { 'sec-fetch-site': 'same-origin' }, maxRetries: 3 };

/** A room that nobody else is in, besides those who are brought in. */
export async function newRoom(page: Page, name: string, ...others: string[]): Promise<number> {
  const made = await page.request.post('/api/v1/rooms', { ...OURS, data: { name, kind: 'invited' } });
  const room = (await made.json()).room.id;
  for (const handle of others) {
    const added = await page.request.post(`/api/v1/rooms/${room}/members`, { ...OURS, data: { handle } });
    expect(added.status()).toBe(204);
  }
  return room;
}

/** Posts as this person does, past the page. */
export async function post(page: Page, room: number, text: string): Promise<void> {
  const data = { client_id: clientId(), text };
  const posted = await page.request.post(`/api/v1/rooms/${room}/messages`, { ...OURS, data });
  expect(posted.status()).toBe(200);
}

function clientId(): string {
  const hex = Date.now().toString(16).padStart(12, '0');
  const random = () => Math.floor(Math.random() * 0xffff_ffff).toString(16).padStart(8, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${(random() + random()).slice(0, 12)}`;
}

/** The texts of a room's last messages as the server has them, those that were taken back left out. */
export async function stored(page: Page, room: number): Promise<string[]> {
  const answer = await page.request.get(`/api/v1/rooms/${room}/messages`, OURS);
  const { messages } = await answer.json();
  return messages.filter((one: { deleted?: boolean }) => !one.deleted).map((one: { text: string }) => one.text);
}

/** Everything that the browser keeps of a person, by key. */
export async function inDatabase(page: Page): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    const [{ name }] = await indexedDB.databases();
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name!);
      request.onsuccess = () => resolve(request.result);
    });
    const store = database.transaction('kept').objectStore('kept');
    const all = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
    const [keys, values] = await Promise.all([all(store.getAllKeys()), all(store.getAll())]);
    database.close();
    return Object.fromEntries(keys.map((key, index) => [String(key), values[index]]));
  });
}

/** The texts on screen, in their order; what is on its way is marked. */
export async function shown(page: Page): Promise<string[]> {
  return page.locator('.messages .message').evaluateAll((rows) =>
    rows
      .filter((row) => !row.classList.contains('message--deleted'))
      .map((row) => {
        const text = row.querySelector('.message__text')!.textContent ?? '';
        return row.matches('.message--pending, .message--refused') ? `… ${text}` : text;
      }),
  );
}

/** As if another tab were in front; headless pages are always visible. */
export async function setVisibility(page: Page, state: DocumentVisibilityState): Promise<void> {
  await page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}

/** What a browser says of a connection that a test has cut. */
export const CUT: Allowed[] = [
  { text: /WebSocket|ERR_INTERNET_DISCONNECTED|Failed to fetch/ },
  // A chunk that was on its way: it comes with the next try.
  { text: /WebAssembly compilation aborted|HTTP status code is not ok/ },
  { url: /.*/, status: 'none' },
  { url: /.*/, status: 503 },
];

/**
 * What lies between a page and the server, to be cut without a word to the page. (A browser that is told to be
 * offline keeps the socket that it has.)
 */
export class Wire {
  private whole = true;
  private mutes = false;
  private readonly sockets = new Set<{ socket: WebSocketRoute; swallows: boolean }>();

  private constructor(private readonly page: Page) {}

  /** To be laid before the page is opened. */
  static async of(page: Page): Promise<Wire> {
    const wire = new Wire(page);
    await page.routeWebSocket(/\/api\/v1\/live/, (socket) => {
      if (!wire.whole) return void socket.close();
      const open = { socket, swallows: false };
      const server = socket.connectToServer();
      server.onMessage((frame) => void (open.swallows || socket.send(frame)));
      wire.sockets.add(open);
    });
    await page.route('**/fn/**', async (route) => {
      if (!wire.whole && wire.mutes) await route.fetch().catch(() => {});
      await (wire.whole ? route.fallback() : route.abort());
    });
    return wire;
  }

  /** What the page says still arrives; it hears nothing, not even the answers. */
  async mute(): Promise<void> {
    await this.cut(true);
  }

  async cut(mutes = false): Promise<void> {
    this.whole = false;
    this.mutes = mutes;
    await Promise.all([...this.sockets].map(({ socket }) => socket.close()));
    this.sockets.clear();
  }

  /** The sockets that are open stay so, and nothing comes through them any more. */
  swallow(): void {
    for (const open of this.sockets) open.swallows = true;
  }

  async mend(): Promise<void> {
    this.whole = true;
  }
}
