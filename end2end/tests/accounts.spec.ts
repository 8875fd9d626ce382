import { expect, test } from './fixtures';
import { fillAccount, newHandle, PASSWORD, settle, signOut, signUp } from './people';

test.beforeEach(async ({ server, allow }) => {
  await settle(server);
  allow({ url: /sign-(in|up)/, status: 422 });
});

test('refusals stand by their field, and what was typed stays', async ({ newPerson }) => {
  const handle = newHandle('oko');
  const anna = await newPerson('Анна');
  await signUp(anna.page, handle, 'Анна');
  const other = await newPerson('Другая');
  await other.page.goto('/sign-up');
  // Cyrillic letters that look like the Latin ones of the taken handle.
  await fillAccount(other.page, handle.replace('o', 'о'), 'Другая Анна');
  await expect(other.page.locator('input[name=handle]')).toHaveAttribute('aria-invalid', 'true');
  await expect(other.page.locator('input[name=name]')).toHaveValue('Другая Анна');
  await expect(other.page.locator('input[name=password]')).toHaveValue('');
  await other.page.locator('input[name=handle]').fill(newHandle('other'));
  await other.page.locator('input[name=password]').fill('12345678');
  await other.page.locator('form:has(input[name=password]) button').click();
  await expect(other.page.locator('input[name=password]')).toHaveAttribute('aria-invalid', 'true');
});

test('signing out and in again', async ({ newPerson }) => {
  const handle = newHandle('anna');
  const anna = await newPerson('Анна');
  await signUp(anna.page, handle, 'Анна');
  await signOut(anna.page);
  await expect(anna.page).toHaveURL(/\/sign-in/);
  await anna.page.locator('input[name=handle]').fill(handle);
  await anna.page.locator('input[name=password]').fill('не тот пароль');
  await anna.page.locator('form:has(input[name=password]) button').click();
  await expect(anna.page.locator('input[name=handle]')).toHaveValue(handle);
  await expect(anna.page.locator('input[name=password]')).toHaveAttribute('aria-invalid', 'true');
  await anna.page.locator('input[name=password]').fill(PASSWORD);
  await anna.page.locator('form:has(input[name=password]) button').click();
  await expect(anna.page.locator('.sidebar')).toBeVisible();
});

test('the language is the browser’s, and can be switched and is remembered', async ({ newPerson }) => {
  const john = await newPerson('John', { locale: 'en-GB' });
  await john.page.goto('/sign-in');
  await expect(john.page.locator('html')).toHaveAttribute('lang', 'en');
  await john.page.locator('form[action="/language"] button[value=ru]').click();
  await expect(john.page.locator('html')).toHaveAttribute('lang', 'ru');
  await john.page.goto('/sign-up');
  await expect(john.page.locator('html')).toHaveAttribute('lang', 'ru');
});
