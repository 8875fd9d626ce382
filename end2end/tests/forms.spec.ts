import { deflateSync } from 'node:zlib';

import { type Person, expect, test } from './fixtures';
import {
  PASSWORD,
  Wire,
  CUT,
  field,
  hydrated,
  message,
  newHandle,
  newRoom,
  open,
  post,
  settle,
  signUp,
  stored,
  twoInARoom,
} from './people';

test.beforeEach(async ({ server }) => settle(server));

type NewPerson = (name: string, options?: object) => Promise<Person>;

/** Anna, and Boris, whose browser runs no scripts, in a room. */
async function oneWithoutScripts(newPerson: NewPerson) {
  const anna = await newPerson('Анна');
  const boris = await newPerson('Борис', { javaScriptEnabled: false });
  // A browser without scripts still looks ahead for them, and gives up.
  boris.allow({ url: /\/pkg\//, status: 'none' });
  const handle = newHandle('boris');
  await signUp(boris.page, handle, 'Борис');
  await signUp(anna.page, newHandle('anna'), 'Анна');
  const room = await newRoom(anna.page, 'Поход', handle);
  return { anna, boris, handle, room };
}

/** From the message in the conversation to what can be done with it. */
async function toActions({ page }: Person, text: string): Promise<void> {
  await message(page, text).locator('.message__time').click();
  await expect(message(page, text)).toBeInViewport();
  await page.locator('.to-actions').click();
  await expect(page.locator('.at-hand')).toContainText(text);
}

/** Submits a form of the message's page; what is folded is opened first. */
async function act({ page }: Person, end: string, fill?: string): Promise<void> {
  const form = page.locator(`form[action$="/${end}"]`).last();
  const fold = page.locator('details', { has: form });
  if (await fold.count()) await fold.locator('summary').click();
  if (fill !== undefined) await form.locator('textarea').fill(fill);
  await form.locator('button').click();
}

test('what can be done with a message is done without scripts, and seen live', async ({ newPerson }) => {
  const { anna, boris, room } = await oneWithoutScripts(newPerson);
  await post(anna.page, room, 'Кто берёт котелок?');
  await open(anna.page, room);
  await boris.page.goto(`/rooms/${room}`);
  const asked = (person: Person) => message(person.page, 'Кто берёт котелок?').first();

  // A reaction: given and taken back by the same button.
  const heart = () => boris.page.getByRole('button', { name: /❤/ }).first();
  await toActions(boris, 'Кто берёт котелок?');
  await expect(heart()).toHaveAttribute('aria-pressed', 'false');
  await heart().click();
  await expect(asked(boris)).toBeInViewport();
  await expect(asked(anna).locator('.reaction')).toHaveText(/❤️\s*1/);
  await toActions(boris, 'Кто берёт котелок?');
  await expect(heart()).toHaveAttribute('aria-pressed', 'true');
  await heart().click();
  await expect(asked(anna).locator('.reaction')).toHaveCount(0);
  await toActions(boris, 'Кто берёт котелок?');
  await boris.page.locator('input[name=give]').fill('🦔');
  await boris.page.getByRole('button', { name: 'Поставить' }).click();
  await expect(asked(anna).locator('.reaction')).toHaveText(/🦔\s*1/);

  // Pinned.
  await toActions(boris, 'Кто берёт котелок?');
  await act(boris, 'pin');
  await expect(asked(anna).getByRole('img', { name: 'Закреплено' })).toBeVisible();

  // Answered.
  await toActions(boris, 'Кто берёт котелок?');
  await act(boris, 'reply', 'Я, и спички тоже');
  await expect(message(boris.page, 'Я, и спички тоже')).toBeVisible();
  const answer = message(anna.page, 'Я, и спички тоже');
  await expect(answer.locator('.quote')).toContainText('Кто берёт котелок?');

  // Changed: what it said before is kept for him.
  await toActions(boris, 'Я, и спички тоже');
  await act(boris, 'edit', 'Я, и соль тоже');
  await expect(message(anna.page, 'Я, и соль тоже')).toContainText('изменено');
  await toActions(boris, 'Я, и соль тоже');
  await expect(boris.page.locator('.earlier')).toContainText('Я, и спички тоже');

  // Deleted, and taken back.
  await act(boris, 'delete');
  await expect(message(anna.page, 'Сообщение удалено')).toBeVisible();
  await boris.page.getByRole('button', { name: 'Вернуть' }).click();
  await expect(message(anna.page, 'Я, и соль тоже')).toBeVisible();
  await expect(message(boris.page, 'Я, и соль тоже')).toBeVisible();
});

test('without scripts a message is passed on, and what is refused stays typed', async ({ newPerson, allow }) => {
  allow({ url: /\/actions|\/edit|\/reply|\/react/, status: 422 }, { url: /\/react/, status: 400 });
  const { anna, boris, handle, room } = await oneWithoutScripts(newPerson);
  await post(anna.page, room, 'Билеты на субботу');
  const direct = await newRoom(anna.page, 'Касса', handle);
  await boris.page.goto(`/rooms/${room}`);
  await toActions(boris, 'Билеты на субботу');
  await boris.page.getByText('Переслать').first().click();
  await boris.page.locator('select[name=to]').selectOption({ label: 'Касса' });
  await boris.page.locator('form[action$="/forward"] button').click();
  await expect(boris.page).toHaveURL(new RegExp(`/rooms/${direct}$`));
  await expect(message(boris.page, 'Билеты на субботу')).toContainText('Анна');
  expect(await stored(anna.page, direct)).toEqual(['Билеты на субботу']);

  await boris.page.goto(`/rooms/${room}`);
  await toActions(boris, 'Билеты на субботу');
  await boris.page.locator('input[name=give]').fill('спасибо');
  await boris.page.getByRole('button', { name: 'Поставить' }).click();
  await expect(boris.page.getByRole('alert')).toHaveText('Нужен один эмодзи.');
  await expect(boris.page.locator('input[name=give]')).toHaveValue('спасибо');
});

test('with scripts nobody is led there, and its page works all the same', async ({ newPerson }) => {
  const { anna, room } = await twoInARoom(newPerson);
  await post(anna.page, room, 'Со скриптами');
  await open(anna.page, room);
  const id = await message(anna.page, 'Со скриптами').getAttribute('id');
  await anna.page.goto(`/rooms/${room}/${id!.slice(1)}`);
  await hydrated(anna.page);
  await expect(anna.page.locator('.to-actions')).toHaveCount(0);
  await anna.page.goto(`/rooms/${room}/${id!.slice(1)}/actions`);
  await anna.page.getByRole('button', { name: '🎉' }).click();
  await hydrated(anna.page);
  await expect(message(anna.page, 'Со скриптами').locator('.reaction')).toHaveText(/🎉\s*1/);
});

/** A picture of one colour. */
function png(side: number, [red, green, blue]: number[]): Buffer {
  const table = Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k += 1) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n >>> 0;
  });
  const crc = (bytes: Buffer) =>
    (bytes.reduce((sum, byte) => table[(sum ^ byte) & 0xff] ^ (sum >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.concat(Array(side).fill(Buffer.from([red, green, blue])))]);
  const pixels = deflateSync(Buffer.concat(Array(side).fill(row)));
  const sign = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([sign, chunk('IHDR', head), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

async function depict({ page }: Person, room: number, colour: number[]): Promise<void> {
  await page.goto(`/rooms/${room}/details`);
  await page.locator('details', { has: page.locator('input[type=file]') }).locator('summary').click();
  const file = { name: 'room.png', mimeType: 'image/png', buffer: png(80, colour) };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.locator('form[action$="/picture"] button').click();
  await expect(page.locator('.details__who img')).toBeVisible();
}

for (const javaScriptEnabled of [true, false]) {
  test(`a room's picture is chosen ${javaScriptEnabled ? 'with' : 'without'} scripts and seen live`, async ({ newPerson }) => {
    const anna = await newPerson('Анна', { javaScriptEnabled });
    anna.allow({ url: /\/pkg\//, status: 'none' });
    const boris = await newPerson('Борис');
    boris.allow(...CUT);
    const handle = newHandle('boris');
    await signUp(boris.page, handle, 'Борис');
    await signUp(anna.page, newHandle('anna'), 'Анна');
    const room = await newRoom(anna.page, 'Поход', handle);
    const wire = await Wire.of(boris.page);
    await open(boris.page, room);
    const faces = boris.page.locator('.conversation__head .avatar img, .room[aria-current] .avatar img');
    await expect(faces).toHaveCount(0);

    await depict(anna, room, [200, 30, 30]);
    await expect(faces).toHaveCount(2);
    const first = await faces.first().getAttribute('src');
    // While he is away it becomes another one.
    await wire.cut();
    await depict(anna, room, [30, 30, 200]);
    await expect(faces.first()).toHaveAttribute('src', first!);
    await wire.mend();
    await expect(faces.first()).not.toHaveAttribute('src', first!, { timeout: 15_000 });
    await expect(faces).toHaveCount(2);

    await anna.page.locator('details', { has: anna.page.locator('input[type=file]') }).locator('summary').click();
    await anna.page.locator('form[action$="/no-picture"] button').click();
    await expect(anna.page.locator('.details__who img')).toHaveCount(0);
    await expect(faces).toHaveCount(0);
  });
}

test('whoever was away comes back to the names that people have now', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  const wire = await Wire.of(boris.page);
  boris.allow(...CUT);
  await post(anna.page, room, 'Это я');
  await open(boris.page, room);
  const author = boris.page.locator('.group__author');
  await expect(author).toHaveText('Анна');
  await wire.cut();
  const headers = { 'sec-fetch-site': 'same-origin' };
  const said = await anna.page.request.put('/api/v1/me', { headers, data: { name: 'Анна Ветрова', about: '' } });
  expect(said.status()).toBe(200);
  await expect(author).toHaveText('Анна');
  await wire.mend();
  await expect(author).toHaveText('Анна Ветрова', { timeout: 15_000 });

  // And so the next time.
  await wire.cut();
  const again = await anna.page.request.put('/api/v1/me', { headers, data: { name: 'Аня', about: '' } });
  expect(again.status()).toBe(200);
  await wire.mend();
  await expect(author).toHaveText('Аня', { timeout: 15_000 });
});

test('another handle is seen live, and the old one leads there', async ({ newPerson, allow }) => {
  allow({ url: /settings\/handle/, status: 422 });
  const anna = await newPerson('Анна');
  const boris = await newPerson('Борис');
  const [before, taken, after] = [newHandle('anna'), newHandle('boris'), newHandle('vetrova')];
  await signUp(boris.page, taken, 'Борис');
  await signUp(anna.page, before, 'Анна');
  await boris.page.goto(`/@${before}`);
  await hydrated(boris.page);
  await field(boris.page).fill('Привет');
  await field(boris.page).press('Enter');
  await expect(message(boris.page, 'Привет')).toBeVisible();

  const form = anna.page.locator('form[action="/settings/handle"]');
  await anna.page.goto('/settings');
  await form.locator('input').fill(taken);
  await form.locator('button').click();
  await expect(form.locator('input')).toHaveValue(taken);
  await expect(form).toContainText('Это имя занято');
  await form.locator('input').fill(`@${after}`);
  await form.locator('button').click();
  await expect(form).toContainText(`Сейчас @${after}`);

  // Boris, who looks at the conversation, is at its new address.
  await expect(boris.page).toHaveURL(new RegExp(`/@${after}$`));
  await expect(boris.page.locator('.room[aria-current]')).toHaveAttribute('href', `/@${after}`);
  await field(boris.page).fill('Видел, красиво');
  await field(boris.page).press('Enter');
  await expect(message(boris.page, 'Видел, красиво')).toBeVisible();
  await boris.page.goto(`/@${before}`);
  await expect(boris.page).toHaveURL(new RegExp(`/@${after}$`));

  await anna.context.clearCookies();
  await anna.page.goto('/sign-in');
  await anna.page.locator('input[name=handle]').fill(after);
  await anna.page.locator('input[name=password]').fill(PASSWORD);
  await anna.page.locator('form:has(input[name=password]) button').click();
  await anna.page.goto(`/@${taken}`);
  await expect(message(anna.page, 'Видел, красиво')).toBeVisible();
});

test('what is being answered is there after a reload and on another device', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await post(boris.page, room, 'Где встречаемся?');
  await open(anna.page, room);
  const strip = anna.page.locator('.composer .quote');
  await message(anna.page, 'Где встречаемся?').locator('.message__time').click();
  await anna.page.getByRole('menuitem', { name: 'Ответить' }).click();
  await expect(strip).toContainText('Где встречаемся?');
  await field(anna.page).fill('У вокзала');
  // Saved for the other devices.
  await expect
    .poll(async () => {
      const list = await (await anna.page.request.get('/api/v1/rooms')).json();
      return list.rooms.find((entry: { room: { id: number } }) => entry.room.id === room).draft?.reply_to;
    })
    .toBeGreaterThan(0);
  await anna.page.reload();
  await hydrated(anna.page);
  await expect(field(anna.page)).toHaveValue('У вокзала');
  await expect(strip).toContainText('Борис');

  const phone = await newPerson('Анна с телефоном');
  await phone.context.addCookies(await anna.context.cookies());
  await open(phone.page, room);
  await expect(phone.page.locator('.composer .quote')).toContainText('Где встречаемся?');
  // There it becomes an answer to nothing, and here too.
  await phone.page.locator('.composer .quote + button').click();
  await expect(strip).toHaveCount(0);
  await expect(field(anna.page)).toHaveValue('У вокзала');
  await message(phone.page, 'Где встречаемся?').locator('.message__time').click();
  await phone.page.getByRole('menuitem', { name: 'Ответить' }).click();
  await expect(strip).toContainText('Где встречаемся?');
  await field(anna.page).press('Enter');
  await expect(message(boris.page, 'У вокзала')).toHaveCount(0);
  await open(boris.page, room);
  await expect(message(boris.page, 'У вокзала').locator('.quote')).toContainText('Где встречаемся?');
  await expect(phone.page.locator('.composer .quote')).toHaveCount(0);
});
