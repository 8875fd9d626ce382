import { type Page, devices } from '@playwright/test';

import { Inspection } from './axe';
import { expect, test } from './fixtures';
import { CUT, Wire, field, fillAccount, hydrated, message, write } from './people';
import { Client, everyKindOfMessage } from './scenes';
import { Server } from './server';

/** Each walk has a server to itself, since only an empty one shows the first run. */
test.describe.configure({ mode: 'parallel' });
test.use({ ownServer: 'accessibility' });

const SUBMIT = 'form:has(input[name=password]) button';
/** A choice of colour is another set of contrasts. */
const ACCENTS = ['blue', 'green', 'violet', 'orange'];

let own: Server;
test.beforeEach(async ({ allow }) => {
  own = await Server.create({});
  allow(...CUT, { url: /.*/, status: 403 }, { url: /.*/, status: 404 }, { url: /.*/, status: 422 });
});
test.afterEach(async () => own.remove());

/** Whoever has opened the house, with two others and a room full of everything. */
async function house(handle = 'anna') {
  const reader = await Client.signIn(own, handle, 'Анна');
  const boris = await Client.signUp(own, 'Борис Ким', 'boris');
  const vera = await Client.signUp(own, 'Вера Соколова', 'vera');
  const room = await reader.room('Поход', [boris, vera]);
  await everyKindOfMessage(room, [reader, boris, vera]);
  const direct = await boris.direct(reader);
  await boris.post(direct, 'Можно личный вопрос?');
  await reader.post(direct, 'Конечно');
  await boris.post(direct, 'Ты взяла **карту**?');
  const busy = await vera.room('Кухня', [reader]);
  await vera.fill(busy, 3, (index) => `Чай готов, ${index}`);
  const drafted = await vera.room('Книжный клуб', [reader]);
  await reader.draft(drafted, 'Дочитала за ночь');
  const open = await vera.room('Кино по пятницам', [], 'open');
  return { reader, boris, vera, room, open };
}

/** The first account of all, made without a look at the page. */
async function firstAccount(page: Page): Promise<void> {
  await page.goto('/');
  await fillAccount(page, 'anna', 'Анна');
  await expect(page.locator('.sidebar')).toBeAttached();
}

async function look(page: Page, choice: Record<string, string>): Promise<void> {
  const cookies = Object.entries(choice).map(([name, value]) => ({ name, value, url: own.address }));
  await page.context().addCookies(cookies);
}

