import { type Page, devices } from '@playwright/test';

import { expect, test } from './fixtures';
import { hydrated, message, newHandle, settle, signUp, write } from './people';

test.beforeEach(async ({ server }) => settle(server));

test('a message that the server refuses says why, and is sent again or thrown away', async ({ newPerson }) => {
  const { page, allow } = await newPerson('Анна');
  allow({ url: /post_message/, status: 403 });
  await signUp(page, newHandle('anna'), 'Анна');
  await page.goto('/rooms/1');
  await hydrated(page);
  // The server takes whatever the field lets through, so what stands between refuses.
  await page.route('**/fn/post_message', (route) =>
    route.fulfill({
      status: 403,
      headers: { serverfnerror: '/fn/post_message', 'content-type': 'application/json' },
      body: JSON.stringify({ error: 'not_allowed' }),
    }),
  );
  const [kept, gone] = [`останется ${Date.now()}`, `исчезнет ${Date.now()}`];
  await write(page, kept);
  await write(page, gone);
  await expect(message(page, kept).getByRole('alert')).toContainText('Не отправлено');
  await message(page, gone).getByRole('button', { name: 'Удалить' }).click();
  await expect(message(page, gone)).toHaveCount(0);
  await page.unroute('**/fn/post_message');
  await message(page, kept).getByRole('button', { name: 'Повторить' }).click();
  await expect(message(page, kept).getByRole('alert')).toHaveCount(0);
  await expect(message(page, kept)).not.toHaveClass(/message--pending/);
  await page.reload();
  await expect(message(page, kept)).toHaveCount(1);
  await expect(message(page, gone)).toHaveCount(0);
});

test('what was typed before the page was taken over stays, and a draft waits in its room', async ({ newPerson }) => {
  const { page } = await newPerson('Анна');
  await signUp(page, newHandle('anna'), 'Анна');
  // Slow scripts: the text is there long before them.
  await page.route('**/pkg/*/*.wasm', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await route.continue();
  });
  await page.goto('/rooms/1', { waitUntil: 'commit' });
  const field = page.locator('.composer textarea');
  await field.pressSequentially('рано напечатано');
  await hydrated(page);
  await expect(field).toHaveValue('рано напечатано');
  await page.locator('a[href="/rooms/new"]').click();
  await expect(page).toHaveURL(/new$/);
  await page.locator('.room-list a[href="/rooms/1"]').click();
  await expect(field).toHaveValue('рано напечатано');
});

/** Makes a room of one's own, and goes there. */
async function makeRoom(page: Page, name: string): Promise<string> {
  await page.goto('/rooms/new');
  await page.locator('input[name=name]').fill(name);
  await page.locator('form:has(input[name=name]) button').last().click();
  await expect(page).toHaveURL(/\/rooms\/\d+$/);
  return new URL(page.url()).pathname;
}

test('opening a conversation puts the cursor into its field', async ({ newPerson }) => {
  const { page } = await newPerson('Анна');
  await signUp(page, newHandle('anna'), 'Анна');
  await page.goto('/');
  await hydrated(page);
  await page.locator('.room-list a[href="/rooms/1"]').click();
  await expect(page.locator('.composer textarea')).toBeFocused();
});

test('while the next conversation loads, nothing goes into the one that was left', async ({ newPerson }) => {
  const { page } = await newPerson('Анна');
  const handle = newHandle('anna');
  await signUp(page, handle, 'Анна');
  const quiet = await makeRoom(page, `Тихая ${handle}`);
  await hydrated(page);
  await page.locator('.room-list a[href="/rooms/1"]').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Общая');
  await expect(page.locator('.composer textarea')).toBeFocused();
  let go = () => {};
  const told = new Promise<void>((resolve) => (go = resolve));
  await page.route('**/fn/conversation', async (route) => {
    await told;
    await route.continue();
  });
  // The cursor stays where it is: in the field of the conversation that one leaves.
  await page.goBack();
  await expect(page.locator('.page')).toHaveAttribute('inert', '');
  const stray = `мимо ${Date.now()}`;
  await page.keyboard.type(stray);
  await page.keyboard.press('Enter');
  go();
  await expect(page).toHaveURL(new RegExp(`${quiet}$`));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Тихая ${handle}`);
  await expect(page.locator('.page')).not.toHaveAttribute('inert', '');
  await page.goto('/rooms/1');
  await expect(page.locator('.composer')).toBeVisible();
  await expect(page.getByText(stray)).toHaveCount(0);

  // Called off for a page that needs nothing, that page is there to be used.
  await hydrated(page);
  await page.unroute('**/fn/conversation');
  await page.route('**/fn/conversation', () => {});
  await page.locator(`.room-list a[href="${quiet}"]`).click();
  await expect(page.locator('.page')).toHaveAttribute('inert', '');
  await page.locator('a[href="/rooms/new"]').click();
  await page.locator('input[name=name]').fill('Можно писать');
  await expect(page.locator('.page')).not.toHaveAttribute('inert', '');
});

test('what was refused in one room is not offered in the next', async ({ newPerson }) => {
  const { page, allow } = await newPerson('Анна');
  allow({ url: /members/, status: 404 });
  const handle = newHandle('anna');
  await signUp(page, handle, 'Анна');
  const room = await makeRoom(page, `Своя ${handle}`);
  await hydrated(page);
  await page.locator('a.conversation__names').click();
  await page.locator('.details input[name=handle]').fill('nobody-of-that-name');
  // As it is sent before scripts have taken over.
  await page.locator('.details .add-person').evaluate((form: HTMLFormElement) => form.submit());
  await expect(page).toHaveURL(new RegExp(`${room}/members$`));
  await hydrated(page);
  await expect(page.locator('.details input[name=handle]')).toHaveValue('nobody-of-that-name');
  await expect(page.locator('.details [role=alert]')).toHaveText('Ничего не нашлось');
  await page.locator('.room-list a[href="/rooms/1"]').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Общая');
  await expect(page.locator('.details')).toHaveCount(0);
  await page.locator('a.conversation__names').click();
  await expect(page.locator('.details input[name=handle]')).toHaveValue('');
});

test('on a phone Enter breaks the line and the button sends', async ({ newPerson }) => {
  const { defaultBrowserType: _, ...phone } = devices['Pixel 7'];
  const { page } = await newPerson('Анна', phone);
  await signUp(page, newHandle('anna'), 'Анна');
  await page.goto('/rooms/1');
  await hydrated(page);
  const stamp = Date.now();
  const field = page.locator('.composer textarea');
  await field.tap();
  await field.pressSequentially(`раз ${stamp}\nдва`);
  await expect(field).toHaveValue(`раз ${stamp}\nдва`);
  await page.locator('.send').tap();
  await expect(message(page, `раз ${stamp}`)).toHaveCount(1);
  await expect(field).toHaveValue('');
});
