import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { field, hydrated, listen, message, newHandle, open, settle, signUp, twoInARoom, write } from './people';

test.beforeEach(async ({ server }) => settle(server));

/** How far a message of one's own has come. */
const mark = (page: Page, text: string) => message(page, text).locator('.mark');
const sub = (page: Page) => page.locator('.conversation__sub');

/** Two people who can write to each other, on the list's page. */
async function two(newPerson: Parameters<typeof twoInARoom>[0]) {
  const [anna, boris] = [await newPerson('Анна'), await newPerson('Борис')];
  const handles = { anna: newHandle('anna'), boris: newHandle('boris') };
  await signUp(boris.page, handles.boris, 'Борис');
  await signUp(anna.page, handles.anna, 'Анна');
  return { anna, boris, handles };
}

/** Begins the direct conversation with somebody, and shows it with scripts. */
async function talkTo(page: Page, handle: string, text: string) {
  await page.goto(`/@${handle}`);
  await hydrated(page);
  await write(page, text);
  await expect(message(page, text)).toBeVisible();
  await hydrated(page);
}

/** What a person lets others know, by the page of settings. */
async function disclose(page: Page, what: 'reading' | 'presence', on: boolean) {
  await page.goto('/settings');
  await page.locator(`input[name=${what}]`).setChecked(on);
  await page.locator('form[action="/settings/privacy"] button').click();
  await expect(page.locator(`input[name=${what}]`)).toBeChecked({ checked: on });
}

test('a message is sent, then delivered, then read, for both and after coming back', async ({ newPerson }) => {
  const { anna, boris, handles } = await two(newPerson);
  // He is somewhere else altogether.
  await boris.page.goto('about:blank');
  await talkTo(anna.page, handles.boris, 'ты тут?');
  await expect(mark(anna.page, 'ты тут?')).toHaveAttribute('data-mark', 'sent');
  await expect(mark(anna.page, 'ты тут?')).toHaveAccessibleName('отправлено');
  const inList = anna.page.locator('.room-list .room[aria-current=page] .mark');
  await expect(inList).toHaveAttribute('data-mark', 'sent');

  await boris.page.goto('/');
  await hydrated(boris.page);
  await expect(mark(anna.page, 'ты тут?')).toHaveAttribute('data-mark', 'delivered');
  await expect(inList).toHaveAttribute('data-mark', 'delivered');
  await boris.page.locator(`.room-list a[href="/@${handles.anna}"]`).click();
  await expect(mark(anna.page, 'ты тут?')).toHaveAttribute('data-mark', 'read');
  await expect(mark(anna.page, 'ты тут?')).toHaveAccessibleName('прочитано');
  await expect(inList).toHaveAttribute('data-mark', 'read');

  // The other way, to somebody who was offline meanwhile.
  await anna.context.setOffline(true);
  await write(boris.page, 'тут');
  await expect(mark(boris.page, 'тут')).toHaveAttribute('data-mark', 'sent');
  await anna.context.setOffline(false);
  await expect(mark(boris.page, 'тут')).toHaveAttribute('data-mark', 'read', { timeout: 15_000 });
  await expect(boris.page.locator('.messages')).not.toContainText('ты тут? отправлено');
  // What one hasn't written bears no mark; what one has keeps it.
  await expect(mark(boris.page, 'ты тут?')).toHaveCount(0);
  await boris.page.reload();
  await expect(mark(boris.page, 'тут')).toHaveAttribute('data-mark', 'read');
});

test('what is out of sight isn’t read', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await open(boris.page, room);
  await open(anna.page, room);
  for (let n = 0; n < 30; n += 1) await write(anna.page, `строка ${n}`);
  await expect(mark(anna.page, 'строка 29')).toHaveAttribute('data-mark', 'read');
  await boris.page.locator('.messages').evaluate((list) => list.scrollTo(0, -list.scrollHeight));
  await write(anna.page, 'внизу');
  await expect(mark(anna.page, 'внизу')).toHaveAttribute('data-mark', 'delivered');
  await boris.page.locator('.jump').click();
  await expect(mark(anna.page, 'внизу')).toHaveAttribute('data-mark', 'read');
});

test('who hides what they read isn’t told what others read', async ({ newPerson }) => {
  const { anna, boris, handles } = await two(newPerson);
  await disclose(boris.page, 'reading', false);
  await talkTo(anna.page, handles.boris, 'прочти');
  await boris.page.goto(`/@${handles.anna}`);
  await hydrated(boris.page);
  await write(boris.page, 'прочёл');
  await expect(message(anna.page, 'прочёл')).toBeInViewport();
  await expect(mark(boris.page, 'прочёл')).toHaveAttribute('data-mark', 'delivered');
  // That he has read it the server knows: a device of his has nothing new.
  await expect.poll(async () => (await boris.page.request.get('/api/v1/rooms')).text()).not.toContain('"unread":1');
  await expect(mark(anna.page, 'прочти')).toHaveAttribute('data-mark', 'delivered');

  await disclose(boris.page, 'reading', true);
  await boris.page.goto(`/@${handles.anna}`);
  await hydrated(boris.page);
  await write(anna.page, 'а теперь?');
  await expect(mark(anna.page, 'а теперь?')).toHaveAttribute('data-mark', 'read');
  await expect(mark(boris.page, 'прочёл')).toHaveAttribute('data-mark', 'read');
});

