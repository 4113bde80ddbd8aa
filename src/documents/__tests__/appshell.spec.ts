// The app shell is switched on and off.

import { AppShell } from '../appshell';

const BASE = 'http://127.0.0.1:8888/user/ada/';
const SCRIPT = `${BASE}anode/api/shell.js`;

/**
 * A browser with at most one worker.
 */
class Browser {
  readonly told: object[] = [];
  readonly names = new Set<string>([
    'anode-shell-1:/user/ada/',
    'anode-shell-1:/user/ben/',
    'somebody-else'
  ]);
  script: string | null = null;
  worker: object | null = null;
  tell: ((urls: readonly string[]) => void) | null = null;

  readonly caches = {
    keys: async () => [...this.names],
    delete: async (name: string) => this.names.delete(name)
  } as unknown as CacheStorage;

  /**
   * As browsers have it: each registration has a worker of its own, which is active a little later.
   */
  readonly workers = {
    register: async (script: string) => {
      this.script = script;
      const worker = Object.assign(new EventTarget(), {
        state: 'installing',
        postMessage: (said: object) => {
          if (worker.state === 'activated' && worker === this.worker) {
            this.told.push(JSON.parse(JSON.stringify(said)) as object);
          }
        }
      });
      this.worker = worker;
      void Promise.resolve().then(() => {
        worker.state = 'activated';
        worker.dispatchEvent(new Event('statechange'));
      });
      return { active: null, waiting: null, installing: worker };
    },
    getRegistration: async () =>
      this.script === null
        ? undefined
        : {
            scope: BASE,
            active: { scriptURL: this.script },
            unregister: async () => {
              this.script = null;
              this.worker = null;
            }
          }
  } as unknown as ServiceWorkerContainer;

  watchParts(tell: (urls: readonly string[]) => void): void {
    this.tell = tell;
    tell(['first.js']);
  }
}

describe('AppShell', () => {
  it('tells the worker what to keep, until it is told to forget', async () => {
    const browser = new Browser();
    const shell = new AppShell(browser, BASE);
    await shell.keep();
    expect(browser.script).toBe(SCRIPT);
    browser.tell!(['late.js']);
    expect(browser.told).toEqual([
      { type: 'keep', urls: ['first.js'] },
      { type: 'more', urls: ['late.js'] }
    ]);

    await shell.forget();
    expect(browser.script).toBeNull();
    expect([...browser.names]).toEqual([
      'anode-shell-1:/user/ben/',
      'somebody-else'
    ]);
    browser.tell!(['later.js']);
    expect(browser.told).toHaveLength(2);

    await shell.keep();
    expect(browser.told[2]).toEqual({
      type: 'keep',
      urls: ['first.js', 'late.js', 'later.js']
    });
  });

  it('leaves nothing behind when somebody logs out while it begins', async () => {
    const browser = new Browser();
    const shell = new AppShell(browser, BASE);
    const begun = shell.keep();
    await shell.forget();
    await begun;
    expect(browser.script).toBeNull();
    expect(browser.told).toEqual([]);
  });

  it("leaves somebody else's worker alone", async () => {
    const browser = new Browser();
    browser.script = `${BASE}other.js`;
    const shell = new AppShell(browser, BASE);
    await shell.keep();
    await shell.forget();
    expect(browser.script).toBe(`${BASE}other.js`);
    expect(browser.told).toEqual([]);
  });

  it('does without workers', async () => {
    const { caches } = new Browser();
    const watchParts = jest.fn();
    const shell = new AppShell(
      { workers: undefined, caches, watchParts },
      BASE
    );
    await shell.keep();
    await shell.forget();
    expect(watchParts).not.toHaveBeenCalled();
  });
});
