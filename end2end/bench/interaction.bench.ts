import { type Page } from '@playwright/test';

import { expect, test } from '../tests/fixtures';
import { field, open, settle } from '../tests/people';
import { type Client, newClient } from '../tests/scenes';
import { median, table } from './table';

const MANY = Number(process.env.MESSAGES ?? 10_000);
const FEW = 50;
const KEYS = 30;
const SENDS = 10;
const LOADED_WITHIN = 180_000;

/** What one measurement of a conversation gives, in milliseconds. A key waits for the next drawing, up to a frame, which takes one. */
interface Measured {
  keys: number[];
  sends: number[];
  news: number[];
  /**
   * The slowest of all keys by the browser's own count (Event Timing), from the press to the end of the page's work. The
   * rest of INP, until the picture is on a screen, means nothing where there is none: frames are put off by seconds.
   */
  slowest: number;
}

/** Notes how long it takes from an event to the end of the drawing that shows what it did. */
async function watchEvents(page: Page): Promise<void> {
  await page.evaluate(() => {
    const noted = { keydown: [] as number[], slowest: 0 };
    Object.assign(window, { noted });
    const drawn = (then: () => void) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = then;
        port2.postMessage(null);
      });
    // From when the key was pressed, not from when the page got round to it.
    window.addEventListener('keydown', (event) => drawn(() => noted.keydown.push(performance.now() - event.timeStamp)), {
      capture: true,
    });
    new PerformanceObserver((list) => {
      for (const { startTime, processingEnd, name } of list.getEntries() as PerformanceEventTiming[]) {
        if (/^key|input$/.test(name)) noted.slowest = Math.max(noted.slowest, processingEnd - startTime);
      }
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
  });
}

async function takeKeydowns(page: Page): Promise<number[]> {
  return page.evaluate(() => {
    const { noted } = window as unknown as { noted: { keydown: number[] } };
    return noted.keydown.splice(0);
  });
}

/** How long the page's thread has worked, in milliseconds. */
async function worked(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const now = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1_000;
  };
  const before = await now();
  return async () => (await now()) - before;
}

/**
 * Waits until the last message is this one, and has been sent. Looked for at the end: a locator would go through all messages
 * each time that it looks, and what is measured would be its work.
 */
async function atTheEnd(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (text) => {
      const chunk = document.querySelector('.messages__list > .chunk--pending') ?? document.querySelector('.messages__list')!;
      const last = [...chunk.getElementsByClassName('chunk')].at(-1) ?? chunk;
      const message = last.getElementsByClassName('message');
      const end = message[message.length - 1];
      return end?.textContent?.includes(text) && !end.classList.contains('message--pending');
    },
    text,
    { polling: 50, timeout: 30_000 },
  );
}

async function measure(page: Page, other: Client, room: number): Promise<Measured> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await field(page).click();
  await page.keyboard.type('сначала ');
  await page.waitForTimeout(1_000);
  await watchEvents(page);
  for (let key = 0; key < KEYS; key += 1) {
    await page.keyboard.press(key % 6 === 5 ? 'Space' : 'o');
    await page.waitForTimeout(60);
  }
  const keys = await takeKeydowns(page);
  await field(page).fill('');
  const sends: number[] = [];
  for (let index = 0; index < SENDS; index += 1) {
    await field(page).fill(`послано ${index}.`);
    await page.waitForTimeout(200);
    await takeKeydowns(page);
    await page.keyboard.press('Enter');
    await atTheEnd(page, `послано ${index}.`);
    sends.push(...(await takeKeydowns(page)));
  }
  const news: number[] = [];
  for (let index = 0; index < SENDS; index += 1) {
    await page.waitForTimeout(300);
    const since = await worked(page);
    await other.post(room, `новость ${index}.`);
    await page.waitForTimeout(700);
    news.push(await since());
  }
  await atTheEnd(page, `новость ${SENDS - 1}.`);
  const slowest = await page.evaluate(() => (window as unknown as { noted: { slowest: number } }).noted.slowest);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  return { keys, sends, news, slowest };
}

test(`typing, sending and hearing with ${MANY} messages loaded, and with ${FEW}`, async ({ newPerson, server }) => {
  test.setTimeout(LOADED_WITHIN + 240_000);
  await settle(server);
  const [anna, boris, vera] = await Promise.all(['Анна', 'Борис', 'Вера'].map((name) => newClient(server, name)));
  const short = await anna.room('Короткая', [boris]);
  const long = await anna.room('Длинная', [boris, vera]);
  await boris.fill(short, FEW, (index) => `строка ${index}, **жирная**`);
  const began = Date.now();
  // All at once, so that they alternate as people do.
  const authors = [anna, boris, vera];
  const share = Math.ceil(MANY / authors.length);
  await Promise.all(
    authors.map((author) => author.fill(long, share, (index) => `строка ${index}. Кто возьмёт котелок, а **кто** палатку?`)),
  );
  console.log(`\n${MANY} messages posted in ${((Date.now() - began) / 1_000).toFixed(1)} s`);

  const { page, context } = await newPerson('Анна', { viewport: { width: 1280, height: 800 } });
  await anna.enter(context);
  await anna.read(short, await boris.post(short, 'последняя'));
  await anna.read(long, await boris.post(long, 'последняя'));
  await open(page, short);
  const few = await measure(page, boris, short);

  await open(page, long);
  const loading = await page.evaluate(
    async ([wanted, within]) => {
      const began = performance.now();
      const scroller = document.querySelector('.messages')!;
      while (performance.now() - began < within && scroller.querySelectorAll('.message').length < wanted) {
        scroller.scrollTo(0, -scroller.scrollHeight);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      return { ms: performance.now() - began, count: scroller.querySelectorAll('.message').length };
    },
    [MANY, LOADED_WITHIN],
  );
  console.log(`${loading.count} messages loaded by scrolling up in ${(loading.ms / 1_000).toFixed(1)} s`);
  expect(loading.count).toBeGreaterThanOrEqual(MANY);
  // Those who read further up go down by the button.
  await page.locator('.jump').click();
  await page.waitForTimeout(1_000);
  const many = await measure(page, boris, long);

  for (const [title, measured] of [
    [`${FEW} messages`, few],
    [`${MANY} messages`, many],
  ] as const) {
    table(`${title}, processor ÷ 4`, [
      { what: 'a key pressed, until it is drawn', ms: measured.keys, most: 33 },
      { what: 'Enter pressed, until the message is drawn', ms: measured.sends, most: 50 },
      { what: 'a message heard: the page’s work', ms: measured.news, most: 100 },
      { what: 'the slowest of all keys: the page’s work', ms: [measured.slowest], most: 50 },
    ]);
  }
  // On any machine: with a long conversation it is as with a short one, give or take a frame.
  const FRAME = 16.7;
  expect(median(many.keys)).toBeLessThan(median(few.keys) * 2 + FRAME);
  expect(median(many.sends)).toBeLessThan(median(few.sends) * 3 + 2 * FRAME);
  expect(median(many.news)).toBeLessThan(median(few.news) * 3 + 2 * FRAME);
});
