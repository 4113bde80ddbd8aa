// The service worker itself, in a browser that is made of a few maps.

import { readFileSync } from 'fs';
import { join } from 'path';
import { runInNewContext } from 'vm';

const HANDLERS = join(__dirname, '../../../anode_jlab/handlers');
const SCRIPT = ['shell_kept.js', 'shell_worker.js']
  .map(part => readFileSync(join(HANDLERS, part), 'utf8'))
  .join('\n');

const ORIGIN = 'http://127.0.0.1:8888';
const BASE = `${ORIGIN}/lab-of-ada/`;
const CACHE = 'anode-shell-1:/lab-of-ada/';
const MAIN = `${BASE}static/lab/main.0123456789abcdef.js`;

/**
 * An answer, as much of one as the worker looks at.
 */
class Answer {
  constructor(
    private readonly _body: string,
    options: { status?: number; headers?: Iterable<[string, string]> } = {}
  ) {
    this.status = options.status ?? 200;
    this.headers = new Map(options.headers ?? []);
  }

  static json(value: unknown): Answer {
    return new Answer(JSON.stringify(value));
  }

  static redirect(to: URL): Answer {
    return new Answer('', { status: 302, headers: [['Location', to.href]] });
  }

  static error(): Answer {
    return new Answer('', { status: 0 });
  }

  readonly status: number;
  readonly headers: Map<string, string>;
  readonly type = 'basic';
  readonly redirected = false;

  get ok(): boolean {
    return this.status === 200;
  }

  clone(): Answer {
    return this;
  }

  async text(): Promise<string> {
    return this._body;
  }

  async json(): Promise<unknown> {
    return JSON.parse(this._body);
  }
}

function pageWith(config: object): Answer {
  const json = JSON.stringify(config);
  return new Answer(
    `<script id="jupyter-config-data" type="application/json">${json}</script>`,
    { headers: [['Content-Security-Policy', "frame-ancestors 'self'"]] }
  );
}

const REMOTE = `${BASE}lab/extensions/anode-jlab/static/remoteEntry.1.js`;

const CONFIG = {
  appName: 'JupyterLab',
  appVersion: '4.6.3',
  token: 'secret',
  treePath: 'other.ipynb',
  anode: { ready: true },
  federated_extensions: [{ name: 'anode-jlab', load: 'remoteEntry.1.js' }]
};

type Work = Promise<unknown>;

/**
 * A browser with the worker in it, and a server that can be away.
 */
class Browser {
  constructor() {
    const self = {
      registration: {
        scope: BASE,
        unregister: async () => {
          this.isLeft = true;
        }
      },
      location: new URL(`${BASE}anode/api/shell.js`),
      clients: { matchAll: async () => [{ id: 'reloaded' }] },
      skipWaiting: () => undefined,
      addEventListener: (name: string, heard: (event: object) => void) => {
        this._heard.set(name, heard);
      }
    };
    const fetching = async (asked: string | URL | { url: string }) => {
      const url =
        typeof asked === 'object' && 'url' in asked ? asked.url : String(asked);
      this.asked.push(url);
      if (this.isAway) {
        throw new TypeError('Failed to fetch');
      }
      const answer = this.answers.get(url.split('?')[0]!);
      return answer?.() ?? new Answer('', { status: 404 });
    };
    runInNewContext(SCRIPT, {
      self,
      caches: this._caches(),
      fetch: fetching,
      Response: Answer,
      Headers: Map,
      URL,
      setTimeout
    });
  }

  readonly answers = new Map<string, () => Answer>([
    [`${BASE}anode/api/shell.js`, () => new Answer('')],
    [`${BASE}lab/tree/day.ipynb`, () => pageWith(CONFIG)],
    [MAIN, () => new Answer('main')],
    [REMOTE, () => new Answer('remote')],
    [`${BASE}api/me`, () => new Answer('{"identity": {}}')],
    [`${BASE}api/sessions`, () => new Answer('[{"id": "a"}]')]
  ]);

