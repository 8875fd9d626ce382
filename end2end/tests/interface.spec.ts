import { type Page } from '@playwright/test';

import { type Person, type Server, expect, test } from './fixtures';
import { field, hydrated, message, newHandle, open, settle, write } from './people';
import { Client, type Posted, newClient } from './scenes';
import { PHONE } from './slow_phone';

test.beforeEach(async ({ server }) => settle(server));

type NewPerson = (name: string, options?: object) => Promise<Person>;

/** Anna at her browser, and Boris, who writes without one, in a room of theirs. */
async function scene({ newPerson, server }: { newPerson: NewPerson; server: Server }, options?: object) {
  const anna = await newClient(server, 'Анна');
  const boris = await newClient(server, 'Борис');
  const room = await anna.room(`Поход ${anna.handle}`, [boris]);
  const { page, context, allow } = await newPerson('Анна', options);
  await anna.enter(context);
  return { anna, boris, room, page, context, allow };
}

/** Many lines, read to the end. */
async function fill(author: Client, reader: Client, room: number, count: number): Promise<Posted> {
  let last!: Posted;
  for (let index = 0; index < count; index += 1) last = await author.post(room, `строка ${index}.`);
  await reader.read(room, last);
  return last;
}

const scroller = (page: Page) => page.locator('.messages');
const line = (page: Page, room: number) => page.locator(`.room-list a[href="/rooms/${room}"]`);
const switcher = (page: Page) => page.locator('dialog.switcher');
const shortcuts = (page: Page) => page.locator('dialog.shortcuts');

