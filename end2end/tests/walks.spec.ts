import type { Locator, Page } from '@playwright/test';

import { expect, test } from './fixtures';
import { PASSWORD, hydrated, newHandle, post, settle, signUp } from './people';

test.beforeEach(async ({ server }) => settle(server));

/** Goes there by Tab (or back by Shift+Tab), seeing at each step where one is. */
async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const on: string[] = [];
  for (let step = 0; step < 60; step += 1) {
    if (await isFocused(target)) return;
    await page.keyboard.press(key);
    const focus = await focused(page);
    on.push(focus.name);
    expect(focus.isSeen, `nothing shows that the focus is on ${focus.name}`).toBe(true);
  }
  throw new Error(`Tab doesn’t lead there, but over: ${on.join(', ')}`);
}

const isFocused = async (target: Locator) =>
  (await target.count()) === 1 && (await target.evaluate((element) => element === document.activeElement));

/** Where the focus is, and whether that can be seen: an outline or a ring, on it or on what it stands for. */
function focused(page: Page): Promise<{ name: string; isSeen: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement!;
    const name = `${element.tagName.toLowerCase()} ${element.getAttribute('name') ?? ''} ${element.textContent?.slice(0, 40) ?? ''}`;
    // A browser's own controls show it by themselves; of a hidden radio button what stands beside it does.
    const shows = (one: Element | null) => {
      if (!one) return false;
      const { outlineStyle, outlineWidth, boxShadow, borderColor } = getComputedStyle(one);
      return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none' || borderColor !== 'rgb(0, 0, 0)';
    };
    const near = [element, element.nextElementSibling, element.parentElement];
    return { name, isSeen: element === document.body || near.some(shows) };
  });
}

test('by keyboard alone: from the door to a room, its people, a message, the settings and out', async ({
  newPerson,
}) => {
  test.setTimeout(90_000);
  const [anna, boris] = [await newPerson('Анна'), await newPerson('Борис')];
  const handles = { anna: newHandle('anna'), boris: newHandle('boris') };
  await signUp(boris.page, handles.boris, 'Борис');
  const { page } = anna;
  const { keyboard } = page;
  const press = async (...keys: string[]) => {
    for (const key of keys) await keyboard.press(key);
  };
  const labelled = (name: string) => page.getByLabel(name, { exact: true });

  // In.
  await page.goto('/sign-in');
  await tabTo(page, page.getByRole('link', { name: 'Создать аккаунт' }));
  await press('Enter');
  await expect(page).toHaveURL(/\/sign-up$/);
  await tabTo(page, page.locator('input[name=name]'));
  await keyboard.type('Анна');
  await press('Tab');
  await keyboard.type(handles.anna);
  await press('Tab');
  await keyboard.type(PASSWORD);
  await press('Enter');
  await expect(page.locator('.sidebar')).toBeVisible();
  await hydrated(page);

  // A room.
  await tabTo(page, page.getByRole('link', { name: 'Новая комната' }));
  await press('Enter');
  await expect(page.getByRole('heading', { name: 'Новая комната' })).toBeFocused();
  await tabTo(page, labelled('Название'));
  await keyboard.type('Поход');
  await tabTo(page, page.getByRole('radio', { name: /Все желающие/ }));
  await press('ArrowDown');
  await expect(page.getByRole('radio', { name: /Только по приглашению/ })).toBeChecked();
  await tabTo(page, page.getByRole('button', { name: 'Создать комнату' }));
  await press('Enter');
  await expect(page.getByRole('heading', { name: 'Поход' })).toBeVisible();
  await hydrated(page);

  // Its people.
  await tabTo(page, page.locator('a.conversation__names'));
  await press('Enter');
  await tabTo(page, page.locator('form[action$="/members"] input'));
  await keyboard.type(handles.boris);
  await press('Enter');
  await expect(page.locator('.details')).toContainText('Борис');
  await tabTo(page, page.locator('summary', { hasText: 'Пригласить по ссылке' }));
  await press('Enter');
  await tabTo(page, page.getByRole('button', { name: 'Создать ссылку' }));
  await press('Enter');
  await expect(page.getByRole('button', { name: 'Отозвать' })).toBeVisible();
  await press('Escape');
  await expect(page.locator('.details')).toHaveCount(0);

  // A message.
  await tabTo(page, page.locator('.composer textarea'));
  await keyboard.type('Собираемся в девять');
  await press('Enter');
  await expect(page.locator('.message .mark')).toHaveCount(1);
  await tabTo(page, page.getByRole('log'), 'Shift+Tab');
  await press('ArrowUp', 'Enter');
  const menu = page.getByRole('menu', { name: 'Действия с сообщением' });
  await expect(menu).toBeVisible();
  for (let step = 0; step < 20 && !(await isFocused(menu.getByRole('menuitem', { name: 'Закрепить' }))); step += 1) {
    await press('ArrowDown');
  }
  await press('Enter');
  await expect(page.getByRole('img', { name: 'Закреплено' })).toBeVisible();
  // Drawn anew it is still where one is.
  await expect(page.locator('.message:focus')).toContainText('Собираемся в девять');

  // What another has written meanwhile.
  const room = Number(/rooms\/(\d+)/.exec(page.url())![1]);
  await boris.page.goto('/');
  await post(boris.page, room, 'Буду');
  await expect(page.getByRole('log')).toContainText('Буду');
  await press('ArrowDown', 'Enter');
  await expect(menu.getByRole('menuitemcheckbox', { name: '👍' })).toBeFocused();
  await press('Enter');
  await expect(page.locator('.reaction')).toHaveText('👍1');

  // The settings, and out.
  await press('Control+k');
  await expect(page.getByRole('dialog').getByRole('combobox')).toBeFocused();
  await keyboard.type('настройки');
  await expect(page.getByRole('dialog').getByRole('option').first()).toContainText('Настройки');
  await press('Enter');
  await expect(page).toHaveURL(/\/settings$/);
  const reading = page.getByRole('checkbox', { name: 'Что я прочитал(а)' });
  await expect(reading).toBeVisible();
  await tabTo(page, reading);
  await press('Space');
  await tabTo(page, page.locator('form[action="/settings/privacy"] button'));
  await press('Enter');
  await page.waitForLoadState('load');
  await hydrated(page);
  await expect(reading).not.toBeChecked();
  await tabTo(page, page.getByRole('button', { name: 'Выйти' }));
  await press('Enter');
  await expect(page).toHaveURL(/\/sign-in/);
});

