// Chromium of the system, one server per test (or more: a test may start its own).

import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  // Patience for machines that have more to do than this; nothing is waited out that is there.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  // One waits for its server or kernel while the other works.
  workers: 2,
  retries: 0,
  forbidOnly: true,
  reporter: 'list',
  use: {
    actionTimeout: 60_000,
    viewport: { width: 1400, height: 900 },
    // Pages ask the server itself, but in the tests of the app shell.
    serviceWorkers: 'block',
    screenshot: 'only-on-failure',
    // It takes a picture of the page with every action: `TRACE=1` when one is wanted.
    trace: process.env['TRACE'] ? 'retain-on-failure' : 'off',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-dev-shm-usage',
        '--disable-gpu',
        '--disable-background-networking'
      ]
    }
  }
});
