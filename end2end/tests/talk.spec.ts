import { expect, test } from './fixtures';
import { CUT, hydrated, message, newHandle, settle, signUp, write } from './people';

test.beforeEach(async ({ server }) => settle(server));

test('two people talk in a room, both ways, and a reload keeps everything', async ({ newPerson }) => {
  const anna = await newPerson('Анна');
  const boris = await newPerson('Борис');
  await signUp(anna.page, newHandle('anna'), 'Анна');
  await signUp(boris.page, newHandle('boris'), 'Борис');
  await anna.page.goto('/rooms/1');
  await boris.page.goto('/rooms/1');
  await hydrated(anna.page);
  await hydrated(boris.page);

  const hello = `Привет, Борис! ${Date.now()}`;
  await write(anna.page, hello);
  await expect(message(anna.page, hello)).toHaveCount(1);
  await expect(message(boris.page, hello)).toHaveCount(1);
  await expect(anna.page.locator('.composer textarea')).toHaveValue('');
  await expect(anna.page.locator('.composer textarea')).toBeFocused();

  const answer = `И тебе привет ${Date.now()}`;
  await write(boris.page, answer);
  await expect(message(anna.page, answer)).toHaveCount(1);
  await expect(message(anna.page, hello)).not.toHaveClass(/message--pending/);

  await anna.page.reload();
  await expect(message(anna.page, hello)).toHaveCount(1);
  await expect(message(anna.page, answer)).toHaveCount(1);
});

test('a direct conversation is found by name, made on first use, and is one for both', async ({ newPerson }) => {
  const [annaHandle, borisHandle] = [newHandle('anna'), newHandle('boris')];
  const anna = await newPerson('Анна');
  const boris = await newPerson('Борис');
  await signUp(boris.page, borisHandle, `Семён ${borisHandle}`);
  await signUp(anna.page, annaHandle, 'Анна');
  await hydrated(boris.page);
  await hydrated(anna.page);

  const field = anna.page.locator('.finder input');
  await field.fill(`семен ${borisHandle}`);
  await expect(anna.page.locator('.finder__results')).toContainText(borisHandle);
  await field.press('Enter');
  await expect(anna.page).toHaveURL(new RegExp(`/@${borisHandle}$`));
  await write(anna.page, 'Пишу тебе лично');
  await expect(message(anna.page, 'Пишу тебе лично')).toHaveCount(1);

  // The other's list moves and counts by itself.
  const line = boris.page.locator('.room', { hasText: 'Пишу тебе лично' });
  await expect(line.locator('.badge')).toHaveText('1');
  await boris.page.goto(`/@${annaHandle}`);
  await hydrated(boris.page);
  await expect(message(boris.page, 'Пишу тебе лично')).toHaveCount(1);
  await write(boris.page, 'Вижу, спасибо');
  await expect(message(anna.page, 'Вижу, спасибо')).toHaveCount(1);
  await expect(boris.page.locator('.room', { hasText: 'Вижу, спасибо' }).locator('.badge')).toHaveCount(0);
});

test('a link to a person leads through signing up to the conversation', async ({ newPerson }) => {
  const handle = newHandle('anna');
  const anna = await newPerson('Анна');
  await signUp(anna.page, handle, 'Анна Ветрова');
  const guest = await newPerson('Гость');
  await guest.page.goto(`/@${handle}`);
  // Whoever wants an account with a password goes by the way of those who have one.
  await guest.page.locator('a[href^="/sign-in"]').click();
  await expect(guest.page).toHaveURL(/\/sign-in\?next=/);
  await guest.page.locator('a[href^="/sign-up"]').click();
  await guest.page.locator('input[name=name]').fill('Гость');
  await guest.page.locator('input[name=handle]').fill(newHandle('guest'));
  await guest.page.locator('input[name=password]').fill('утренний чай у окна');
  await guest.page.locator('form:has(input[name=password]) button').click();
  await expect(guest.page).toHaveURL(new RegExp(`/@${handle}$`));
  await expect(guest.page.locator('.conversation')).toContainText('Анна Ветрова');
});

test('what looks like HTML stays text', async ({ newPerson }) => {
  const anna = await newPerson('Анна');
  await signUp(anna.page, newHandle('anna'), '<b>Анна</b>');
  await anna.page.goto('/rooms/1');
  await hydrated(anna.page);
  const evil = `<img src=x onerror="document.title='взломано'"> ${Date.now()}`;
  await write(anna.page, evil);
  await expect(message(anna.page, evil)).toHaveCount(1);
  await anna.page.reload();
  await expect(message(anna.page, evil)).toHaveCount(1);
  await expect(anna.page.locator('.message img')).toHaveCount(0);
  await expect(anna.page).not.toHaveTitle('взломано');
});

test('Markdown is drawn', async ({ newPerson }) => {
  const anna = await newPerson('Анна');
  await signUp(anna.page, newHandle('anna'), 'Анна');
  await anna.page.goto('/rooms/1');
  await hydrated(anna.page);
  const stamp = Date.now();
  await write(anna.page, `${stamp} **жирно** _косо_ ~~прочь~~ \`код\` https://example.org/a`);
  const mine = message(anna.page, String(stamp));
  await expect(mine.locator('strong')).toHaveText('жирно');
  await expect(mine.locator('em')).toHaveText('косо');
  await expect(mine.locator('s, del')).toHaveText('прочь');
  await expect(mine.locator('code')).toHaveText('код');
  await expect(mine.locator('.message__text a')).toHaveAttribute('href', 'https://example.org/a');
});