/** What has the focus, in short. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const active = document.activeElement;
    if (!active || active === document.body || active === document.documentElement) return 'body';
    return [active.tagName.toLowerCase(), ...active.classList].join('.');
  });
}

// Scrolling

test('whoever is at the end stays there while others write', async ({ newPerson, server }) => {
  const { anna, boris, room, page } = await scene({ newPerson, server });
  await fill(boris, anna, room, 40);
  await open(page, room);
  for (const text of ['раз', 'два\nв две строки', 'три']) {
    await boris.post(room, text);
    await expect(message(page, text.split('\n')[0]).last()).toBeInViewport({ ratio: 1 });
  }
  const below = await scroller(page).evaluate((element) => Math.abs(element.scrollTop));
  expect(below).toBeLessThan(2);
});

test('whoever reads further up keeps their place while others write, and goes down by the button', async ({
  newPerson,
  server,
}) => {
  const { anna, boris, room, page } = await scene({ newPerson, server });
  await fill(boris, anna, room, 45);
  await open(page, room);
  const reads = message(page, 'строка 20.');
  await reads.scrollIntoViewIfNeeded();
  await page.waitForTimeout(200);
  const top = () => reads.evaluate((element) => element.getBoundingClientRect().top);
  const before = await top();
  for (const text of ['раз', 'два\nв две\nили три строки', 'три']) await boris.post(room, text);
  await expect(message(page, 'три').last()).toBeAttached();
  await page.waitForTimeout(100);
  expect(Math.abs((await top()) - before)).toBeLessThan(2);
  await page.locator('.jump').click();
  await expect(message(page, 'три').last()).toBeInViewport({ ratio: 1 });
  await expect(page.locator('.jump')).toBeHidden();
});

test('what one sends oneself is in sight, from wherever one reads', async ({ newPerson, server }) => {
  const { anna, boris, room, page } = await scene({ newPerson, server });
  await fill(boris, anna, room, 45);
  await open(page, room);
  await message(page, 'строка 10.').scrollIntoViewIfNeeded();
  await write(page, 'мой ответ');
  await expect(message(page, 'мой ответ')).toBeInViewport({ ratio: 1 });
});

// Ways through the pages

test('on a phone one goes into a conversation and its details, and back the same way', async ({ newPerson, server }) => {
  const { boris, room, page } = await scene({ newPerson, server }, PHONE);
  await boris.post(room, 'привет');
  await page.goto('/');
  await hydrated(page);
  await line(page, room).tap();
  await expect(message(page, 'привет')).toBeVisible();
  await expect(page.locator('.sidebar')).toBeHidden();
  await page.locator(`a[href="/rooms/${room}/details"]`).first().tap();
  await expect(page.locator('aside.details')).toBeVisible();
  await expect(page.locator('.messages')).toBeHidden();
  await page.goBack();
  await expect(message(page, 'привет')).toBeVisible();
  await expect(page.locator('aside.details')).toBeHidden();
  await page.goBack();
  await expect(line(page, room)).toBeVisible();
  await expect(page).toHaveURL(/\/$/);
});

test('the page’s own arrow goes back, and adds nothing to what was gone through', async ({ newPerson, server }) => {
  const { boris, room, page } = await scene({ newPerson, server }, PHONE);
  await boris.post(room, 'привет');
  await page.goto('/');
  await hydrated(page);
  await line(page, room).tap();
  await expect(message(page, 'привет')).toBeVisible();
  const before = await page.evaluate(() => history.length);
  await page.locator('.conversation .back').first().tap();
  await expect(line(page, room)).toBeVisible();
  expect(await page.evaluate(() => history.length)).toBe(before);
  // What was left lies ahead, so the arrow went back rather than on.
  await page.goForward();
  await expect(message(page, 'привет')).toBeVisible();
});

test('the page’s own arrow leads to the list also where nothing was before', async ({ newPerson, server }) => {
  const { boris, room, page } = await scene({ newPerson, server }, PHONE);
  await boris.post(room, 'привет');
  await open(page, room);
  const before = await page.evaluate(() => history.length);
  await page.locator('.conversation .back').first().tap();
  await expect(line(page, room)).toBeVisible();
  expect(await page.evaluate(() => history.length)).toBe(before);
});

test('a wide window shows the details beside the conversation, a narrower one instead of it', async ({
  newPerson,
  server,
}) => {
  const { boris, room, page } = await scene({ newPerson, server });
  await boris.post(room, 'привет');
  for (const [width, beside] of [
    [1280, true],
    [1200, true],
    [1100, false],
    [900, false],
  ] as const) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`/rooms/${room}/details`);
    await hydrated(page);
    await expect(page.locator('aside.details')).toBeVisible();
    await expect(page.locator('.messages')).toBeVisible({ visible: beside });
  }
});

// The keyboard

test('Alt and the arrows go through the list', async ({ newPerson, server }) => {
  const { anna, page } = await scene({ newPerson, server });
  for (const name of ['Один', 'Два', 'Три']) await anna.post(await anna.room(`${name} ${anna.handle}`), name);
  await page.goto('/');
  await hydrated(page);
  const paths = await page.locator('.room-list a').evaluateAll((all) => all.map((one) => one.getAttribute('href')!));
  await page.locator(`.room-list a[href="${paths[1]}"]`).click();
  await expect(field(page)).toBeFocused();
  await page.keyboard.press('Alt+ArrowDown');
  await expect(page).toHaveURL(new RegExp(`${paths[2]}$`));
  await expect(field(page)).toBeFocused();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(page).toHaveURL(new RegExp(`${paths[1]}$`));
  await page.keyboard.press('Alt+ArrowUp');
  await expect(page).toHaveURL(new RegExp(`${paths[0]}$`));
});

test('Ctrl+K, a few letters and Enter open a conversation', async ({ newPerson, server }) => {
  const { anna, room, page } = await scene({ newPerson, server });
  const other = await anna.room(`Книжный клуб ${anna.handle}`);
  await open(page, room);
  await page.keyboard.press('Control+k');
  const box = switcher(page).getByRole('combobox');
  await expect(box).toBeFocused();
  await page.keyboard.type('книжн');
  await expect(switcher(page).getByRole('option').first()).toContainText('Книжный клуб');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/rooms/${other}$`));
  await expect(switcher(page)).toBeHidden();
  await expect(field(page)).toBeFocused();
});

test('Ctrl+K runs commands too', async ({ newPerson, server }) => {
  const { room, page } = await scene({ newPerson, server });
  await open(page, room);
  await page.keyboard.press('Control+k');
  await expect(switcher(page).getByRole('combobox')).toBeFocused();
  await page.keyboard.type('настройки');
  await expect(switcher(page).getByRole('option').first()).toContainText('Настройки');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/settings$/);
});

test('Esc closes the switcher and gives the focus back', async ({ newPerson, server }) => {
  const { room, page } = await scene({ newPerson, server });
  await open(page, room);
  await field(page).fill('начато');
  await page.keyboard.press('Control+k');
  await expect(switcher(page).getByRole('combobox')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(switcher(page)).toBeHidden();
  await expect(field(page)).toBeFocused();
  await expect(field(page)).toHaveValue('начато');
  // From elsewhere it goes back there.
  await line(page, room).focus();
  await page.keyboard.press('Control+k');
  await expect(switcher(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(line(page, room)).toBeFocused();
});

test('a question mark lists the shortcuts, except where one writes', async ({ newPerson, server }) => {
  const { room, page } = await scene({ newPerson, server });
  await open(page, room);
  await field(page).focus();
  await page.keyboard.press('?');
  await expect(field(page)).toHaveValue('?');
  await expect(shortcuts(page)).toBeHidden();
  await field(page).fill('');
  await line(page, room).focus();
  await page.keyboard.press('?');
  await expect(shortcuts(page)).toBeVisible();
  await expect(shortcuts(page)).toContainText('Esc');
  await page.keyboard.press('Escape');
  await expect(shortcuts(page)).toBeHidden();
  await expect(line(page, room)).toBeFocused();
});

test('↑ in an empty field changes one’s last message, for everyone', async ({ newPerson, server }) => {
  const { anna, boris, room, page } = await scene({ newPerson, server });
  const other = await newPerson('Борис');
  await boris.enter(other.context);
  await anna.post(room, 'встречаемся в семь');
  await boris.post(room, 'хорошо');
  await open(page, room);
  await open(other.page, room);
  await field(page).press('ArrowUp');
  await expect(field(page)).toHaveValue('встречаемся в семь');
  await expect(page.locator('.composer')).toContainText('Исправляем');
  // Called off, nothing has changed.
  await field(page).press('Escape');
  await expect(field(page)).toHaveValue('');
  await expect(page.locator('.composer')).not.toContainText('Исправляем');

  await field(page).press('ArrowUp');
  await expect(field(page)).toHaveValue('встречаемся в семь');
  await field(page).fill('встречаемся в восемь');
  await field(page).press('Enter');
  await expect(field(page)).toHaveValue('');
  for (const screen of [page, other.page]) {
    await expect(message(screen, 'встречаемся в восемь')).toHaveCount(1);
    await expect(message(screen, 'встречаемся в восемь')).toContainText('изменено');
    await expect(message(screen, 'встречаемся в семь')).toHaveCount(0);
    await expect(screen.locator('.message')).toHaveCount(2);
  }
});

test('↑ in a field that isn’t empty moves the cursor', async ({ newPerson, server }) => {
  const { anna, room, page } = await scene({ newPerson, server });
  await anna.post(room, 'старое');
  await open(page, room);
  await field(page).fill('новое');
  await field(page).press('ArrowUp');
  await expect(field(page)).toHaveValue('новое');
});

test('after going anywhere something has the focus', async ({ newPerson, server }) => {
  const { anna, boris, room, page } = await scene({ newPerson, server });
  const other = await anna.room(`Другая ${anna.handle}`);
  await boris.post(await boris.direct(anna), 'лично');
  await page.goto('/');
  await hydrated(page);
  const ways = [
    `.room-list a[href="/rooms/${room}"]`,
    `.room-list a[href="/@${boris.handle}"]`,
    '.sidebar a[href="/rooms/new"]',
    '.sidebar a[href="/rooms"]',
    `.room-list a[href="/rooms/${other}"]`,
    '.sidebar a[href="/settings"]',
  ];
  for (const way of ways) {
    // By touch or script a link needn't have been focused before.
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.locator(way).first().click();
    const path = /"(.+)"/.exec(way)![1];
    await expect(page).toHaveURL(new RegExp(`${path}$`));
    await expect.poll(() => focused(page), `after ${path}`).not.toBe('body');
  }
  await page.goBack();
  await expect(page).toHaveURL(new RegExp(`/rooms/${other}$`));
  await expect.poll(() => focused(page), 'after going back').not.toBe('body');
});

test('one comes to every control by Tab, and sees where one is', async ({ newPerson, server }) => {
  const { anna, boris, room, page } = await scene({ newPerson, server });
  await fill(boris, anna, room, 3);
  await open(page, room);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const seen = new Set<string>();
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const active = document.activeElement!;
      if (active === document.body) return undefined;
      const style = getComputedStyle(active);
      const marked = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
      return { name: [active.tagName.toLowerCase(), ...active.classList].join('.'), marked };
    });
    // Past the last one it begins anew.
    if (!at) continue;
    expect(at.marked, `${at.name} shows that it has the focus`).toBe(true);
    seen.add(at.name);
  }
  for (const name of ['a.room', 'textarea', 'button.send', 'a.conversation__names']) {
    expect([...seen].some((one) => one.startsWith(name)), `${name} among ${[...seen].join(', ')}`).toBe(true);
  }
});

// Room for everything

/** What sticks out at the side, and what can be scrolled sideways: nothing should. */
function stickingOut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const name = (element: Element) => [element.tagName.toLowerCase(), ...element.classList].join('.');
    const wrong: string[] = [];
    const width = document.documentElement.clientWidth;
    const { scrollWidth } = document.scrollingElement!;
    if (scrollWidth > window.innerWidth) wrong.push(`the page is ${scrollWidth} wide`);
    for (const element of document.querySelectorAll<HTMLElement>('body *')) {
      const style = getComputedStyle(element);
      // Code keeps its lines, and scrolls by itself; what is for the ears alone has no place.
      if (element.closest('pre, .said, svg') || style.visibility === 'hidden') continue;
      const sideways = element.scrollWidth > element.clientWidth + 1;
      if (sideways && element.clientWidth > 1 && /auto|scroll/.test(style.overflowX)) {
        wrong.push(`${name(element)} scrolls sideways: ${element.scrollWidth} in ${element.clientWidth}`);
      }
      if (!element.matches('a, button, input, textarea, summary, select, h1, h2, label')) continue;
      const { left, right, width: own, height } = element.getBoundingClientRect();
      const out = own > 1 && height > 1 && (left < -1 || right > width + 1);
      if (out) wrong.push(`${name(element)} reaches from ${Math.round(left)} to ${Math.round(right)} of ${width}`);
      // A button whose words don't fit is cut; a title may be, by dots.
      if (element.matches('button') && sideways && style.textOverflow !== 'ellipsis') wrong.push(`${name(element)} is cut`);
    }
    return wrong;
  });
}

