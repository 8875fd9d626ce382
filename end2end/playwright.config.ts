import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'tests',
  // A machine that is busy with something else may stand still for seconds.
  timeout: 60_000,
  expect: { timeout: 10_000 },
  workers: 2,
  // A test that passes only at times is a fault to find: the last words say why it failed the first time. It doesn't
  // hold up all that the others show, though, save where it may be a message that was lost: those set 0.
  retries: 1,
  reporter: [['list'], ['./last-words.ts']],
  use: {
    locale: 'ru-RU',
    // What hasn't happened by then never will.
    actionTimeout: 20_000,
    navigationTimeout: 20_000,
    screenshot: 'only-on-failure',
  },
  projects: [
    {
      name: 'chromium',
      use: {
        launchOptions: {
          // scripts/env says which; none means Playwright's own.
          executablePath: process.env.CHROMIUM || undefined,
          // Quiet: nothing but the pages under test uses the network. No sandbox: it cannot run as root.
          args: [
            '--no-sandbox',
            '--disable-background-networking',
            '--disable-component-update',
            '--no-first-run',
            '--disable-gpu',
            '--disable-quic',
            '--disable-sync',
          ],
        },
      },
    },
  ],
});
