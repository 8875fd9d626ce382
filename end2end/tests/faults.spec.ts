import { type Person, expect, test } from './fixtures';
import {
  CUT,
  Wire,
  field,
  hydrated,
  inDatabase,
  message,
  newHandle,
  newRoom,
  open,
  post,
  setVisibility,
  settle,
  shown,
  signIn,
  signUp,
  stored,
  twoInARoom,
  write,
} from './people';

/** What goes wrong in a browser, or behind its back, and what is left of a conversation then. */

// What passes only when tried again may have lost a message.
test.describe.configure({ retries: 0 });

test.beforeEach(async ({ server, allow }) => {
  await settle(server);
  allow(...CUT);
});

/** Anna, in a room of her own. */
async function alone(newPerson: (name: string) => Promise<Person>) {
  const anna = await newPerson('Анна');
  const handle = newHandle('anna');
  await signUp(anna.page, handle, 'Анна');
  return { ...anna, handle, room: await newRoom(anna.page, 'Своя') };
}

for (const how of ['throws', 'never answers'] as const) {
  test(`messages leave where the browser’s database ${how}, and the browser asks before it drops one`, async ({
    newPerson,
  }) => {
    const { page, room } = await alone(newPerson);
    await page.addInitScript((how) => {
      IDBFactory.prototype.open = () => {
        if (how === 'throws') throw new DOMException('no', 'UnknownError');
        return new EventTarget() as IDBOpenDBRequest;
      };
    }, how);
    const wire = await Wire.of(page);
    await open(page, room);
    await write(page, 'без хранилища');
    await expect.poll(() => stored(page, room), { timeout: 15_000 }).toEqual(['без хранилища']);
    await expect.poll(() => shown(page)).toEqual(['без хранилища']);

    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      void dialog.dismiss();
    });
    await wire.cut();
    await write(page, 'только здесь');
    await expect(message(page, 'только здесь')).toHaveClass(/message--pending/);
    await expect(async () => {
      await page.close({ runBeforeUnload: true });
      await expect.poll(() => asked, { timeout: 500 }).toContain('beforeunload');
    }).toPass({ timeout: 15_000 });
    await wire.mend();
    await expect.poll(() => shown(page), { timeout: 15_000 }).toEqual(['без хранилища', 'только здесь']);

    // With nothing to lose it doesn't ask.
    const closed = page.waitForEvent('close');
    await page.close({ runBeforeUnload: true });
    await closed;
  });
}

test('a message whose answer never comes is sent again, though the connection is well', async ({ newPerson }) => {
  const { page, room } = await alone(newPerson);
  let [sockets, posts] = [0, 0];
  await page.route('**/fn/post_message', async (route) => {
    posts += 1;
    if (posts > 1) await route.continue();
  });
  await open(page, room);
  await write(page, 'в никуда');
  // From here on: the page's own socket is open by now.
  await expect.poll(() => posts).toBe(1);
  page.on('websocket', () => (sockets += 1));
  await write(page, 'следом');
  await expect.poll(() => shown(page), { timeout: 30_000 }).toEqual(['в никуда', 'следом']);
  expect(await stored(page, room)).toEqual(['в никуда', 'следом']);
  // It was no new connection that did it.
  expect({ sockets, again: posts >= 3 }).toEqual({ sockets: 0, again: true });
});

test('a tab that sleeps doesn’t keep the one that is looked at from sending', async ({ newPerson }) => {
  const { page, context, room } = await alone(newPerson);
  await open(page, room);
  const other = await open(await context.newPage(), room);
  await write(other, 'отсюда');
  await expect.poll(() => stored(page, room)).toEqual(['отсюда']);
  await setVisibility(page, 'hidden');
  // As a browser puts it to sleep: nothing runs there any more.
  const session = await context.newCDPSession(other);
  await session.send('Debugger.enable');
  await session.send('Debugger.pause');
  await write(page, 'и отсюда');
  await page.waitForTimeout(500);
  expect(await stored(page, room), 'the other one would send it').toEqual(['отсюда']);
  await setVisibility(page, 'visible');
  await expect.poll(() => stored(page, room)).toEqual(['отсюда', 'и отсюда']);
  await expect.poll(() => shown(page)).toEqual(['отсюда', 'и отсюда']);
  await session.send('Debugger.disable');
  await write(other, 'проснулась');
  await expect.poll(() => stored(page, room)).toEqual(['отсюда', 'и отсюда', 'проснулась']);
  for (const tab of [page, other]) await expect.poll(() => shown(tab)).toEqual(['отсюда', 'и отсюда', 'проснулась']);
});