async function pages({ anna, boris, room }: { anna: Client; boris: Client; room: number }): Promise<string[]> {
  await boris.post(room, 'Рентгеноэлектрокардиографического'.repeat(20));
  await boris.post(room, '```\nfn main() { println!("слишком длинная строка, чтобы поместиться на каком бы то ни было телефоне"); }\n```');
  await boris.post(room, '> Цитата\n\nhttps://example.org/' + 'очень-длинный-адрес/'.repeat(10));
  await boris.post(await boris.direct(anna), 'лично');
  const [here, them] = [`/rooms/${room}`, `/@${boris.handle}`];
  return ['/', here, `${here}/details`, them, `${them}/details`, '/rooms', '/rooms/new', '/find?q=о', '/settings', '/nothing-here'];
}

for (const width of [320, 375, 768, 1280, 2560]) {
  test(`everything has room in a window ${width} wide`, async ({ newPerson, server }) => {
    const all = await scene({ newPerson, server }, { viewport: { width, height: 700 } });
    const { page, allow, context } = all;
    allow({ url: /nothing-here/, status: 404 });
    for (const path of await pages(all)) {
      await page.goto(path);
      await hydrated(page);
      expect(await stickingOut(page), path).toEqual([]);
    }
    await context.clearCookies();
    for (const path of ['/sign-in', '/sign-up']) {
      await page.goto(path);
      expect(await stickingOut(page), path).toEqual([]);
    }
  });
}