test('in a small room an author sees who has read a message', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await open(anna.page, room);
  await write(anna.page, 'собрание в девять');
  await expect(mark(anna.page, 'собрание в девять')).toHaveAttribute('data-mark', 'delivered');
  const readers = async () => {
    await message(anna.page, 'собрание в девять').click({ button: 'right' });
    await anna.page.getByRole('menuitem', { name: 'Кто прочитал' }).click();
  };
  await readers();
  const dialog = anna.page.getByRole('dialog', { name: 'Отклики' });
  await expect(dialog).toContainText('Пока никто не прочитал.');
  await anna.page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await open(boris.page, room);
  await expect(mark(anna.page, 'собрание в девять')).toHaveAttribute('data-mark', 'read');
  await readers();
  await expect(dialog.locator('.choose__readers')).toContainText('Борис');
  // Of another's message only its author is told.
  await message(boris.page, 'собрание в девять').click({ button: 'right' });
  await expect(boris.page.getByRole('menuitem', { name: 'Копировать текст' })).toBeVisible();
  await expect(boris.page.getByRole('menuitem', { name: 'Кто прочитал' })).toHaveCount(0);
});

test('who types is seen over the conversation and in the list, until they have written', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  await listen(anna.page, room);
  await listen(boris.page, room);
  const last = (page: Page) => page.locator(`li[data-room="${room}"] .room__last`);
  await field(anna.page).pressSequentially('при');
  await expect(sub(boris.page)).toHaveText('Анна печатает…');
  await expect(last(boris.page)).toHaveText('Анна печатает…');
  await field(boris.page).pressSequentially('и тебе');
  await expect(sub(anna.page)).toHaveText('Борис печатает…');
  await anna.page.keyboard.press('End');
  await field(anna.page).press('Enter');
  await expect(message(boris.page, 'при')).toBeVisible();
  await expect(sub(boris.page)).toHaveText('2 участника');
  // Who stops without sending is forgotten soon; nothing of it is kept.
  await expect(sub(anna.page)).toHaveText('2 участника');
  await anna.page.reload();
  await expect(sub(anna.page)).toHaveText('2 участника');
});

test('several who type are named together', async ({ newPerson }) => {
  const { anna, boris, room } = await twoInARoom(newPerson);
  const vera = await newPerson('Вера');
  const handle = newHandle('vera');
  await signUp(vera.page, handle, 'Вера');
  const headers = { 'sec-fetch-site': 'same-origin' };
  await anna.page.request.post(`/api/v1/rooms/${room}/members`, { headers, data: { handle } });
  for (const { page } of [anna, boris, vera]) await listen(page, room);
  await field(boris.page).pressSequentially('я');
  await expect(sub(anna.page)).toHaveText('Борис печатает…');
  await field(vera.page).pressSequentially('и я');
  await expect(sub(anna.page)).toHaveText('Борис и Вера печатают…');
  await expect(sub(vera.page)).toHaveText('Борис печатает…');
});

test('one sees who is there, and when they were last, unless they hide it', async ({ newPerson }) => {
  const { anna, boris, handles } = await two(newPerson);
  await talkTo(anna.page, handles.boris, 'привет');
  await boris.page.goto('/');
  await hydrated(boris.page);
  const dot = anna.page.locator('.room-list .room[aria-current=page] .room__online');
  await expect(sub(anna.page)).toHaveText('в сети');
  await expect(dot).toHaveAccessibleName('в сети');
  // A reload is no leaving.
  await boris.page.reload();
  await hydrated(boris.page);
  await expect(sub(anna.page)).toHaveText('в сети');

  await boris.page.goto('about:blank');
  await expect(sub(anna.page)).toHaveText(/^был\(а\) в сети в \d\d:\d\d$/, { timeout: 10_000 });
  await expect(dot).toHaveCount(0);
  // Without scripts too.
  await anna.page.reload();
  await expect(sub(anna.page)).toHaveText(/^был\(а\) в сети в \d\d:\d\d$/);
  await hydrated(anna.page);

  await boris.page.goto(`/@${handles.anna}`);
  await hydrated(boris.page);
  await expect(sub(anna.page)).toHaveText('в сети');
  await expect(sub(boris.page)).toHaveText('в сети');
  await disclose(boris.page, 'presence', false);
  await expect(sub(anna.page)).toHaveText(`@${handles.boris}`);
  await boris.page.goto(`/@${handles.anna}`);
  await hydrated(boris.page);
  await expect(sub(boris.page)).toHaveText(`@${handles.anna}`);
  await expect(sub(anna.page)).toHaveText(`@${handles.boris}`);
});