test('what was refused in another room is marked in the list', async ({ newPerson, allow }) => {
  allow({ url: /post_message/, status: 403 });
  const { page, room } = await alone(newPerson);
  const other = await newRoom(page, 'Другая');
  await open(page, room);
  const line = (of: number) => page.locator(`.room-list a[href="/rooms/${of}"]`);
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/fn/post_message', async (route) => {
    await held;
    await route.fulfill({ status: 403, json: { error: 'not_allowed' } });
  });
  await write(page, 'нельзя');
  await line(other).click();
  await expect(page).toHaveURL(new RegExp(`/rooms/${other}$`));
  answer();
  await expect(line(room).getByRole('img', { name: 'Не отправлено.' })).toBeVisible();
  await page.unroute('**/fn/post_message');
  await line(room).click();
  await expect(message(page, 'нельзя')).toContainText('Это вам менять нельзя.');
  await message(page, 'нельзя').getByRole('button', { name: 'Повторить' }).click();
  await expect.poll(() => stored(page, room)).toEqual(['нельзя']);
  await expect(line(room).locator('.badge')).toHaveCount(0);
});

test('a copy of the database was put back: what is there is shown, what went is offered to its author', async ({
  newPerson,
  server,
}) => {
  const { page, context, room, handle } = await alone(newPerson);
  const other = await newRoom(page, 'Другая');
  const phone = await newPerson('Анна');
  await signIn(phone.page, handle);
  const wire = await Wire.of(phone.page);
  const late = await newPerson('Анна');
  await signIn(late.page, handle);
  const lateWire = await Wire.of(late.page);
  await open(page, room);
  await write(page, 'до копии');
  await expect.poll(() => stored(page, room)).toEqual(['до копии']);
  await server.stop();
  await server.copyDatabase();
  await server.start();
  await write(page, 'после копии');
  await write(page, 'и ещё');
  await expect.poll(() => stored(page, room)).toHaveLength(3);
  // On another page, which is closed when it happens.
  const tab = await open(await context.newPage(), other);
  await write(tab, 'в другой');
  await expect.poll(() => stored(page, other)).toEqual(['в другой']);
  await expect.poll(async () => (await inDatabase(tab))[`room/${other}`]).toContain('в другой');
  await tab.close();
  const all = ['до копии', 'после копии', 'и ещё'];
  await open(phone.page, room);
  await expect.poll(() => shown(phone.page)).toEqual(all);
  await expect.poll(async () => (await inDatabase(phone.page))[`room/${room}`]).toContain('и ещё');
  await wire.cut();
  await open(late.page, room);
  await expect.poll(() => shown(late.page)).toEqual(all);
  await server.stop();
  await server.restoreDatabase();
  await server.start();
  expect(await stored(page, room)).toEqual(['до копии']);

  await expect.poll(() => shown(page), { timeout: 15_000 }).toEqual(['до копии', '… после копии', '… и ещё']);
  // Offered on another device too, which then isn't there when it is settled.
  await expect.poll(() => shown(late.page), { timeout: 15_000 }).toEqual(['до копии', '… после копии', '… и ещё']);
  await lateWire.cut();
  await expect(message(page, 'после копии')).toContainText('Сервер восстановили из старой копии');
  await message(page, 'после копии').getByRole('button', { name: 'Повторить' }).click();
  await message(page, 'и ещё').getByRole('button', { name: 'Удалить' }).click();
  await expect.poll(() => stored(page, room)).toEqual(['до копии', 'после копии']);
  await write(page, 'дальше');
  await expect.poll(() => shown(page)).toEqual(['до копии', 'после копии', 'дальше']);

  const line = page.locator(`.room-list a[href="/rooms/${other}"]`);
  await expect(line.locator('.badge')).toHaveText('!');
  await line.click();
  await expect.poll(() => shown(page)).toEqual(['… в другой']);
  await message(page, 'в другой').getByRole('button', { name: 'Повторить' }).click();
  await expect.poll(() => stored(page, other)).toEqual(['в другой']);
  await open(page, room);
  // What was sent again, or thrown away, no other device offers.
  await wire.mend();
  const asked = phone.page.waitForResponse('**/fn/unknown');
  await expect.poll(() => shown(phone.page), { timeout: 15_000 }).toEqual(['до копии', 'после копии', 'дальше']);
  await asked;
  await lateWire.mend();
  await expect.poll(() => shown(late.page), { timeout: 15_000 }).toEqual(['до копии', 'после копии', 'дальше']);
  await expect(late.page.locator('.room-list .badge')).toHaveCount(0);
  await page.waitForTimeout(500);
  for (const screen of [page, phone.page]) expect(await shown(screen)).toEqual(['до копии', 'после копии', 'дальше']);
});