for (const [width, height] of [
  // A window of 1280 × 800 at 200 %.
  [640, 400],
  // Only the text at twice its size.
  [1280, 800],
  [390, 844],
]) {
  const textOnly = width !== 640;
  test(`everything has room at 200 % (${width} × ${height}${textOnly ? ', the text alone' : ''})`, async ({
    newPerson,
    server,
  }) => {
    // The style of a test's own is nothing that the page's policy knows.
    const all = await scene({ newPerson, server }, { viewport: { width, height }, bypassCSP: true });
    const { page, allow, room } = all;
    allow({ url: /nothing-here/, status: 404 });
    for (const path of await pages(all)) {
      await page.goto(path);
      await hydrated(page);
      if (textOnly) await page.addStyleTag({ content: 'html { font-size: 200% !important; }' });
      expect(await stickingOut(page), path).toEqual([]);
    }
    await page.goto(`/rooms/${room}`);
    await hydrated(page);
    if (textOnly) await page.addStyleTag({ content: 'html { font-size: 200% !important; }' });
    await expect(field(page)).toBeInViewport({ ratio: 1 });
    await expect(page.locator('.send')).toBeInViewport({ ratio: 1 });
    const left = await scroller(page).evaluate((element) => element.clientHeight);
    expect(left, 'there is room left to read in').toBeGreaterThan(100);
  });
}

