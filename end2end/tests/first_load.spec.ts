import { type Page } from '@playwright/test';

import { expect, test } from './fixtures';
import { field, hydrated, message, settle } from './people';
import { type Client, newClient } from './scenes';
import { PHONE, beginning, slowPhone, watchBeginning } from './slow_phone';
import type { Server } from './server';

/** How soon things happen is measured by `make bench`; here is what happens. */
test.beforeEach(async ({ server }) => settle(server));

/** A conversation of more than a page, of which Anna has read all but the last few. */
async function talk(server: Server, unread = 0): Promise<{ anna: Client; room: number }> {
  const [anna, boris] = [await newClient(server, 'Анна'), await newClient(server, 'Борис')];
  const room = await anna.room('Поход', [boris]);
  for (let index = 0; index < 60; index += 1) {
    const author = index % 3 === 0 ? anna : boris;
    const text = `Сообщение номер ${index}. Кто возьмёт котелок, а кто палатку? **Отвечайте** здесь.`;
    const posted = await author.post(room, text);
    if (index === 59 - unread) await anna.read(room, posted);
  }
  return { anna, room };
}

/** Holds the scripts back until they are let go. */
async function holdScripts(page: Page): Promise<() => void> {
  let go = () => {};
  const told = new Promise<void>((resolve) => (go = resolve));
  await page.route('**/pkg/*/*.wasm', async (route) => {
    await told;
    // The page may have gone meanwhile.
    await route.continue().catch(() => {});
  });
  return () => go();
}

test('the conversation is there before any script, at its end, and can be written in', async ({ newPerson, server }) => {
  const { anna, room } = await talk(server);
  const { page, context } = await newPerson('Анна', PHONE);
  await anna.enter(context);
  const go = await holdScripts(page);
  await page.goto(`/rooms/${room}`, { waitUntil: 'commit' });
  await expect(message(page, 'Сообщение номер 59.')).toBeInViewport();
  await expect(field(page)).toBeInViewport();
  await expect(field(page)).toBeEditable();
  expect(await page.evaluate(() => document.documentElement.dataset.hydrated)).toBeUndefined();
  go();
});

test('what is typed before the page is taken over stays, the cursor too', async ({ newPerson, server }) => {
  const { anna, room } = await talk(server);
  const { page, context } = await newPerson('Анна');
  await anna.enter(context);
  const go = await holdScripts(page);
  await page.goto(`/rooms/${room}`, { waitUntil: 'commit' });
  await field(page).click();
  await page.keyboard.type('рано напечатано');
  for (let step = 0; step < 'напечатано'.length; step += 1) await page.keyboard.press('ArrowLeft');
  go();
  await hydrated(page);
  await page.keyboard.type('и верно ');
  await expect(field(page)).toHaveValue('рано и верно напечатано');
  await page.keyboard.press('Enter');
  await expect(message(page, 'рано и верно напечатано')).toHaveCount(1);
});

test('what is sent before the page is taken over is there, once', async ({ newPerson, server }) => {
  const { anna, room } = await talk(server);
  const { page, context } = await newPerson('Анна', PHONE);
  await anna.enter(context);
  const go = await holdScripts(page);
  await page.goto(`/rooms/${room}`, { waitUntil: 'commit' });
  await field(page).fill('послано без скриптов');
  await page.locator('.send').tap();
  await expect(message(page, 'послано без скриптов')).toBeInViewport();
  go();
  await hydrated(page);
  await expect(field(page)).toHaveValue('');
  await expect(message(page, 'послано без скриптов')).toHaveCount(1);
  await page.reload();
  await expect(message(page, 'послано без скриптов')).toHaveCount(1);
});

test('what is looked for before the page is taken over is found', async ({ newPerson, server }) => {
  const { anna } = await talk(server);
  const { page, context } = await newPerson('Анна');
  await anna.enter(context);
  const go = await holdScripts(page);
  await page.goto('/', { waitUntil: 'commit' });
  await page.locator('.finder input').pressSequentially('пох');
  go();
  await hydrated(page);
  await expect(page.locator('.finder [role=option]').first()).toContainText('Поход');
});

test('a link pressed before the page is taken over leads to its page', async ({ newPerson, server }) => {
  const { anna, room } = await talk(server);
  const { page, context } = await newPerson('Анна', PHONE);
  await anna.enter(context);
  const go = await holdScripts(page);
  await page.goto('/', { waitUntil: 'commit' });
  await page.locator(`.room-list a[href="/rooms/${room}"]`).tap();
  await expect(message(page, 'Сообщение номер 59.')).toBeInViewport();
  go();
  await hydrated(page);
});

for (const [where, unread] of [
  ['at its end', 0],
  ['where reading stopped', 20],
] as const) {
  test(`a slow phone shows the messages first, and nothing moves once it is painted (${where})`, async ({
    newPerson,
    server,
  }) => {
    const { anna, room } = await talk(server, unread);
    const { page, context } = await newPerson('Анна', PHONE);
    await anna.enter(context);
    await slowPhone(page);
    await watchBeginning(page);
    await page.goto(`/rooms/${room}`);
    await hydrated(page);
    // Whatever the scripts do at their beginning.
    await page.waitForTimeout(1_000);
    const { inMessages, lcpElement, shifts, shifted } = await beginning(page);
    expect(inMessages, `the largest is ${lcpElement}`).toBe(true);
    expect(shifts, shifted.join(', ')).toBeLessThan(0.02);
  });
}

test('nothing but the style sheet keeps the page from being painted', async ({ newPerson, server }) => {
  const { anna, room } = await talk(server);
  const { page, context } = await newPerson('Анна', PHONE);
  await anna.enter(context);
  await page.goto(`/rooms/${room}`);
  const blocking = await page.evaluate(() =>
    (performance.getEntriesByType('resource') as (PerformanceResourceTiming & { renderBlockingStatus: string })[])
      .filter(({ renderBlockingStatus }) => renderBlockingStatus === 'blocking')
      .map(({ name }) => new URL(name).pathname),
  );
  expect(blocking).toEqual([expect.stringMatching(/\.css$/)]);
});
