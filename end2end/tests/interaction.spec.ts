import { type Page } from '@playwright/test';

import { expect, test } from './fixtures';
import { field, listen, message, newHandle, newRoom, open, settle, signUp } from './people';
import { newClient } from './scenes';

/**
 * What makes a page slow, counted rather than timed: how much of it is touched by what one does.
 * The times are measured by `make bench`.
 */
test.beforeEach(async ({ server }) => settle(server));

/** What changed in the page, in short. */
interface Change {
  kind: 'added' | 'removed' | 'attribute' | 'text';
  /** Where, from the outside in: `li.group > div.message`. */
  at: string;
  inMessages: boolean;
}

/** Notes every change of the page while something happens. */
async function changes(page: Page, during: () => Promise<unknown>): Promise<Change[]> {
  await page.evaluate(() => {
    const noted: Change[] = [];
    const name = (node: Node): string => {
      const element = node instanceof Element ? node : node.parentElement;
      const own = (one: Element) => [one.tagName.toLowerCase(), ...one.classList].join('.');
      return element ? `${element.parentElement ? `${own(element.parentElement)} > ` : ''}${own(element)}` : node.nodeName;
    };
    const observer = new MutationObserver((records) => {
      for (const { type, target, addedNodes, removedNodes } of records) {
        const element = target instanceof Element ? target : target.parentElement;
        const inMessages = !!element?.closest('.messages');
        if (type === 'attributes') noted.push({ kind: 'attribute', at: name(target), inMessages });
        if (type === 'characterData') noted.push({ kind: 'text', at: name(target), inMessages });
        for (const node of addedNodes) {
          // The framework marks places by comments and empty texts, which are nothing to lay out.
          if (node instanceof Element || node.textContent) noted.push({ kind: 'added', at: name(node), inMessages });
        }
        for (const node of removedNodes) {
          if (node instanceof Element) noted.push({ kind: 'removed', at: `${name(target)} > ${name(node)}`, inMessages });
        }
      }
    });
    observer.observe(document, { attributes: true, characterData: true, childList: true, subtree: true });
    Object.assign(window, { noted, observer });
  });
  await during();
  return page.evaluate(() => {
    const { noted, observer } = window as unknown as { noted: Change[]; observer: MutationObserver };
    observer.disconnect();
    return noted;
  });
}

/** Two drawings of the page later. */
function drawn(page: Page): Promise<void> {
  return page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );
}

test('a key press changes the field and nothing else', async ({ newPerson, server }) => {
  const { page, context } = await newPerson('Анна');
  const anna = await newClient(server, 'Анна');
  const room = await anna.room('Поход');
  await anna.fill(room, 100, (index) => `строка ${index}`);
  await anna.enter(context);
  await open(page, room);
  // Whatever is done when one begins to type is done: what comes later stands beside the field.
  await page.mouse.move(300, 300);
  await field(page).pressSequentially('нача');
  await expect(page.locator('.send-more')).toBeVisible();
  await page.waitForTimeout(500);
  const touched = await changes(page, async () => {
    await page.keyboard.press('k');
    await drawn(page);
  });
  expect(touched.filter(({ inMessages }) => inMessages)).toEqual([]);
  expect(touched.filter(({ kind }) => kind === 'added' || kind === 'removed')).toEqual([]);
  // The field's own height, and at most as much again.
  expect(touched.length, JSON.stringify(touched)).toBeLessThanOrEqual(4);
});

test('a key press lays out the field, and not the conversation', async ({ newPerson, server, browser }) => {
  const { page, context } = await newPerson('Анна');
  const anna = await newClient(server, 'Анна');
  const room = await anna.room('Поход');
  await anna.fill(room, 400, (index) => `строка ${index}, и **ещё** немного слов`);
  await anna.enter(context);
  await open(page, room);
  await expect(async () => {
    await page.locator('.messages').evaluate((scroller) => scroller.scrollTo(0, -scroller.scrollHeight));
    expect(await page.locator('.message').count()).toBe(400);
  }).toPass({ timeout: 20_000, intervals: [50] });
  await page.locator('.messages').evaluate((scroller) => scroller.scrollTo(0, 0));
  await field(page).pressSequentially('нача');
  await page.waitForTimeout(500);
  await browser.startTracing(page, { categories: ['devtools.timeline'] });
  await page.keyboard.press('k');
  await drawn(page);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: { name: string; args: { beginData?: { dirtyObjects: number; totalObjects: number } } }[];
  };
  const layouts = traceEvents.filter(({ name, args }) => name === 'Layout' && args.beginData);
  const dirty = layouts.map(({ args }) => args.beginData!.dirtyObjects);
  expect(Math.max(0, ...dirty), `laid out: ${dirty.join(', ')}`).toBeLessThan(60);
});

test('a message sent is on screen before the server knows of it, and the field is empty', async ({ newPerson }) => {
  const { page } = await newPerson('Анна');
  await signUp(page, newHandle('anna'), 'Анна');
  await open(page, await newRoom(page, 'Своя'));
  await page.route('**/fn/post_message', () => {});
  await field(page).fill('сразу на экране');
  // All in the page, so that nothing passes between but drawings.
  const seen = await page.evaluate(async () => {
    const area = document.querySelector<HTMLTextAreaElement>('.composer textarea')!;
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    area.focus();
    area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    await frame();
    await frame();
    const row = document.querySelector('.message--pending')?.getBoundingClientRect();
    const scroller = document.querySelector('.messages')!.getBoundingClientRect();
    return { inSight: !!row && row.bottom <= scroller.bottom + 1 && row.top >= scroller.top, left: area.value };
  });
  expect(seen).toEqual({ inSight: true, left: '' });
});