test('above a keyboard on the screen the field stays in sight', async ({ newPerson, server }) => {
  const { anna, boris, room, page } = await scene({ newPerson, server }, PHONE);
  await fill(boris, anna, room, 30);
  // As on an iPhone: the page isn't told, but by this.
  await page.addInitScript(() => {
    const height = Object.getOwnPropertyDescriptor(VisualViewport.prototype, 'height')!;
    Object.defineProperty(VisualViewport.prototype, 'height', {
      configurable: true,
      get(this: VisualViewport) {
        return height.get!.call(this) - ((window as { keyboard?: number }).keyboard ?? 0);
      },
    });
  });
  await open(page, room);
  const bottom = () => page.locator('.composer').evaluate((element) => element.getBoundingClientRect().bottom);
  const keyboard = async (tall: number) =>
    page.evaluate((tall) => {
      (window as { keyboard?: number }).keyboard = tall;
      visualViewport!.dispatchEvent(new Event('resize'));
    }, tall);
  const { height } = page.viewportSize()!;
  await field(page).tap();
  await keyboard(320);
  await expect.poll(bottom).toBeLessThanOrEqual(height - 320 + 1);
  // The newest message is still above it.
  const last = message(page, 'строка 29.');
  await expect.poll(() => last.evaluate((element) => element.getBoundingClientRect().bottom)).toBeLessThan(height - 320);
  await keyboard(0);
  await expect.poll(bottom).toBeGreaterThan(height - 40);
});

// What messages look like

test('long words and code stay within the conversation', async ({ newPerson, server }) => {
  const { boris, room, page } = await scene({ newPerson, server }, PHONE);
  await boris.post(room, 'Ы'.repeat(500));
  await boris.post(room, `\`${'ы'.repeat(200)}\``);
  await boris.post(room, `\`\`\`\n${'ы'.repeat(200)}\n\`\`\``);
  await open(page, room);
  const edges = await scroller(page).evaluate((scroller) => {
    const { left, right } = scroller.getBoundingClientRect();
    const rows = [...scroller.querySelectorAll('.message')].map((row) => row.getBoundingClientRect());
    return { within: rows.every((row) => row.left >= left && row.right <= right), count: rows.length };
  });
  expect(edges).toEqual({ within: true, count: 3 });
  await expect(page.locator('.message pre').first()).toHaveJSProperty('scrollLeft', 0);
  // It is scrolled by keys as well.
  const code = page.locator('.message pre').first();
  expect(await code.evaluate((pre) => pre.scrollWidth > pre.clientWidth)).toBe(true);
  await expect(code).toHaveAttribute('tabindex', '0');
});

test('a text from right to left stands at its right, and a name doesn’t turn what is around it', async ({
  newPerson,
  server,
}) => {
  const { anna, page } = await scene({ newPerson, server });
  const noa = await Client.signUp(server, 'נועה 12', newHandle('noa'));
  const theirs = await noa.room('חדר 7', [anna]);
  await noa.post(theirs, 'שלום לכולם, נתראה מחר בשש ליד הכניסה\nכן\nלהתראות');
  await noa.post(theirs, 'и по-русски');
  await open(page, theirs);
  const lines = await message(page, 'שלום').evaluate((row) => {
    const text = row.querySelector('.message__text')!;
    const range = document.createRange();
    range.selectNodeContents(text);
    const rects = [...range.getClientRects()].filter(({ width }) => width > 0);
    const byLine = new Map<number, { left: number; right: number }>();
    for (const { top, left, right } of rects) {
      const key = Math.round(top / 8);
      const known = byLine.get(key) ?? { left, right };
      byLine.set(key, { left: Math.min(known.left, left), right: Math.max(known.right, right) });
    }
    return [...byLine.values()];
  });
  // Beside the last one stands the time.
  expect(lines).toHaveLength(3);
  expect(Math.abs(lines[0].right - lines[1].right)).toBeLessThan(2);
  expect(lines[1].left).toBeGreaterThan(lines[0].left + 20);
  const isolated = (selector: string) =>
    page.locator(selector).first().evaluate((element) => {
      const all = [element, ...element.querySelectorAll('*')];
      return all.some((one) => /isolate|plaintext/.test(getComputedStyle(one).unicodeBidi));
    });
  for (const name of ['.group__author', '.conversation__title', `.room-list a[href="/rooms/${theirs}"] .room__title`]) {
    expect(await isolated(name), name).toBe(true);
  }
});

