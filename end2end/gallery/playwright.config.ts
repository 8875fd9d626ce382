import { defineConfig } from '@playwright/test';

import base from '../playwright.config';

/** The pictures of every page: `make screenshots`. */
export default defineConfig({
  ...base,
  testDir: '.',
  testMatch: 'pictures.ts',
  outputDir: '../test-results/gallery',
  fullyParallel: true,
  reporter: 'list',
  timeout: 180_000,
  globalTeardown: './contents.ts',
});