for (const lang of ['ru', 'en'] as const) {
  for (const theme of ['light', 'dark'] as const) {
    test(`every page and state is accessible (${lang}, ${theme})`, async ({ newPerson }) => {
      test.setTimeout(150_000);
      const { page, context } = await newPerson('Анна', {
        baseURL: own.address,
        locale: lang === 'ru' ? 'ru-RU' : 'en-GB',
        colorScheme: theme,
        // Colours that are on their way are of no account.
        reducedMotion: 'reduce',
        viewport: { width: 1280, height: 800 },
      });
      // What can't be reached is to be known soon.
      page.setDefaultTimeout(4_000);
      await look(page, { lang, theme });
      const inspection = new Inspection(page, `${lang}, ${theme}`);
      const at = (name: string, path: string, ready?: string) =>
        inspection.state(name, async () => {
          await page.goto(path);
          if (ready) await expect(page.locator(ready).first()).toBeVisible();
        });
      const wire = await Wire.of(page);

      // The doors.
      await at('first run', '/');
      await inspection.state('first run, refused', async () => {
        await fillAccount(page, 'a', 'Анна');
        await expect(page.locator('[aria-invalid=true]')).toBeVisible();
      });
      await inspection.state('a room without messages', async () => {
        await fillAccount(page, 'anna', 'Анна');
        await hydrated(page);
      });
      const { reader, room, open } = await house();
      await context.clearCookies({ name: 'session' });
      await at('sign in', '/sign-in');
      await inspection.state('sign in, refused', async () => {
        await page.locator('input[name=handle]').fill('anna');
        await page.locator('input[name=password]').fill('не тот пароль');
        await page.locator(SUBMIT).click();
        await expect(page.locator('[aria-invalid=true]')).toBeVisible();
      });
      await at('sign up', '/sign-up');
      await inspection.state('sign up, refused', async () => {
        await fillAccount(page, 'boris', 'Другой Борис');
        await expect(page.locator('[aria-invalid=true]')).toBeVisible();
      });
      await inspection.state('a refusal in words', async () => {
        // A form of another site.
        await page.goto('about:blank');
        await page.evaluate((address) => {
          const form = document.createElement('form');
          Object.assign(form, { method: 'post', action: `${address}/language` });
          document.body.append(form);
          form.submit();
        }, own.address);
        await expect(page.locator('.door h1')).toBeVisible();
      });

      // The list.
      const empty = await Client.signUp(own, 'Новенькая', 'newcomer');
      await empty.leave(1);
      await empty.enter(context);
      await at('home, with no conversations', '/', '.sidebar .empty');
      await reader.enter(context);
      await at('home, with conversations', '/', '.badge');
      await inspection.state('finder, with results', async () => {
        await hydrated(page);
        await page.locator('.finder input').fill('бор');
        await expect(page.locator('.finder [role=option]').first()).toBeVisible();
      });
      await inspection.state('finder, with none', async () => {
        await page.locator('.finder input').fill('ъыъ');
        await expect(page.locator('.finder__nothing')).toBeVisible();
      });

      // Conversations.
      await at('conversation', `/rooms/${room}`, '.new-line');
      await inspection.state('a message under the pointer', async () => {
        await hydrated(page);
        await message(page, 'До встречи!').hover();
      });
      await inspection.state('one’s last message, to be changed', async () => {
        await field(page).press('ArrowUp');
        await expect(field(page)).toHaveValue('До встречи!');
      });
      await inspection.state('too long to be sent', async () => {
        await field(page).press('Escape');
        await field(page).fill('ы'.repeat(4_001));
        await expect(page.locator('.composer__hint')).toBeVisible();
        await page.waitForTimeout(100);
      });
      await inspection.state('messages refused and on their way', async () => {
        let refused = false;
        await page.route('**/fn/post_message', (route) => {
          if (refused) return;
          refused = true;
          return route.fulfill({
            status: 403,
            headers: { serverfnerror: '/fn/post_message', 'content-type': 'application/json' },
            body: JSON.stringify({ error: 'not_allowed' }),
          });
        });
        await write(page, 'Этого сервер не возьмёт');
        await expect(message(page, 'Этого сервер не возьмёт').getByRole('alert')).toBeVisible();
        await write(page, 'Это ещё в пути');
        await expect(message(page, 'Это ещё в пути').getByRole('button').first()).toBeVisible();
        // Its colour is settled.
        await page.waitForTimeout(100);
      });
      await inspection.state('further up', async () => {
        await page.locator('.messages').evaluate((scroller) => scroller.scrollTo(0, -scroller.scrollHeight));
        await expect(page.locator('.jump')).toBeVisible();
      });
      await inspection.state('without a connection', async () => {
        await wire.cut();
        await expect(page.locator('.sidebar .connection')).toBeVisible({ timeout: 10_000 });
      });
      await inspection.state('what couldn’t be loaded', async () => {
        await page.locator('.sidebar a[href="/rooms"]').click();
        await expect(page.locator('.page [role=alert]')).toBeVisible({ timeout: 20_000 });
      });
      await wire.mend();
      await page.unroute('**/fn/post_message');
      await at('direct conversation', '/@boris', '.message');
      await at('nothing written yet', '/@vera', '.composer');
      await at('saved messages, none', '/@anna', '.composer');
      await inspection.state('saved messages', async () => {
        await reader.post(await reader.direct(reader), 'Купить **чай**');
        await page.goto('/@anna');
        await expect(message(page, 'Купить чай')).toBeVisible();
      });
      await at('older messages', `/rooms/${room}?before=12`, '.message');

      await inspection.state('what can be done with a message', async () => {
        await page.goto(`/rooms/${room}`);
        const id = await page.locator('.message[id]', { hasText: 'До встречи!' }).getAttribute('id');
        await page.goto(`/rooms/${room}/${id!.slice(1)}/actions`);
        for (const fold of await page.locator('summary').all()) await fold.click();
      });

      // Other pages.
      await at('new room', '/rooms/new', 'input[name=name]');
      await inspection.state('new room, refused', async () => {
        await page.locator('input[name=name]').fill('   ');
        await page.locator('form:has(input[name=name]) button').last().click();
        await expect(page.locator('[aria-invalid=true]')).toBeVisible();
      });
      await at('open rooms', '/rooms', '.card');
      await inspection.state('open rooms, none', async () => {
        await page.goto('/');
        await hydrated(page);
        await page.route('**/fn/open_rooms', (route) => route.fulfill({ json: [] }));
        await page.locator('.sidebar a[href="/rooms"]').click();
        await expect(page.locator('.pane .empty')).toBeVisible();
      });
      await page.unroute('**/fn/open_rooms');
      await at('an open room, from outside', `/rooms/${open}`, '.button--main');
      await at('search', '/find');
      await at('search, with results', '/find?q=в', '.card');
      await at('search, with none', '/find?q=ъыъ');
      await at('nothing here', '/nothing-here', 'h1');
      await at('no such room', '/rooms/999999', 'h1');
      await at('settings', '/settings', '.settings');
      await at('details of a room', `/rooms/${room}/details`, '.details');
      await inspection.state('details of a room, refused', async () => {
        await page.locator('.details input[name=handle]').fill('nobody-of-that-name');
        await page.locator('.details .add-person button').click();
        await expect(page.locator('.details [role=alert]')).toBeVisible();
      });
      await at('details of a person', '/@boris/details', '.details');

      // What lies over the page.
      await inspection.state('shortcuts', async () => {
        await page.goto('/');
        await hydrated(page);
        await page.keyboard.press('?');
        await expect(page.locator('dialog.shortcuts')).toBeVisible();
      });
      await inspection.state('switcher', async () => {
        await page.keyboard.press('Escape');
        await page.keyboard.press('Control+k');
        await expect(page.locator('dialog.switcher')).toBeVisible();
      });
      await inspection.state('switcher, with results', async () => {
        await page.locator('dialog.switcher').getByRole('combobox').fill('по');
        await expect(page.locator('dialog.switcher [role=option]').first()).toBeVisible();
      });
      await inspection.state('switcher, with none', async () => {
        await page.locator('dialog.switcher').getByRole('combobox').fill('ъыъ');
        await expect(page.locator('dialog.switcher [role=option]')).toHaveCount(0);
      });
      inspection.done();
    });
  }
}

