import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

import { type BrowserContextOptions, type Page } from '@playwright/test';

import { type Person, type Server, expect, test } from '../tests/fixtures';
import { CUT, Wire, field, fillAccount, hydrated, message, write } from '../tests/people';
import { Server as Own } from '../tests/server';
import { type Community, community } from './community';
import { FOLDER } from './contents';

test.use({ ownServer: 'gallery' });

const DEVICES: Record<string, BrowserContextOptions> = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};
const PICTURES = path.resolve(__dirname, '../../docs/pictures');
/** What a picture on the project's page may weigh. */
const LIGHT = 200_000;

let made: Promise<Community> | undefined;
/** One for all pictures that a worker takes. */
const here = (server: Server) => (made ??= community(server));

test.beforeEach(({ allow }) => allow(...CUT, { url: /.*/, status: 403 }, { url: /.*/, status: 404 }, { url: /.*/, status: 422 }));

interface Look {
  device: string;
  theme: 'light' | 'dark';
  lang: string;
}

/** A zone in which it is about seven in the evening: a day's talk is behind one. */
function evening(): string {
  const hours = ((19 - new Date().getUTCHours() + 36) % 24) - 12;
  // Their sign is the other way round.
  return `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}

type NewPerson = (name: string, options?: BrowserContextOptions) => Promise<Person>;

async function visitor(newPerson: NewPerson, address: string, { device, theme, lang }: Look): Promise<Page> {
  const { page, context } = await newPerson('Анна', {
    ...DEVICES[device],
    baseURL: address,
    locale: lang === 'ru' ? 'ru-RU' : 'en-GB',
    timezoneId: evening(),
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  page.setDefaultTimeout(5_000);
  await context.addCookies([{ name: 'lang', value: lang, url: address }, { name: 'theme', value: theme, url: address }]);
  return page;
}

for (const device of Object.keys(DEVICES)) {
  for (const theme of ['light', 'dark'] as const) {
    for (const lang of ['ru', 'en']) {
      test(`${device}, ${theme}, ${lang}`, async ({ newPerson, server }) => {
        const look = { device, theme, lang };
        const { anna, vera, newcomer, rooms } = await here(server);
        const page = await visitor(newPerson, server.address, look);
        const phone = device === 'phone';
        const missing: string[] = [];
        await mkdir(FOLDER, { recursive: true });

        /** Takes a picture of a state, or says that it can't be reached. */
        const shot = async (name: string, reach: () => Promise<unknown>, of: Page = page) => {
          try {
            await reach();
            await of.evaluate(() => document.fonts.ready.then(() => undefined));
            await of.screenshot({ path: path.join(FOLDER, `${name}-${device}-${theme}-${lang}.png`), caret: 'initial' });
          } catch (error) {
            missing.push(`${name}: ${String(error).split('\n')[0]}`);
          }
        };
        const at = (name: string, address: string, ready?: string) =>
          shot(name, async () => {
            await page.goto(address);
            if (ready) await expect(page.locator(ready).first()).toBeVisible();
          });
        const ready = async (address: string) => {
          await page.goto(address);
          await hydrated(page);
        };

        // The doors.
        const empty = await Own.create({});
        const first = await visitor(newPerson, empty.address, look);
        await shot('first-run', () => first.goto('/'), first);
        await shot('first-run-refused', () => fillAccount(first, 'a', 'Анна'), first);
        await first.close();
        await empty.remove();
        await at('sign-in', '/sign-in');
        await shot('sign-in-refused', async () => {
          await page.locator('input[name=handle]').fill('anna');
          await page.locator('input[name=password]').fill('не тот пароль');
          await page.locator('form:has(input[name=password]) button').click();
          await expect(page.locator('[aria-invalid=true]')).toBeVisible();
        });
        await at('sign-up', '/sign-up');

        // The list.
        await newcomer.enter(page.context());
        await at('home-empty', '/');
        await anna.enter(page.context());
        await shot('home', () => ready('/'));
        await shot('finder', async () => {
          await page.locator('.finder input').fill('ве');
          await expect(page.locator('.finder [role=option]').nth(1)).toBeVisible();
        });

        // Conversations.
        await shot('conversation', () => ready(`/rooms/${rooms.hike}`));
        await shot('conversation-kinds', () => ready(`/rooms/${rooms.site}`));
        await shot('conversation-editing', async () => {
          await ready(`/rooms/${rooms.hike}`);
          await field(page).press('ArrowUp');
          await expect(field(page)).not.toHaveValue('');
        });
        await shot('conversation-unread', async () => {
          await vera.post(rooms.kitchen, 'Купила! Зелёный и с чабрецом.');
          await vera.post(rooms.kitchen, 'И печенье, если успеете 🙂');
          await ready(`/rooms/${rooms.kitchen}`);
          await expect(page.locator('.new-line')).toBeVisible();
        });
        await shot('conversation-direct', () => ready('/@boris'));
        await shot('scheduled-here', async () => {
          await ready(`/rooms/${rooms.site}`);
          await field(page).fill('С днём рождения! Пирог на кухне');
          await page.mouse.move(10, 10);
          await expect(page.locator('.send-more')).toBeVisible();
          await expect(page.locator('.scheduled-here')).toBeVisible();
        });
        await shot('send-menu', async () => {
          await page.locator('.send-more').click();
          await expect(page.getByRole('menu')).toBeVisible();
        });
        await shot('send-later', async () => {
          await page.getByRole('menuitem').last().click();
          await expect(page.locator('dialog.later')).toBeVisible();
        });
        await shot('scheduled', async () => {
          await there(page, '/scheduled');
          await page.locator('.waiting__one').nth(1).locator('summary').first().click();
        });
        await at('scheduled-none', `/rooms/${rooms.hike}/scheduled`);
        await at('conversation-nothing-yet', '/@grisha');
        await shot('conversation-empty', () => ready(`/rooms/${rooms.quiet}`));
        await shot('saved', () => ready('/@anna'));
        await at('room-from-outside', `/rooms/${rooms.films}`);
        await shot('details-room', () => there(page, `/rooms/${rooms.hike}/details`));
        await shot('details-room-refused', async () => {
          await page.locator('.details input[name=handle]').fill('kolya');
          await page.locator('.details .add-person button').click();
          await expect(page.locator('.details [role=alert]')).toBeVisible();
        });
        await shot('details-room-picture', async () => {
          await there(page, `/rooms/${rooms.quiet}/details`);
          await page.locator('details', { has: page.locator('input[type=file]') }).locator('summary').click();
        });
        await shot('message-actions', async () => {
          await ready(`/rooms/${rooms.hike}`);
          const id = await page.locator('.message[id]').last().getAttribute('id');
          await page.goto(`/rooms/${rooms.hike}/${id!.slice(1)}/actions`);
        });
        await shot('details-person', () => there(page, '/@boris/details'));

        // Other pages.
        await at('new-room', '/rooms/new');
        await shot('new-room-refused', async () => {
          await page.locator('input[name=name]').fill('   ');
          await page.locator('form:has(input[name=name]) button').last().click();
          await expect(page.locator('[aria-invalid=true]')).toBeVisible();
        });
        await at('open-rooms', '/rooms');
        await at('search', '/find?q=в', '.card');
        await at('search-none', '/find?q=ъыъ');
        await at('not-found', '/nothing-here');
        await shot('settings', () => there(page, '/settings'));

        // What lies over the page.
        await shot('switcher', async () => {
          await ready(`/rooms/${rooms.hike}`);
          await page.keyboard.press('Control+k');
          await expect(page.locator('dialog.switcher')).toBeVisible();
        });
        await shot('switcher-results', async () => {
          await page.locator('dialog.switcher').getByRole('combobox').fill('к');
          await expect(page.locator('dialog.switcher [role=option]').first()).toBeVisible();
        });
        await shot('shortcuts', async () => {
          await ready('/');
          await page.keyboard.press('?');
          await expect(page.locator('dialog.shortcuts')).toBeVisible();
        });

        // On the way, refused, offline. Nothing of it stays: the server never hears of it.
        const wire = await Wire.of(page);
        await shot('conversation-unsent', async () => {
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
          await ready(`/rooms/${rooms.quiet}`);
          const send = async (text: string) => {
            if (!phone) return write(page, text);
            await field(page).fill(text);
            await page.locator('.send').tap();
          };
          await send('Этого сервер не взял');
          await expect(message(page, 'Этого сервер не взял').getByRole('alert')).toBeVisible();
          await send('А это ещё в пути');
          await expect(message(page, 'А это ещё в пути').getByRole('button').first()).toBeVisible({ timeout: 6_000 });
        });
        await shot('offline', async () => {
          await wire.cut();
          await expect(page.locator('.connection').filter({ visible: true }).first()).toBeVisible({ timeout: 10_000 });
        });
        await shot('failed', async () => {
          await page.evaluate(() => history.pushState(null, '', '/rooms'));
          await page.evaluate(() => window.dispatchEvent(new PopStateEvent('popstate')));
          await expect(page.locator('.page [role=alert]').first()).toBeVisible({ timeout: 20_000 });
        });
        expect(missing, missing.join('\n')).toEqual([]);
      });
    }
  }
}

/** A page that must be there. */
async function there(page: Page, address: string): Promise<void> {
  const response = await page.goto(address);
  expect(response?.status(), address).toBe(200);
  await hydrated(page);
}

test('the pictures of the project’s own page', async ({ newPerson, server }) => {
  const { anna, rooms } = await here(server);
  await mkdir(PICTURES, { recursive: true });
  const pictures = [
    { name: 'conversation.png', look: { device: 'desktop', theme: 'light', lang: 'ru' }, address: `/rooms/${rooms.hike}` },
    { name: 'dark.png', look: { device: 'desktop', theme: 'dark', lang: 'ru' }, address: `/rooms/${rooms.hike}/details` },
    { name: 'phone.png', look: { device: 'phone', theme: 'light', lang: 'ru' }, address: `/rooms/${rooms.hike}` },
  ] as const;
  for (const { name, look, address } of pictures) {
    const page = await visitor(newPerson, server.address, look);
    await anna.enter(page.context());
    // From the second page on the server knows the zone.
    await there(page, '/');
    await there(page, address);
    await page.screenshot({ path: path.join(PICTURES, name), caret: 'hide' });
    await page.close();
    expect((await stat(path.join(PICTURES, name))).size, name).toBeLessThan(LIGHT);
  }
});
