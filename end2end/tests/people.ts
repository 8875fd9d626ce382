import { expect, type Page } from '@playwright/test';

import type { Server } from './server';

/** Good enough for every rule. */
export const PASSWORD = 'утренний чай у окна';

let made = 0;

/** A handle that nobody has yet: workers and tests share a server. */
export function newHandle(name: string): string {
  made += 1;
  return `${name}${process.pid.toString(36)}x${made}`;
}

/** Fills in and sends the form of the first run or of signing up; one works as the other. */
export async function fillAccount(page: Page, handle: string, name: string): Promise<void> {
  await page.locator('input[name=name]').fill(name);
  await page.locator('input[name=handle]').fill(handle);
  await page.locator('input[name=password]').fill(PASSWORD);
  await page.locator('form:has(input[name=password]) button').click();
}

/** Makes an account and lands on the list; the first one of all comes through the first run. */
export async function signUp(page: Page, handle: string, name: string): Promise<void> {
  await page.goto('/sign-up');
  await fillAccount(page, handle, name);
  await expect(page.locator('.sidebar')).toBeVisible();
}

/** Waits until scripts have taken over: before that a click loads a page, and an Enter is a form's. */
export async function hydrated(page: Page): Promise<void> {
  await page.waitForFunction(() => document.documentElement.dataset.hydrated !== undefined);
}

/** Writes into the conversation on screen as a person does. */
export async function write(page: Page, text: string): Promise<void> {
  const field = page.locator('.composer textarea');
  await field.fill(text);
  await field.press('Enter');
}

/** A message on screen, by its text. */
export function message(page: Page, text: string) {
  return page.locator('.message', { hasText: text });
}

/** Makes sure that somebody has been through the first run. */
export async function settle(server: Server): Promise<void> {
  const response = await fetch(`${server.address}/first-run`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ handle: 'owner', name: 'Хозяйка', password: PASSWORD }),
  });
  expect(response.status).toBe(303);
}