  readonly asked: string[] = [];
  readonly stores = new Map<string, Map<string, Answer>>();
  isAway = false;
  isLeft = false;

  async tell(type: string, ...urls: string[]): Promise<void> {
    await this._happen('message', { data: { type, urls } });
  }

  /**
   * @returns the answer; null when the worker leaves it to the browser.
   */
  async get(url: string, options: object = {}): Promise<Answer | null> {
    const request = {
      method: 'GET',
      mode: 'cors',
      headers: new Map(),
      url,
      ...options
    };
    let answer: Promise<Answer> | null = null;
    await this._happen('fetch', {
      request,
      clientId: 'tab',
      resultingClientId: 'reloaded',
      ...options,
      respondWith: (given: Promise<Answer>) => {
        given.catch(() => undefined);
        answer = given;
      }
    });
    return answer;
  }

  open(path: string): Promise<Answer | null> {
    return this.get(BASE + path, { mode: 'navigate' });
  }

  private async _happen(name: string, event: object): Promise<void> {
    const works: Work[] = [];
    const given = event as { respondWith?: (work: unknown) => void };
    this._heard.get(name)!({
      ...event,
      respondWith: (work: Work) => {
        given.respondWith?.(work);
        works.push(work.catch(() => undefined));
      },
      waitUntil: (work: Work) => works.push(work)
    });
    for (let at = 0; at < works.length; at++) {
      await works[at];
    }
  }

  private _caches(): object {
    const of = (name: string) => {
      const store = this.stores.get(name) ?? new Map<string, Answer>();
      this.stores.set(name, store);
      return store;
    };
    return {
      open: async (name: string) => {
        const store = of(name);
        return {
          put: async (key: string, answer: Answer) => store.set(key, answer),
          delete: async ({ url }: { url: string }) => store.delete(url),
          keys: async () => [...store.keys()].map(url => ({ url }))
        };
      },
      has: async (name: string) => this.stores.has(name),
      delete: async (name: string) => this.stores.delete(name),
      match: async (key: string, { cacheName }: { cacheName: string }) =>
        this.stores.get(cacheName)?.get(key)?.clone()
    };
  }

  private readonly _heard = new Map<string, (event: object) => void>();
}

async function visited(): Promise<Browser> {
  const browser = new Browser();
  await browser.tell(
    'keep',
    `${BASE}lab/tree/day.ipynb`,
    MAIN,
    REMOTE,
    `${BASE}api/me?1700000000000`
  );
  return browser;
}

