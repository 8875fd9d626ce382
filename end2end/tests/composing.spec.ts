import { devices } from '@playwright/test';

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
  await expect(message(page, kept).locator('.message__refusal')).toContainText('Не отправлено');
  await message(page, gone).getByRole('button', { name: 'Удалить' }).click();
  await expect(message(page, gone)).toHaveCount(0);
  await page.unroute('**/fn/post_message');
  await message(page, kept).getByRole('button', { name: 'Повторить' }).click();
  await expect(message(page, kept).locator('.message__refusal')).toHaveCount(0);
  await expect(message(page, kept)).not.toHaveClass(/message--pending/);
  await page.reload();
  await expect(message(page, kept)).toHaveCount(1);
  await expect(message(page, gone)).toHaveCount(0);
});

test('what was typed before the page was taken over stays, and a draft waits in its room', async ({ newPerson }) => {
  const { page } = await newPerson('Анна');
  await signUp(page, newHandle('anna'), 'Анна');
  // Slow scripts: the text is there long before them.
  await page.route('**/pkg/*.wasm', async (route) => {
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

test('while the next conversation loads, nothing goes into the one that was left', async ({ newPerson }) => {
  const { page } = await newPerson('Анна');
  const handle = newHandle('anna');
  await signUp(page, handle, 'Анна');
  await page.goto(`/@${handle}`);
  await page.locator('.composer textarea').fill('записка');
  await page.locator('.send').click();
  await expect(message(page, 'записка')).toHaveCount(1);
  await page.goto('/rooms/1');
  await hydrated(page);
  let go = () => {};
  const told = new Promise<void>((resolve) => (go = resolve));
  await page.route('**/fn/conversation', async (route) => {
    await told;
    await route.continue();
  });
  await page.locator(`.room-list a[href="/@${handle}"]`).click();
  await expect(page.locator('.page')).toHaveAttribute('inert', '');
  const stray = `мимо ${Date.now()}`;
  await page.keyboard.type(stray);
  await page.keyboard.press('Enter');
  go();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Избранное');
  await expect(page.locator('.page')).not.toHaveAttribute('inert', '');
  await page.goto('/rooms/1');
  await expect(page.getByText(stray)).toHaveCount(0);
});

test('on a phone Enter breaks the line, the button sends, and the room’s menu closes by a touch beside it', async ({
  newPerson,
}) => {
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

  const menu = page.locator('.menu');
  await menu.locator('summary').tap();
  await expect(menu).toHaveAttribute('open', '');
  await message(page, `раз ${stamp}`).tap();
  await expect(menu).not.toHaveAttribute('open', '');
});
