import { defineConfig } from '@playwright/test';

import base from '../playwright.config';

/** Measurements: `make bench`. Alone, or they would measure each other. */
export default defineConfig({
  ...base,
  testDir: '.',
  testMatch: '*.bench.ts',
  outputDir: '../test-results/bench',
  workers: 1,
  timeout: 300_000,
  reporter: 'line',
});
