import { expect, test } from './fixtures';
import { message, newHandle, PASSWORD, settle, signOut, signUp } from './people';

test.beforeEach(async ({ server }) => settle(server));

test('everything needed works without scripts', async ({ newPerson, server }) => {
  const handle = newHandle('anna');
  const { page, context, allow } = await newPerson('Анна', { javaScriptEnabled: false });
  // A browser without scripts still looks ahead for them, and gives up.
  allow({ url: /\/pkg\//, status: 'none' });
  await signUp(page, handle, 'Анна');
  await signOut(page);
  await page.locator('input[name=handle]').fill(handle);
  await page.locator('input[name=password]').fill(PASSWORD);
  await page.locator('form:has(input[name=password]) button').click();
  await expect(page.locator('.sidebar')).toBeVisible();

  await page.goto('/rooms/new');
  await page.locator('input[name=name]').fill(`Тихая ${handle}`);
  await page.locator('form:has(input[name=name]) button').last().click();
  await expect(page).toHaveURL(/\/rooms\/\d+$/);
  const path = new URL(page.url()).pathname;
  await page.locator('.composer textarea').fill('Без скриптов тоже можно');
  await page.locator('.send').click();
  await expect(page).toHaveURL(new RegExp(`${path}$`));
  await expect(message(page, 'Без скриптов тоже можно')).toHaveCount(1);

  const headers = { 'sec-fetch-site': 'same-origin' };
  for (let index = 0; index < 60; index += 1) {
    const data = new URLSearchParams({ text: `строка ${index}.` }).toString();
    const posted = await context.request.post(server.address + path, {
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      data,
      maxRedirects: 0,
    });
    expect(posted.status()).toBe(303);
  }
  await page.goto(path);
  await expect(page.locator('.message')).toHaveCount(50);
  await page.locator('.older a').click();
  await expect(message(page, 'строка 1.')).toHaveCount(1);

  await page.goto('/@owner');
  await page.locator('.composer textarea').fill('Лично и без скриптов');
  await page.locator('.send').click();
  await expect(message(page, 'Лично и без скриптов')).toHaveCount(1);
});
