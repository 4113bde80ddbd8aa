// The service worker that brings JupyterLab up while the server is away: switched on and off here.

import { URLExt } from '@jupyterlab/coreutils';

/**
 * Where our server half serves it, below the base URL.
 */
const SCRIPT = 'anode/api/shell.js';

/**
 * What the shell needs of the browser.
 */
export interface IShellBrowser {
  /**
   * Undefined where there are none, as without HTTPS.
   */
  readonly workers: ServiceWorkerContainer | undefined;
  readonly caches: CacheStorage | undefined;

  /**
   * Tell the addresses of what the page is made of and asked for, once each.
   */
  watchParts(tell: (urls: readonly string[]) => void): void;
}

/**
 * The app shell of one server.
 */
export class AppShell {
  /**
   * @param _base - the server's base URL.
   */
  constructor(
    private readonly _browser: IShellBrowser,
    private readonly _base: string
  ) {
    if (_browser.workers) {
      _browser.watchParts(urls => {
        this._parts.push(...urls);
        this._tell('more', urls);
      });
    }
  }

  /**
   * Keep what this page is made of. A worker of somebody else is left alone.
   */
  async keep(): Promise<void> {
    const { workers } = this._browser;
    this._isWanted = true;
    if (!workers || (await this._find()) === 'foreign') {
      return;
    }
    const url = URLExt.join(this._base, SCRIPT);
    // Not `workers.ready`: it stays with the first registration, also when that one is gone.
    const registration = await workers.register(url, {
      scope: this._base,
      updateViaCache: 'none'
    });
    this._worker = await activated(registration);
    if (!this._isWanted) {
      // Somebody logged out meanwhile.
      await this.forget();
      return;
    }
    this._tell('keep', this._parts);
  }

  /**
   * Keep nothing any more.
   */
  async forget(): Promise<void> {
    this._isWanted = false;
    const found = await this._find();
    if (found !== null && found !== 'foreign') {
      await found.unregister();
    }
    const { caches } = this._browser;
    const path = new URL(this._base).pathname;
    const ours = ((await caches?.keys()) ?? []).filter(
      name => name.startsWith('anode-shell-') && name.endsWith(`:${path}`)
    );
    for (const name of ours) {
      await caches?.delete(name);
    }
  }

  /**
   * After `keep` there is something to keep in; `more` is dropped when all was forgotten since, also
   * by another tab.
   */
  private _tell(type: 'keep' | 'more', urls: readonly string[]): void {
    if (this._isWanted) {
      this._worker?.postMessage({ type, urls });
    }
  }

  /**
   * The worker that is there, if any.
   */
  private async _find(): Promise<ServiceWorkerRegistration | 'foreign' | null> {
    const found = await this._browser.workers?.getRegistration(this._base);
    if (!found || found.scope !== this._base) {
      return null;
    }
    const { active, waiting, installing } = found;
    const script = (active ?? waiting ?? installing)?.scriptURL ?? '';
    return script.endsWith(SCRIPT) ? found : 'foreign';
  }

  private readonly _parts: string[] = [];
  private _worker: ServiceWorker | null = null;
  private _isWanted = false;
}

/**
 * This browser; it refuses some of it in private windows and without HTTPS.
 */
export function shellBrowser(): IShellBrowser {
  const { serviceWorker: workers } = navigator as {
    serviceWorker?: ServiceWorkerContainer;
  };
  const { caches } = window as { caches?: CacheStorage };
  return { workers, caches, watchParts };
}

/**
 * @returns the registration's worker once it is active; null when it does not become that.
 */
async function activated({
  active,
  waiting,
  installing
}: ServiceWorkerRegistration): Promise<ServiceWorker | null> {
  const coming = waiting ?? installing;
  if (active || !coming) {
    return active;
  }
  return new Promise(resolve => {
    const look = (): void => {
      if (coming.state === 'activated' || coming.state === 'redundant') {
        coming.removeEventListener('statechange', look);
        resolve(coming.state === 'activated' ? coming : null);
      }
    };
    coming.addEventListener('statechange', look);
    look();
  });
}

function watchParts(tell: (urls: readonly string[]) => void): void {
  const { origin, pathname } = window.location;
  const told = new Set<string>();
  const tellNew = (names: readonly string[]) => {
    // JupyterLab adds the time to what must not be cached.
    const plain = names.map(name => name.replace(/[?&]\d+$/, ''));
    const fresh = [...new Set(plain)].filter(name => !told.has(name));
    fresh.forEach(name => told.add(name));
    if (fresh.length > 0) {
      tell(fresh);
    }
  };
  tellNew([origin + pathname]);
  const observer = new PerformanceObserver(list => {
    tellNew(list.getEntries().map(({ name }) => name));
  });
  observer.observe({ type: 'resource', buffered: true });
}