test('Shift+Enter breaks the line, and a text too long is kept and said to be', async ({ newPerson }) => {
  const anna = await newPerson('Анна');
  await signUp(anna.page, newHandle('anna'), 'Анна');
  await anna.page.goto('/rooms/1');
  await hydrated(anna.page);
  const field = anna.page.locator('.composer textarea');
  await field.fill('первая');
  await field.press('Shift+Enter');
  await field.pressSequentially('вторая');
  await expect(field).toHaveValue('первая\nвторая');
  const long = 'ы'.repeat(4_001);
  await field.fill(long);
  await expect(anna.page.locator('.composer__hint')).not.toBeEmpty();
  await field.press('Enter');
  await expect(field).toHaveValue(long);
});

for (const sizes of [true, false]) {
  test(`the field is as tall as its text, where the browser ${sizes ? 'sees to that' : 'can’t'}`, async ({ newPerson }) => {
    const { page } = await newPerson('Анна');
    if (!sizes) {
      await page.addInitScript(() => {
        const has = Reflect.has;
        Reflect.has = (of, name) => name !== 'fieldSizing' && has(of, name);
      });
      await page.route(/app\.css$/, async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, body: (await answer.text()).replace('field-sizing', 'unknown') });
      });
    }
    await signUp(page, newHandle('anna'), 'Анна');
    await page.goto('/rooms/1');
    await hydrated(page);
    const field = page.locator('.composer textarea');
    const sizing = await field.evaluate((field) => getComputedStyle(field).getPropertyValue('field-sizing'));
    expect(sizing).toBe(sizes ? 'content' : 'fixed');
    const height = async () => (await field.boundingBox())!.height;
    const empty = await height();
    await field.fill('раз\nдва\nтри');
    await expect.poll(height).toBeGreaterThan(empty * 1.5);
    await field.fill('строка\n'.repeat(40));
    await expect.poll(height).toBe(240);
    await field.press('Enter');
    await expect.poll(height).toBe(empty);
  });
}

test('older messages load by scrolling up, and the page does not jump', async ({ newPerson, server }) => {
  const handle = newHandle('anna');
  const anna = await newPerson('Анна');
  await signUp(anna.page, handle, 'Анна');
  const headers = { 'sec-fetch-site': 'same-origin' };
  const made = await anna.context.request.post(`${server.address}/api/v1/rooms`, { headers, data: { name: handle, kind: 'invited' } });
  const room = (await made.json()).room.id;
  for (let index = 0; index < 120; index += 1) {
    const id = `01924f6e-0000-7000-8000-${(Date.now() * 1000 + index).toString(16).padStart(12, '0').slice(-12)}`;
    const posted = await anna.context.request.post(`${server.address}/api/v1/rooms/${room}/messages`, {
      headers,
      data: { client_id: id, text: `сообщение номер ${index}.` },
    });
    expect(posted.status()).toBe(200);
  }
  await anna.page.goto(`/rooms/${room}`);
  await hydrated(anna.page);
  await expect(anna.page.locator('.message')).toHaveCount(50);
  await expect(message(anna.page, 'сообщение номер 119.')).toBeInViewport();

  // The scroller counts from its end. Near the top the older ones come; what was on screen stays where it was.
  const anchor = message(anna.page, 'сообщение номер 72.');
  const top = () => anchor.evaluate((element) => element.getBoundingClientRect().top);
  await anna.page.locator('.messages').evaluate((scroller) => scroller.scrollTo(0, 200 - scroller.scrollHeight + scroller.clientHeight));
  const before = await top();
  await expect(anna.page.locator('.message')).not.toHaveCount(50);
  await expect.poll(async () => Math.abs((await top()) - before)).toBeLessThan(5);
  await anna.page.locator('.messages').evaluate((scroller) => scroller.scrollTo(0, -scroller.scrollHeight));
  await expect(anna.page.locator('.message')).toHaveCount(120);
  await expect(message(anna.page, 'сообщение номер 0.')).toHaveCount(1);
});

test('after the server was away the page catches up by itself', async ({ newPerson, server }) => {
  const anna = await newPerson('Анна');
  const boris = await newPerson('Борис');
  anna.allow(...CUT);
  boris.allow(...CUT);
  await signUp(anna.page, newHandle('anna'), 'Анна');
  await signUp(boris.page, newHandle('boris'), 'Борис');
  await anna.page.goto('/rooms/1');
  await boris.page.goto('/rooms/1');
  await hydrated(anna.page);
  await hydrated(boris.page);
  await server.stop();
  await expect(anna.page.locator('.sidebar .connection')).toBeVisible({ timeout: 10_000 });
  const meanwhile = `написано без связи ${Date.now()}`;
  await write(boris.page, meanwhile);
  await expect(message(boris.page, meanwhile)).toHaveClass(/message--pending/);
  await server.start();
  await expect(message(anna.page, meanwhile)).toHaveCount(1, { timeout: 20_000 });
  await expect(message(boris.page, meanwhile)).toHaveCount(1);
  await expect(message(boris.page, meanwhile)).not.toHaveClass(/message--pending/);
  await expect(anna.page.locator('.sidebar .connection')).toBeHidden();
});