for (const theme of ['light', 'dark'] as const) {
  test(`each accent is readable (${theme})`, async ({ newPerson }) => {
    const { page, context } = await newPerson('Анна', {
      baseURL: own.address,
      // The reader's choice, and not the device's.
      colorScheme: theme === 'light' ? 'dark' : 'light',
      reducedMotion: 'reduce',
      viewport: { width: 1280, height: 800 },
    });
    await firstAccount(page);
    const { room, reader } = await house();
    const inspection = new Inspection(page, theme);
    for (const accent of ACCENTS) {
      await look(page, { theme, accent });
      await reader.enter(context);
      await inspection.state(`conversation, ${accent}`, async () => {
        await page.goto(`/rooms/${room}`);
        await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
        await expect(page.locator('html')).toHaveAttribute('data-accent', accent);
        await hydrated(page);
      });
      await inspection.state(`settings, ${accent}`, async () => {
        await page.goto('/settings');
        await expect(page.locator(`[name=accent][value=${accent}]`)).toBeAttached();
      });
      await context.clearCookies({ name: 'session' });
      await inspection.state(`door, ${accent}`, async () => {
        await page.goto('/sign-in');
        await expect(page.locator('html')).toHaveAttribute('data-accent', accent);
      });
    }
    inspection.done();
  });
}

for (const [lang, theme] of [
  ['ru', 'dark'],
  ['en', 'light'],
] as const) {
  test(`a phone’s pages are accessible (${lang}, ${theme})`, async ({ newPerson }) => {
    const { defaultBrowserType: _, ...phone } = devices['Pixel 7'];
    const { page, context } = await newPerson('Анна', {
      ...phone,
      baseURL: own.address,
      locale: lang,
      colorScheme: theme,
      reducedMotion: 'reduce',
    });
    await firstAccount(page);
    const { room } = await house();
    await look(page, { lang, theme, density: 'compact' });
    const inspection = new Inspection(page, `phone, ${lang}, ${theme}`);
    const pages = ['/', `/rooms/${room}`, '/@boris', '/new', '/rooms/new', '/rooms', '/find?q=в', '/settings', `/rooms/${room}/details`];
    for (const path of pages) {
      await inspection.state(path, async () => {
        await page.goto(path);
        await hydrated(page);
      });
    }
    await context.clearCookies({ name: 'session' });
    await inspection.state('/sign-in', () => page.goto('/sign-in'));
    await inspection.state('/sign-up', () => page.goto('/sign-up'));
    inspection.done();
  });
}