test('a message sent adds itself and touches no other', async ({ newPerson, server }) => {
  const { page, context } = await newPerson('Анна');
  const anna = await newClient(server, 'Анна');
  const boris = await newClient(server, 'Борис');
  const room = await anna.room('Поход', [boris]);
  // All of it is loaded: nothing else comes meanwhile.
  await boris.fill(room, 40, (index) => `строка ${index}`);
  await anna.enter(context);
  await open(page, room);
  await page.route('**/fn/post_message', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  await field(page).fill('добавлено');
  const sending = await changes(page, async () => {
    await page.keyboard.press('Enter');
    await expect(message(page, 'добавлено')).toHaveClass(/message--pending/);
    await drawn(page);
  });
  const inMessages = (all: Change[]) => all.filter(({ inMessages }) => inMessages);
  expect(inMessages(sending).filter(({ kind }) => kind === 'removed')).toEqual([]);
  // One group, with all that is in it.
  const added = inMessages(sending).filter(({ kind }) => kind === 'added');
  expect(added.length, JSON.stringify(added)).toBeLessThanOrEqual(3);

  const confirming = await changes(page, async () => {
    await expect(message(page, 'добавлено')).not.toHaveClass(/message--pending/);
    await drawn(page);
  });
  const gone = inMessages(confirming).filter(({ kind }) => kind === 'removed');
  expect(gone.length, JSON.stringify(gone)).toBeLessThanOrEqual(2);
  const come = inMessages(confirming).filter(({ kind }) => kind === 'added');
  expect(come.length, JSON.stringify(come)).toBeLessThanOrEqual(4);
});

test('news of another room redraws its line of the list and nothing else', async ({ newPerson, server }) => {
  const { page, context } = await newPerson('Анна');
  const anna = await newClient(server, 'Анна');
  const boris = await newClient(server, 'Борис');
  const here = await anna.room('Поход', [boris]);
  for (const name of ['Один', 'Два', 'Три']) await anna.post(await anna.room(name), 'тихо');
  const busy = await anna.room('Шумная', [boris]);
  await boris.post(busy, 'первое');
  await anna.post(here, 'здесь');
  await anna.enter(context);
  await open(page, here);
  // It is at the top of the others already, so it need not move.
  await boris.post(busy, 'второе');
  const line = page.locator(`.room-list a[href="/rooms/${busy}"]`);
  await expect(line).toContainText('второе');
  await page.waitForTimeout(300);
  const touched = await changes(page, async () => {
    await boris.post(busy, 'третье');
    await expect(line).toContainText('третье');
    await drawn(page);
  });
  expect(touched.filter(({ inMessages }) => inMessages)).toEqual([]);
  const rows = touched.filter(({ kind, at }) => (kind === 'added' || kind === 'removed') && /\bli\b/.test(at));
  expect(rows).toEqual([]);
  expect(touched.length, JSON.stringify(touched)).toBeLessThanOrEqual(12);
});

test('messages that come draw themselves once, and none of the others anew', async ({ newPerson, server }) => {
  const { page, context } = await newPerson('Анна');
  const anna = await newClient(server, 'Анна');
  const boris = await newClient(server, 'Борис');
  const room = await anna.room('Поход', [boris]);
  await anna.fill(room, 60, (index) => `строка ${index}`);
  await anna.enter(context);
  // What comes before the greeting was missed, and a line stands above it.
  await listen(page, room);
  const touched = await changes(page, async () => {
    for (const text of ['раз', 'два', 'три']) await boris.post(room, text);
    await expect(message(page, 'три')).toBeInViewport();
    await drawn(page);
  });
  const removed = touched.filter(({ kind, inMessages }) => inMessages && kind === 'removed');
  expect(removed, JSON.stringify(removed)).toEqual([]);
  const added = touched.filter(({ kind, inMessages }) => inMessages && kind === 'added');
  expect(added.length, JSON.stringify(added)).toBeLessThanOrEqual(6);
});

test('what is far from the screen is not laid out', async ({ newPerson, server }) => {
  const { page, context } = await newPerson('Анна');
  const anna = await newClient(server, 'Анна');
  const room = await anna.room('Поход');
  await anna.fill(room, 400, (index) => `строка ${index}`);
  await anna.enter(context);
  await open(page, room);
  await expect(async () => {
    await page.locator('.messages').evaluate((scroller) => scroller.scrollTo(0, -scroller.scrollHeight));
    expect(await page.locator('.message').count()).toBe(400);
  }).toPass({ timeout: 20_000, intervals: [50] });
  // Messages stand in chunks, which the browser leaves out while they are out of sight.
  const measured = () =>
    page.locator('.messages .chunk').evaluateAll((all) =>
      all.map((chunk) => ({
        holds: chunk.querySelectorAll('.message').length,
        skips: getComputedStyle(chunk).contentVisibility,
      })),
    );
  const chunks = await measured();
  expect(chunks.length).toBeGreaterThanOrEqual(5);
  expect(Math.max(...chunks.map(({ holds }) => holds))).toBeLessThanOrEqual(100);
  // The newest are in sight, and may well be laid out always; one that has just come is seen for two frames first.
  await expect
    .poll(async () => [...new Set((await measured()).slice(0, -2).map(({ skips }) => skips))])
    .toEqual(['auto']);
});