test('emoji alone are large, among words they aren’t', async ({ newPerson, server }) => {
  const { boris, room, page } = await scene({ newPerson, server });
  await boris.post(room, '🎉');
  await boris.post(room, 'ура 🎊');
  await boris.post(room, '👩‍👩‍👧‍👦❤️👍🏽');
  await open(page, room);
  const size = (text: string) =>
    message(page, text)
      .locator('.message__text')
      .evaluate((element) => {
        const inner = [...element.querySelectorAll('*')].find((one) => one.children.length === 0) ?? element;
        return parseFloat(getComputedStyle(inner).fontSize);
      });
  expect(await size('🎉')).toBeGreaterThan((await size('🎊')) * 1.5);
  expect(await size('👩‍👩‍👧‍👦')).toBeGreaterThan((await size('🎊')) * 1.5);
});

test('messages that are copied give their texts, a line each', async ({ newPerson, server }) => {
  const { anna, boris, room, page, context } = await scene({ newPerson, server });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.address });
  await boris.post(room, 'Кто **идёт**?');
  await boris.post(room, 'Пишите');
  await anna.post(room, 'Я иду');
  await boris.post(room, 'Хорошо');
  await open(page, room);
  await page.evaluate(() => {
    const rows = [...document.querySelectorAll('.message .message__text')];
    const selection = getSelection()!;
    selection.removeAllRanges();
    selection.setBaseAndExtent(rows[0], 0, rows[3], rows[3].childNodes.length);
    (document.activeElement as HTMLElement | null)?.blur();
  });
  await page.keyboard.press('Control+c');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split(/\r?\n/).filter((line) => line.trim())).toEqual(['Кто идёт?', 'Пишите', 'Я иду', 'Хорошо']);
});

// How it looks is the reader's choice

const LOOKS = [
  ['theme', 'dark', 'data-theme'],
  ['accent', 'green', 'data-accent'],
  ['density', 'compact', 'data-density'],
] as const;

/** What is pressed is the words: the button itself is drawn by them. */
async function choose(page: Page, name: string, value: string): Promise<void> {
  await page.locator(`label:has([name=${name}][value=${value}])`).click();
}

test('what is chosen in the settings is seen at once, and stays', async ({ newPerson, server }) => {
  const { room, page } = await scene({ newPerson, server }, { colorScheme: 'light' });
  await page.goto('/settings');
  await hydrated(page);
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  for (const [name, value, attribute] of LOOKS) {
    await choose(page, name, value);
    await expect(page.locator('html')).toHaveAttribute(attribute, value);
  }
  await expect.poll(ground).not.toBe(light);
  const dark = await ground();
  await page.reload();
  for (const [name, value, attribute] of LOOKS) {
    await expect(page.locator('html')).toHaveAttribute(attribute, value);
    await expect(page.locator(`[name=${name}][value=${value}]`)).toBeChecked();
  }
  await open(page, room);
  expect(await ground()).toBe(dark);
  // As the device is, again.
  await page.goto('/settings');
  await hydrated(page);
  await choose(page, 'theme', 'system');
  await expect.poll(ground).toBe(light);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(ground).toBe(dark);
});

