import { expect, test } from './fixtures';
import { fillAccount, hydrated, message, newHandle, write } from './people';

test.use({ ownServer: 'first run' });

test('the first start makes the owner and a room, and the writing field waits', async ({ newPerson }) => {
  const { page } = await newPerson('Анна');
  await page.goto('/');
  await expect(page).toHaveURL(/\/first-run$/);
  await fillAccount(page, newHandle('anna'), 'Анна');
  await expect(page).toHaveURL(/\/rooms\/1$/);
  await expect(page.getByRole('heading', { name: 'Общая' })).toBeVisible();
  await hydrated(page);
  await expect(page.locator('.composer textarea')).toBeFocused();
  await write(page, 'Есть тут кто?');
  await expect(message(page, 'Есть тут кто?')).toBeVisible();
});
