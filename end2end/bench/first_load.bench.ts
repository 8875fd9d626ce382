import { type Page } from '@playwright/test';

import { expect, test } from '../tests/fixtures';
import { hydrated, settle } from '../tests/people';
import { newClient } from '../tests/scenes';
import { PHONE, beginning, slowPhone, watchBeginning } from '../tests/slow_phone';
import { table } from './table';

const VISITS = 5;

async function visit(page: Page, address: string) {
  await page.goto(address);
  await hydrated(page);
  await page.waitForTimeout(500);
  return beginning(page);
}

test('the first visit, and the next ones', async ({ newPerson, server }) => {
  await settle(server);
  const [anna, boris] = [await newClient(server, 'Анна'), await newClient(server, 'Борис')];
  const room = await anna.room('Поход', [boris]);
  const texts = ['Доброе утро! Кто сегодня идёт?', 'Буду к шести, **возьму чашки**.', 'Отлично, ждём.', 'И я!'];
  for (let index = 0; index < 60; index += 1) {
    const posted = await (index % 2 ? anna : boris).post(room, `${texts[index % texts.length]} ${index}`);
    await anna.read(room, posted);
  }
  const address = `/rooms/${room}`;
  const [cold, warm]: [Awaited<ReturnType<typeof visit>>[], Awaited<ReturnType<typeof visit>>[]] = [[], []];
  for (let turn = 0; turn < VISITS; turn += 1) {
    const { page, context } = await newPerson('Анна', PHONE);
    await anna.enter(context);
    await watchBeginning(page);
    await slowPhone(page, { cold: true });
    cold.push(await visit(page, address));
    await page.close();
    // A browser that has been here. (What is fetched with the cache off isn't kept, so it comes twice.)
    const other = await context.newPage();
    await other.goto(address);
    await hydrated(other);
    await other.close();
    const next = await context.newPage();
    await watchBeginning(next);
    await slowPhone(next, { cold: false });
    warm.push(await visit(next, address));
    await context.close();
  }
  table('First visit: slow 4G (1.6 Mbit/s, 150 ms), processor ÷ 4', [
    { what: 'largest piece painted (LCP)', ms: cold.map(({ lcp }) => lcp), most: 1_800 },
    { what: 'scripts have taken over', ms: cold.map(({ hydrated }) => hydrated), most: 4_500 },
  ]);
  table('Next visit, the same but with the browser’s cache', [
    { what: 'largest piece painted (LCP)', ms: warm.map(({ lcp }) => lcp), most: 1_000 },
    { what: 'scripts have taken over', ms: warm.map(({ hydrated }) => hydrated), most: 1_000 },
  ]);
  console.log(`\n  Moved after it was painted (CLS): ${Math.max(...cold.map(({ shifts }) => shifts)).toFixed(4)}, wanted < 0.02`);
  // On any machine: the scripts come after the text, and what is kept is faster.
  for (const { lcp, hydrated, inMessages } of cold) {
    expect(inMessages).toBe(true);
    expect(lcp).toBeLessThan(hydrated);
  }
  expect(Math.min(...warm.map(({ hydrated }) => hydrated))).toBeLessThan(Math.min(...cold.map(({ hydrated }) => hydrated)));
});