test('the settings work without scripts', async ({ newPerson, server }) => {
  const { page, room, allow } = await scene({ newPerson, server }, { javaScriptEnabled: false });
  // A browser without scripts still looks ahead for them, and gives up.
  allow({ url: /\/pkg\//, status: 'none' });
  await page.goto('/settings');
  for (const [name, value] of LOOKS) await choose(page, name, value);
  await page.locator('form[action="/settings"] button').last().click();
  await expect(page).toHaveURL(/\/settings$/);
  await page.goto(`/rooms/${room}`);
  for (const [, value, attribute] of LOOKS) await expect(page.locator('html')).toHaveAttribute(attribute, value);
});

test('a reader’s theme goes before the device’s', async ({ newPerson, server }) => {
  const { page, context, room } = await scene({ newPerson, server }, { colorScheme: 'dark' });
  await context.addCookies([{ name: 'theme', value: 'light', url: server.address }]);
  await open(page, room);
  const [ground, scheme] = await page.evaluate(() => {
    const { backgroundColor, colorScheme } = getComputedStyle(document.documentElement);
    return [backgroundColor, colorScheme];
  });
  expect(ground).toBe('rgb(255, 255, 255)');
  expect(scheme).toBe('light');
});

// For those who listen

test('what others write is announced, a flood as one, and one’s own not at all', async ({ newPerson, server }) => {
  const { boris, room, page } = await scene({ newPerson, server });
  await boris.post(room, 'давно написано');
  await open(page, room);
  const announcer = page.locator('.announcer[role=status]');
  await expect(announcer).toBeAttached();
  await expect(announcer).toHaveText('');
  // Everything that it ever says.
  await announcer.evaluate((element) => {
    const said: string[] = [];
    Object.assign(window, { said });
    const hear = () => {
      const text = element.textContent?.trim();
      if (text && said.at(-1) !== text) said.push(text);
    };
    new MutationObserver(hear).observe(element, { childList: true, characterData: true, subtree: true });
  });
  const said = () => page.evaluate(() => (window as unknown as { said: string[] }).said);

  await boris.post(room, 'чай готов');
  await expect.poll(said).toEqual(['Борис: чай готов']);
  await write(page, 'иду');
  await expect(message(page, 'иду')).not.toHaveClass(/message--pending/);
  await page.waitForTimeout(2_000);
  expect(await said()).toEqual(['Борис: чай готов']);
  await Promise.all(Array.from({ length: 6 }, (_, index) => boris.post(room, `и ещё ${index}`)));
  await expect.poll(async () => (await said()).at(-1)).toBe('6 новых сообщений');
  expect((await said()).filter((one) => one.includes('и ещё'))).toEqual([]);
});

// What a hurried person does

test('a change that was begun waits in its room, and what is typed beside it stays', async ({ newPerson, server }) => {
  const { anna, boris, room, page } = await scene({ newPerson, server });
  const other = await anna.room(`Другая ${anna.handle}`, [boris]);
  await anna.post(room, 'опичатка');
  await open(page, room);
  await field(page).press('ArrowUp');
  await field(page).fill('опечатка');
  await line(page, other).click();
  await expect(field(page)).toHaveValue('');
  await field(page).fill('сюда другое');
  await line(page, room).click();
  await expect(page.locator('.composer__changing')).toBeVisible();
  await expect(field(page)).toHaveValue('опечатка');
  await page.keyboard.press('Enter');
  await expect(message(page, 'опечатка')).toContainText('изменено');
  await expect(field(page)).toHaveValue('');
  await line(page, other).click();
  await expect(field(page)).toHaveValue('сюда другое');
});

test('the choice in the switcher stays on what it was while the list moves', async ({ newPerson, server }) => {
  const { anna, boris, room, page } = await scene({ newPerson, server });
  const second = await anna.room(`Вторая ${anna.handle}`, [boris]);
  const third = await anna.room(`Третья ${anna.handle}`, [boris]);
  for (const one of [room, second, third]) await anna.post(one, 'есть');
  await open(page, third);
  await page.keyboard.press('Control+k');
  await expect(page.locator('.switcher input')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await boris.post(room, 'вперёд');
  await expect(line(page, room)).toContainText('вперёд');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/rooms/${second}$`));
});

test('Esc closes the details without a page more behind the reader, and leaves who writes where they write', async ({
  newPerson,
  server,
}) => {
  const { room, page } = await scene({ newPerson, server });
  await page.goto('/');
  await hydrated(page);
  await line(page, room).click();
  await page.locator('a.conversation__names').click();
  await expect(page.locator('.details h2')).toBeFocused();
  await field(page).click();
  await page.keyboard.press('Escape');
  await expect(page.locator('.details')).toHaveCount(0);
  await page.waitForTimeout(200);
  await expect(field(page)).toBeFocused();
  await page.goBack();
  await expect(page).toHaveURL(/\/$/);
});

test('behind the details on a phone nothing is read', async ({ newPerson, server }) => {
  const { anna, boris, room, page } = await scene({ newPerson, server }, PHONE);
  await anna.read(room, await boris.post(room, 'прочитано'));
  await open(page, room);
  await page.locator('a.conversation__names').tap();
  await expect(page.locator('.details')).toBeVisible();
  await boris.post(room, 'не видно');
  await page.waitForTimeout(1_000);
  await expect(page).toHaveTitle(/^\(1\)/);
  await page.locator('.details__head .icon-button').tap();
  await expect(page).not.toHaveTitle(/^\(1\)/);
});