/** Two who have written to each other, and a room with both. */
async function scene(newPerson: Parameters<Parameters<typeof test>[2]>[0]['newPerson']) {
  const [anna, boris] = [await newPerson('Анна'), await newPerson('Борис')];
  const handles = { anna: newHandle('anna'), boris: newHandle('boris') };
  await signUp(boris.page, handles.boris, 'Борис');
  await signUp(anna.page, handles.anna, 'Анна');
  return { anna, boris, handles };
}

test('by names alone, as a screen reader tells them: rooms, messages and what is done with them', async ({
  newPerson,
}) => {
  const { anna, boris, handles } = await scene(newPerson);
  const { page } = anna;
  await page.goto('/');
  await hydrated(page);
  const list = page.getByRole('navigation', { name: 'Беседы' });
  await expect(page.getByRole('main')).toHaveCount(1);

  // A room, found, made and called into by names.
  await page.getByRole('link', { name: 'Новая комната' }).click();
  await page.getByRole('textbox', { name: 'Название' }).fill('Поход');
  await page.getByRole('radio', { name: /Только по приглашению/ }).check();
  await page.getByRole('button', { name: 'Создать комнату' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Поход' })).toBeVisible();
  await hydrated(page);
  const room = Number(/rooms\/(\d+)/.exec(page.url())![1]);
  const headers = { 'sec-fetch-site': 'same-origin' };
  await page.request.post(`/api/v1/rooms/${room}/members`, { headers, data: { handle: handles.boris } });

  const write = async (text: string) => {
    const field = page.getByRole('textbox', { name: 'Сообщение' });
    await field.fill(text);
    await page.getByRole('button', { name: 'Отправить', exact: true }).click();
  };
  await write('Собираемся в девять');
  await boris.page.goto(`/rooms/${room}`);
  await post(boris.page, room, 'Буду @' + handles.anna);
  const log = page.getByRole('log', { name: 'Сообщения' });
  await expect(log).toMatchAriaSnapshot(`
    - log "Сообщения":
      - list:
        - listitem: Сегодня
        - listitem:
          - text: Анна Собираемся в девять
          - link /\\d+:\\d+ прочитано/
        - listitem:
          - text: Борис
          - paragraph:
            - text: Буду
            - link "@${handles.anna}"
          - link /\\d+:\\d+/
  `);
  // What comes is said; what one has written oneself isn't.
  await expect(page.getByRole('status').filter({ hasText: 'Борис: Буду' })).toHaveCount(1);
  // A line of the list says whose, what, when, and that somebody is there.
  await expect(list.getByRole('link', { name: /^Поход .*Борис: Буду/ })).toHaveCount(1);

  await page.getByRole('link', { name: /О беседе/ }).click();
  const details = page.getByRole('complementary').last();
  await expect(details.getByRole('heading', { name: 'О беседе' })).toBeVisible();
  await expect(details.getByRole('textbox', { name: 'Позвать человека' })).toBeVisible();
  await page.keyboard.press('Escape');

  await page.getByRole('link', { name: /\d+:\d+/ }).last().click();
  const menu = page.getByRole('menu', { name: 'Действия с сообщением' });
  await menu.getByRole('menuitem', { name: 'Ответить' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Борис' }).first()).toBeVisible();
  await write('Отлично');
  await expect(log.getByRole('link', { name: /Борис.*Буду/ })).toBeVisible();

  // The conversation of two: whether the other is there, and how far it has come.
  await page.goto(`/@${handles.boris}`);
  await hydrated(page);
  await write('Возьми карту');
  await expect(page.getByRole('link', { name: /\d+:\d+ (отправлено|доставлено)/ })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('в сети');
  await expect(list.getByRole('link', { name: /в сети.*Борис|Борис.*в сети/ })).toHaveCount(1);
});

test('every page has one heading, one main part, and a name for everything that can be used', async ({ newPerson }) => {
  const { anna, boris, handles } = await scene(newPerson);
  const { page } = anna;
  await page.goto(`/@${handles.boris}`);
  await hydrated(page);
  await page.getByRole('textbox', { name: 'Сообщение' }).fill('привет');
  await page.getByRole('button', { name: 'Отправить', exact: true }).click();
  await expect(page.locator('.message .mark')).toHaveCount(1);
  const made = await page.request.post('/api/v1/rooms', {
    headers: { 'sec-fetch-site': 'same-origin' },
    data: { name: 'Своя', kind: 'open' },
  });
  const room = (await made.json()).room.id;
  await post(page, room, 'первое');
  await boris.page.goto('/');
  const pages = [
    '/',
    `/rooms/${room}`,
    `/rooms/${room}/details`,
    `/@${handles.boris}`,
    `/@${handles.boris}/details`,
    `/@${handles.anna}`,
    '/new',
    '/rooms/new',
    '/rooms',
    '/find?q=бор',
    '/settings',
    '/share?text=слово',
  ];
  const session = await page.context().newCDPSession(page);
  for (const path of pages) {
    await page.goto(path);
    await hydrated(page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const told = nodes.filter((node) => !node.ignored);
    const of = (...roles: string[]) => told.filter((node) => roles.includes(node.role?.value));
    const used = of('button', 'link', 'textbox', 'checkbox', 'radio', 'combobox', 'menuitem', 'option', 'searchbox');
    expect(used.length, path).toBeGreaterThan(3);
    const unnamed = used.filter((node) => !node.name?.value?.trim()).map((node) => node.role?.value);
    expect(unnamed, `${path}: without a name`).toEqual([]);
    expect(of('main').length, `${path}: main parts`).toBe(1);
    const tops = of('heading').filter((node) => node.properties?.some((one) => one.name === 'level' && one.value.value === 1));
    expect(tops.map((node) => node.name?.value).length, `${path}: headings of the page`).toBe(1);
  }
});
