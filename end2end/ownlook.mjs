import { chromium } from 'playwright-core';
const exe = process.env.CHROMIUM;
const b = await chromium.launch({ executablePath: exe, args: ['--no-sandbox'] });
const sizes = { phone: [390, 844], small: [360, 740], desk: [1280, 800] };
const base = 'http://127.0.0.1:4711';
const OURS = { 'sec-fetch-site': 'same-origin' };
const js = process.argv[2] === 'js';
let first = true;
for (const scheme of ['light', 'dark']) for (const [name, [width, height]] of Object.entries(sizes)) {
  if (name === 'small' && scheme === 'dark') continue;
  const c = await b.newContext({ viewport: { width, height }, colorScheme: scheme, locale: 'ru-RU', javaScriptEnabled: js, baseURL: base });
  const p = await c.newPage();
  await p.goto('/sign-in');
  await p.fill('input[name=handle]', 'anna'); await p.fill('input[name=password]', 'утренний-чай-42');
  await p.click('form:has(input[name=password]) button');
  if (first) {
    first = false;
    const put = (path, data) => c.request.put(base + path, { headers: OURS, data });
    const rooms = (await (await c.request.get(base + '/api/v1/rooms')).json()).rooms;
    const id = (n) => rooms.find((r) => r.room.name === n)?.room.id;
    await put(`/api/v1/rooms/${id('Кухня')}/own`, { pinned: true });
    await put(`/api/v1/rooms/${id('Ремонт')}/own`, { muted_for: 3600 });
    await put(`/api/v1/rooms/${id('Общая')}/own`, { muted_for: 1e9 });
    await put(`/api/v1/rooms/${id('Велосипеды')}/own`, { archived: true });
    await put(`/api/v1/rooms/${id('Сайт')}/own`, { marked: true });
    await put(`/api/v1/rooms/${id('Кухня')}/own`, { marked: true });
    const g = await c.request.post(base + '/api/v1/groups', { headers: OURS, data: { handles: ['vera', 'grisha', 'dasha', 'egor', 'zoya', 'igor'] } });
    console.log(g.status());
    await put('/api/v1/blocks/max', {});
  }
  const rooms = (await (await c.request.get(base + '/api/v1/rooms')).json()).rooms;
  const group = rooms.find((r) => r.names)?.room.id;
  for (const [what, path] of [['list', '/'], ['settings', '/settings'], ['card', '/@boris/details'], ['blocked', '/@max'], ['new', '/new'], ['group', `/rooms/${group}`], ['saved', '/@anna/details']]) {
    await p.goto(path);
    if (js) await p.waitForFunction(() => document.documentElement.dataset.hydrated !== undefined);
    await p.waitForTimeout(js ? 500 : 50);
    await p.screenshot({ path: `/tmp/w/ownlook/${what}-${name}-${scheme}.png` });
    if (what === 'settings') await p.screenshot({ path: `/tmp/w/ownlook/${what}-${name}-${scheme}.png`, fullPage: false });
  }
  if (js) {
    await p.goto('/'); await p.waitForTimeout(1500);
    await p.locator('a.room').nth(3).click({ button: 'right' }); await p.waitForTimeout(300);
    await p.screenshot({ path: `/tmp/w/ownlook/menu-${name}-${scheme}.png` });
  }
  await c.close();
}
await b.close();
