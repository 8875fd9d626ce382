import {
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  type Response,
  test as base,
} from '@playwright/test';

import { Server } from './server';

export { expect } from '@playwright/test';
export type { Server };

/**
 * A fault that a test provokes on purpose, and so expects:
 * a response (`status` is its code), a request that got none (`status: 'none'`),
 * or words in the console or in an uncaught error.
 */
export type Allowed = { url: RegExp; status: number | 'none' } | { text: RegExp };

/** Someone with a browser of their own: other cookies and other storage than everyone else's. */
export interface Person {
  name: string;
  context: BrowserContext;
  page: Page;
  /** Adds to the faults expected of this person's browser; what happened already counts too. */
  allow(...allowed: Allowed[]): void;
}

type NewPerson = (name: string, options?: BrowserContextOptions) => Promise<Person>;

interface TestFixtures {
  /** Expects a fault of everyone: `test.beforeEach(({ allow }) => allow({ url: /sign-in/, status: 422 }))`. */
  allow: (...allowed: Allowed[]) => void;
  /** `const anna = await newPerson('Анна')`; with options as `{ locale: 'en-GB' }` or a phone's `viewport`. */
  newPerson: NewPerson;
  everyone: Allowed[];
  serverLogOnFailure: void;
}

interface WorkerFixtures {
  /** A file that wants a server to itself gives it a name: `test.use({ ownServer: 'search' })`. */
  ownServer: string;
  /** Environment variables for the server, which then is the file's own as well. */
  serverEnv: Record<string, string>;
  /** The messenger under test, one for all tests of a worker that do not ask for their own. */
  server: Server;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  // Playwright gives each different value a worker of its own, and with it a server.
  ownServer: ['', { scope: 'worker', option: true }],
  serverEnv: [{}, { scope: 'worker', option: true }],

  server: [
    async ({ ownServer: _, serverEnv }, use) => {
      const server = await Server.create(serverEnv);
      await use(server);
      await server.remove();
    },
    { scope: 'worker', timeout: 30_000 },
  ],

  baseURL: async ({ server }, use) => use(server.address),

  everyone: async ({}, use) => use([]),

  allow: async ({ everyone }, use) => use((...allowed) => void everyone.push(...allowed)),

  newPerson: async ({ browser, baseURL, locale, everyone }, use) => {
    const watches: Watch[] = [];

    await use(async (name, options = {}) => {
      // Service workers stand between a page and what a test puts there; whoever tests them lets them in.
      const context = await browser.newContext({ baseURL, locale, serviceWorkers: 'block', ...options });
      const watch = new Watch(name, context);
      watches.push(watch);
      const page = await context.newPage();
      return { name, context, page, allow: (...more) => void watch.allowed.push(...more) };
    });

    // Judged before the browsers close, since closing cuts off requests that were well.
    const faults = watches.flatMap((watch) => watch.faults(everyone));
    await Promise.all(watches.map((watch) => watch.context.close()));
    if (faults.length > 0) throw new Error(`Faults that no test expects:\n${faults.join('\n')}`);
  },

  serverLogOnFailure: [
    async ({ server }, use, testInfo) => {
      await use();
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach('server.log', { body: server.log, contentType: 'text/plain' });
      }
    },
    { auto: true },
  ],
});

type Fault = { url: string; status: number | 'none'; detail: string } | { text: string; detail: string };

/** Writes down everything that goes wrong in one person's browser, in all of its pages. */
class Watch {
  readonly allowed: Allowed[] = [];
  private readonly seen: Fault[] = [];

  constructor(
    private readonly name: string,
    readonly context: BrowserContext,
  ) {
    context.on('weberror', (event) => {
      const error = event.error();
      this.seen.push({ text: error.message, detail: `uncaught: ${error.stack ?? error.message}` });
    });
    context.on('console', (message) => {
      // A request that failed is in the console too, but the events below know more of it.
      if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return;
      // The page's own doing, as below: it went while a chunk was on its way.
      if (message.text().includes('Response body loading was aborted')) return;
      this.seen.push({ text: message.text(), detail: `console: ${message.text()}` });
    });
    context.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? '';
      // The page's own doing: it went elsewhere, or called the request off.
      if (reason === 'net::ERR_ABORTED') return;
      this.seen.push({ url: request.url(), status: 'none', detail: `${request.method()} ${request.url()}: ${reason}` });
    });
    context.on('response', (response: Response) => {
      const status = response.status();
      if (status < 400) return;
      const detail = `${response.request().method()} ${response.url()}: ${status}`;
      this.seen.push({ url: response.url(), status, detail });
    });
  }

  faults(everyone: Allowed[]): string[] {
    const expected = [...everyone, ...this.allowed];
    return this.seen
      .filter((fault) => !expected.some((allowed) => matches(allowed, fault)))
      .map((fault) => `${this.name}: ${fault.detail}`);
  }
}

function matches(allowed: Allowed, fault: Fault): boolean {
  if ('text' in allowed) return 'text' in fault && allowed.text.test(fault.text);
  return 'url' in fault && allowed.status === fault.status && allowed.url.test(fault.url);
}
