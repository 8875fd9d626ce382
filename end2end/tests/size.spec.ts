import { expect, test } from './fixtures';
import { newHandle, settle, signUp } from './people';

const KB = 1000;

test('the first visit stays within its budget', async ({ newPerson, server }) => {
  await settle(server);
  const { page, context } = await newPerson('Анна');
  await signUp(page, newHandle('anna'), 'Анна');
  const headers = { 'accept-encoding': 'br', 'sec-fetch-site': 'same-origin' };
  const room = await (
    await context.request.post(`${server.address}/api/v1/rooms`, { headers, data: { name: 'Полная', kind: 'invited' } })
  ).json();
  const texts = ['Доброе утро! Кто сегодня идёт?', 'Буду к шести, возьму чашки.', 'Отлично, **ждём**.', 'И я!'];
  for (let index = 0; index < 55; index += 1) {
    await context.request.post(`${server.address}/rooms/${room.room.id}`, {
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      data: new URLSearchParams({ text: `${texts[index % texts.length]} ${index}` }).toString(),
    });
  }

  // What goes over the wire, as the browser counts it.
  const visit = await context.newPage();
  const session = await context.newCDPSession(visit);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  const urls = new Map<string, string>();
  const sizes = new Map<string, number>();
  session.on('Network.responseReceived', (event) => urls.set(event.requestId, event.response.url));
  session.on('Network.loadingFinished', (event) => {
    const url = urls.get(event.requestId);
    if (url) sizes.set(url, event.encodedDataLength);
  });
  await visit.goto(`/rooms/${room.room.id}`, { waitUntil: 'networkidle' });
  await expect(visit.locator('.message')).toHaveCount(50);
  const has = (name: string) => [...sizes.keys()].some((url) => url.includes(`/${name}.`));
  // Whoever only reads loads no more than that.
  expect(has('split_later')).toBe(false);

  const entries = [...sizes].filter(([url]) => !url.includes('/fn/'));
  const html = entries.find(([url]) => url.includes('/rooms/'))?.[1] ?? Infinity;
  const sum = (sizes: [string, number][]) => sizes.reduce((sum, [, size]) => sum + size, 0);
  const all = sum(entries);
  const program = sum(entries.filter(([url]) => /\/app\.wasm$/.test(url)));
  console.log(entries.map(([url, size]) => `${new URL(url).pathname}: ${(size / KB).toFixed(1)} KB`).join('\n'));
  expect(html).toBeLessThan(20 * KB);
  // docs/size.md says what weighs how much, and what to do about it.
  expect(program).toBeGreaterThan(150 * KB);
  expect(program).toBeLessThan(266 * KB);
  expect(all).toBeLessThan(300 * KB);
  // At the first sign that somebody does more than read, what is needed for that comes by itself.
  await visit.mouse.move(300, 300);
  await expect.poll(() => has('split_later')).toBe(true);
  const later = () => sum([...sizes].filter(([url]) => /\/(split_later|chunk_)/.test(url)));
  await expect.poll(later).toBeGreaterThan(40 * KB);
  console.log(`with what comes later: ${((all + later()) / KB).toFixed(1)} KB`);
  expect(later()).toBeLessThan(100 * KB);
  // The page brings what it was drawn from: taking it over asks the server for nothing.
  expect([...sizes.keys()].filter((url) => /\/fn\/(?!mark_read)/.test(url))).toEqual([]);
});