describe('the app shell', () => {
  it('asks the server while it is there', async () => {
    const browser = await visited();
    browser.answers.set(MAIN, () => new Answer('newer'));
    expect(await (await browser.get(MAIN))?.text()).toBe('newer');
    browser.answers.set(`${BASE}lab`, () => pageWith({ ...CONFIG, hub: 1 }));
    expect(await (await browser.open('lab'))?.text()).toContain('"hub":1');
  });

  it('keeps nothing before a page asks for it', async () => {
    const browser = new Browser();
    await browser.open('lab/tree/day.ipynb');
    await browser.get(MAIN);
    await browser.tell('more', MAIN);
    expect(browser.stores.size).toBe(0);
  });

  it('brings a page up without the server, for the address that was opened', async () => {
    const browser = await visited();
    browser.isAway = true;
    const page = await browser.open('lab/workspaces/w/tree/week/a%20b.ipynb');
    const html = await page!.text();
    expect(html).toContain('"treePath":"week/a b.ipynb"');
    expect(html).toContain('"workspace":"w"');
    expect(html).toContain('"token":""');
    expect(html).not.toContain('secret');
    expect(page!.headers.get('Content-Security-Policy')).toBe(
      "frame-ancestors 'self'"
    );
    const here = { clientId: 'reloaded' };
    expect(await (await browser.get(MAIN, here))?.text()).toBe('main');
    expect(await (await browser.get(REMOTE, here))?.text()).toBe('remote');
    const me = await browser.get(`${BASE}api/me?1700000000001`, here);
    expect(await me?.text()).toContain('identity');
    const sessions = await browser.get(`${BASE}api/sessions?1`, here);
    expect(await sessions?.text()).toBe('[]');
    browser.isAway = false;
    const back = await browser.get(`${BASE}api/sessions?2`, here);
    expect(await back?.text()).toContain('"a"');
  });

  it('tells other pages nothing but what the server says', async () => {
    const browser = await visited();
    browser.isAway = true;
    await expect(browser.get(`${BASE}api/sessions`)).rejects.toThrow('fetch');
    await expect(browser.get(`${BASE}api/me`)).rejects.toThrow('fetch');
    // A file that says in its name what is in it cannot be another one.
    expect(await (await browser.get(MAIN))?.text()).toBe('main');
  });

  it('leads from the address of the server to its page', async () => {
    const browser = await visited();
    browser.isAway = true;
    const answer = await browser.open('');
    expect(answer?.headers.get('Location')).toBe(`${BASE}lab`);
  });

  it('lets what is not its business pass', async () => {
    const browser = await visited();
    const others = [
      `${BASE}anode/api/health`,
      `${BASE}api/contents/day.ipynb?type=notebook&content=1`,
      `${BASE}api/contents/day.ipynb/checkpoints`,
      `${BASE}files/day.ipynb`,
      `${ORIGIN}/lab-of-ben/static/main.js`
    ];
    for (const url of others) {
      expect(await browser.get(url)).toBeNull();
    }
    expect(await browser.get(MAIN, { method: 'POST' })).toBeNull();
    expect(await browser.open('proxy/8050/')).toBeNull();
  });

  it('does not keep what a file holds', async () => {
    const browser = await visited();
    const url = `${BASE}api/contents/day.md`;
    browser.answers.set(
      url,
      () => new Answer('{"type": "file", "content": "private"}')
    );
    await browser.get(url);
    const folder = `${BASE}api/contents/`;
    browser.answers.set(
      folder,
      () => new Answer('{"type": "directory", "content": []}')
    );
    await browser.get(`${folder}?content=1&1700000000000`);
    const kept = [...browser.stores.get(CACHE)!.keys()];
    expect(kept).toContain(`${folder}?content=1`);
    expect(kept).not.toContain(url);
  });

  it('begins afresh with another set of extensions', async () => {
    const browser = await visited();
    const other = { ...CONFIG, federated_extensions: [] };
    browser.answers.set(`${BASE}lab`, () => pageWith(other));
    await browser.open('lab');
    expect([...browser.stores.get(CACHE)!.keys()]).not.toContain(MAIN);
    browser.isAway = true;
    expect(await (await browser.open('lab'))!.text()).toContain(
      '"federated_extensions":[]'
    );
  });

  it('leaves no trace when the server does without it', async () => {
    const disabled = await visited();
    disabled.answers.set(`${BASE}lab`, () =>
      pageWith({ ...CONFIG, anode: { ready: false, disabled: true } })
    );
    await disabled.open('lab');
    expect(disabled.isLeft).toBe(true);
    expect(disabled.stores.size).toBe(0);

    const uninstalled = await visited();
    uninstalled.answers.clear();
    await uninstalled.open('login');
    expect(uninstalled.isLeft).toBe(true);
    expect(uninstalled.stores.size).toBe(0);

    const away = await visited();
    away.isAway = true;
    await away.open('login');
    expect(away.isLeft).toBe(false);
  });

  it('forgets when somebody logs out', async () => {
    const browser = await visited();
    await browser.open('logout');
    expect(browser.stores.size).toBe(0);
    await browser.tell('more', MAIN);
    expect(browser.stores.size).toBe(0);
  });
});
