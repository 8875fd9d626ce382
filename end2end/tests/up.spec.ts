import { expect, test } from './fixtures';

test('the server says that it is up', async ({ request }) => {
  const response = await request.get('/up');
  expect(response.status()).toBe(200);
});