test('a copy was put back while no page was open: the next one offers what went', async ({ newPerson, server }) => {
  const { page, context, room } = await alone(newPerson);
  await server.stop();
  await server.copyDatabase();
  await server.start();
  await open(page, room);
  await write(page, 'пропало');
  await expect.poll(() => stored(page, room)).toEqual(['пропало']);
  await expect.poll(async () => (await inDatabase(page))[`room/${room}`]).toContain('пропало');
  await page.close();
  await server.stop();
  await server.restoreDatabase(true);
  await server.start();
  const again = await open(await context.newPage(), room);
  await expect.poll(() => shown(again), { timeout: 10_000 }).toEqual(['… пропало']);
  await expect.poll(async () => Object.keys(await inDatabase(again)).join()).toContain('outbox/');
  await again.reload();
  await expect.poll(() => shown(again)).toEqual(['… пропало']);
  await message(again, 'пропало').getByRole('button', { name: 'Повторить' }).click();
  await expect.poll(() => stored(again, room)).toEqual(['пропало']);
  await expect.poll(() => shown(again)).toEqual(['пропало']);
});

test('under another epoch the conversation is loaded anew', async ({ newPerson }) => {
  const { page, room } = await alone(newPerson);
  await post(page, room, 'есть');
  let epoch: string | undefined;
  await page.routeWebSocket(/\/api\/v1\/live/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => {
      const told = JSON.parse(frame.toString());
      if (epoch && told.hello) told.hello.epoch = epoch;
      socket.send(JSON.stringify(told));
    });
  });
  await open(page, room);
  await expect.poll(() => shown(page)).toEqual(['есть']);
  epoch = 'another';
  const loaded = page.waitForRequest('**/fn/page');
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  expect((await loaded).postDataJSON()).toMatchObject({ room, anchor: 'latest' });
  await write(page, 'дальше');
  await expect.poll(() => shown(page)).toEqual(['есть', 'дальше']);
});

test('whoever reads further up stays there when the connection comes back', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  for (let index = 0; index < 40; index += 1) await post(anna.page, room, `старое ${index}.`);
  const wire = await Wire.of(boris.page);
  await open(boris.page, room);
  const { page } = boris;
  await page.locator('.jump').click();
  await expect(message(page, 'старое 39.')).toBeInViewport();
  await page.locator('.messages').hover();
  await expect(async () => {
    await page.mouse.wheel(0, -300);
    await expect(message(page, 'старое 10.')).toBeInViewport({ timeout: 100 });
  }).toPass();
  await page.waitForTimeout(300);
  const place = () => message(page, 'старое 10.').evaluate((row) => Math.round(row.getBoundingClientRect().top));
  const before = await place();
  await wire.cut();
  await expect(page.locator('.sidebar .connection')).toBeVisible();
  const shifted = await place();
  for (let index = 0; index < 5; index += 1) await post(anna.page, room, `новое ${index}.`);
  await wire.mend();
  await expect(message(page, 'новое 4.')).toHaveCount(1, { timeout: 15_000 });
  await page.waitForTimeout(300);
  expect(Math.abs((await place()) - before)).toBeLessThanOrEqual(2);
  expect(Math.abs(shifted - before)).toBeLessThanOrEqual(2);
  await expect(page.locator('.jump')).toHaveText(/[Нн]ов/);
});

test('what is typed before the scripts are there joins the draft that was kept', async ({ newPerson }) => {
  const { page, context, room } = await alone(newPerson);
  await open(page, room);
  const saved = page.waitForResponse('**/fn/save_draft');
  await field(page).pressSequentially('черновик');
  await saved;
  await page.close();
  const again = await context.newPage();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await again.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await again.goto(`/rooms/${room}`);
  await field(again).pressSequentially('набрано рано');
  release();
  await hydrated(again);
  await expect(field(again)).toHaveValue('набрано рано\nчерновик');
  await again.waitForTimeout(1_000);
  await expect(field(again)).toHaveValue('набрано рано\nчерновик');
});
