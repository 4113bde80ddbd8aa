// The fixtures of the browser tests: servers, and people each with a browser of their own.

import { writeFileSync } from 'node:fs';

import { test as base } from '@playwright/test';
import type { BrowserContext, Page } from '@playwright/test';

import { Server } from './server.ts';
import type { IServerOptions } from './server.ts';

/**
 * So many of the last letters of a server's log are printed after a test that failed.
 */
const LOG_TAIL = 4_000;

interface IFixtures {
  /**
   * Start a server that ends with the test.
   */
  startServer(options?: IServerOptions): Promise<Server>;

  /**
   * A server with our extension at its defaults.
   */
  server: Server;

  /**
   * A page in a browser context of its own: another person.
   */
  person(): Promise<Page>;
}

export const test = base.extend<IFixtures>({
  startServer: async ({}, use, info) => {
    const servers: Server[] = [];
    await use(async options => {
      const server = new Server(options);
      servers.push(server);
      await server.start();
      return server;
    });
    for (const server of servers) {
      if (info.status !== info.expectedStatus) {
        // As a file: what is attached as text is cut.
        const path = info.outputPath(`server-${server.port}.log`);
        writeFileSync(path, server.log);
        await info.attach('server.log', { path });
        console.log(server.log.slice(-LOG_TAIL));
      }
      await server.dispose();
    }
  },

  server: async ({ startServer }, use) => {
    await use(await startServer());
  },

  person: async ({ browser }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext();
      contexts.push(context);
      return context.newPage();
    });
    for (const context of contexts) {
      await context.close();
    }
  }
});

export { expect } from '@playwright/test';
