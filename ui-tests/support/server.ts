// A real JupyterLab server as a child process, with folders of its own.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/**
 * The interpreter that the servers run with.
 */
export const PYTHON = resolve(
  process.env['ANODE_TEST_PYTHON'] ?? '../.venv/bin/python'
);

/**
 * It makes servers start in less than half the time.
 */
const QUICK_START = resolve('../tests/quick_start');

const START_TIMEOUT_MS = 120_000;
const END_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/**
 * Each of the processes that run tests side by side has its own, below those that the system gives.
 */
const PORTS = {
  first: 20_000 + 4_000 * (Number(process.env['TEST_PARALLEL_INDEX'] ?? 0) % 3),
  count: 4_000,
  next: process.pid
};

/**
 * What a server is started with.
 */
export interface IServerOptions {
  /**
   * `lab` or `notebook`.
   */
  app?: 'lab' | 'notebook';

  /**
   * Further command-line arguments.
   */
  args?: string[];

  /**
   * Variables of its environment and its kernels', beside those of the tests.
   */
  env?: Record<string, string>;

  /**
   * Lines of a `jupyter_server_config.py`.
   */
  config?: string;

  /**
   * Server extensions that are switched off.
   */
  without?: string[];

  /**
   * Where the event logs go, below the server's folder; nothing is made there.
   */
  store?: string;

  /**
   * Another server of the same person, with whom files and event logs are shared.
   */
  beside?: Server;
}

/**
 * One server; it can be killed and started again on the same port, folder and store.
 */
export class Server {
  readonly base: string;
  readonly root: string;
  readonly store: string;
  readonly token = 'test-token';
  port = 0;

  constructor(options: IServerOptions = {}) {
    this._options = options;
    this.base = mkdtempSync(join(tmpdir(), 'anode-ui-'));
    this.root = options.beside?.root ?? join(this.base, 'root');
    this.store =
      options.beside?.store ?? join(this.base, options.store ?? 'store');
    for (const folder of [this.root, join(this.base, 'config')]) {
      mkdirSync(folder, { recursive: true });
    }
    const notification = join(
      this.base,
      'settings',
      '@jupyterlab',
      'apputils-extension'
    );
    mkdirSync(notification, { recursive: true });
    writeFileSync(
      join(notification, 'notification.jupyterlab-settings'),
      JSON.stringify({ fetchNews: 'false', checkForUpdates: false })
    );
    writeFileSync(
      join(this.base, 'config', 'jupyter_server_config.py'),
      options.config ?? ''
    );
  }

  /**
   * The address that every address begins with.
   */
  get origin(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /**
   * The address of a page or route.
   */
  url(path: string): string {
    const separator = path.includes('?') ? '&' : '?';
    return `http://127.0.0.1:${this.port}/${path}${separator}token=${this.token}`;
  }

  /**
   * Start, and wait until it answers.
   */
  async start(): Promise<void> {
    this.port ||= await freePort();
    const app = this._options.app === 'notebook' ? 'notebook' : 'jupyterlab';
    this._process = spawn(
      PYTHON,
      [
        '-m',
        app,
        '--no-browser',
        '--allow-root',
        '--ip=127.0.0.1',
        `--ServerApp.port=${this.port}`,
        '--ServerApp.port_retries=0',
        `--IdentityProvider.token=${this.token}`,
        `--ServerApp.root_dir=${this.root}`,
        `--AnodeConfig.store_dir=${this.store}`,
        '--LabApp.expose_app_in_browser=True',
        '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
        '--LabApp.news_url=',
        `--ServerApp.jpserver_extensions=${off(
          // It would put its own contents manager in place for every test.
          'jupyterlab_jupytext',
          ...(this._options.without ?? [])
        )}`,
        ...(this._options.args ?? [])
      ],
      {
        cwd: this.root,
        env: {
          ...process.env,
          // A kernel that is started ahead competes with the browser.
          ANODE_WARM_POOL_SIZE: '0',
          PYTHONFAULTHANDLER: '1',
          PATH: `${dirname(PYTHON)}:${process.env['PATH'] ?? ''}`,
          PYTHONPATH: [QUICK_START, process.env['PYTHONPATH']]
            .filter(Boolean)
            .join(':'),
          JUPYTER_CONFIG_DIR: join(this.base, 'config'),
          JUPYTER_DATA_DIR: join(this.base, 'data'),
          JUPYTER_RUNTIME_DIR: join(this.base, 'runtime'),
          JUPYTERLAB_SETTINGS_DIR: join(this.base, 'settings'),
          JUPYTERLAB_WORKSPACES_DIR: join(this.base, 'workspaces'),
          ...this._options.env
        },
        stdio: ['ignore', 'pipe', 'pipe']
      }
    );
    for (const stream of [this._process.stdout, this._process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this._log += chunk.toString();
      });
    }
    await this._untilAnswering();
  }

  /**
   * `kill -9`.
   */
  async kill(): Promise<void> {
    await this._end('SIGKILL');
  }

  /**
   * End it the polite way.
   *
   * A Jupyter server that is told to end while it lists its exporters, which takes seconds and every
   * page asks for, never does: a thread of its waits for ever.
   */
  async stop(): Promise<void> {
    await this.jupyter('api/nbconvert');
    await this._end('SIGTERM');
  }

  /**
   * End it and remove its folders.
   */
  async dispose(): Promise<void> {
    await this._end('SIGKILL');
    rmSync(this.base, { recursive: true, force: true, maxRetries: 5 });
  }

  /**
   * Write a file into the root folder.
   */
  write(name: string, content: string): void {
    writeFileSync(join(this.root, name), content);
  }

  /**
   * Read a file of the root folder.
   */
  read(name: string): string {
    return readFileSync(join(this.root, name), 'utf8');
  }

  /**
   * Ask a route of ours; the answer's JSON.
   */
  async api<T>(method: string, path: string, body?: object): Promise<T> {
    return this._ask(method, `anode/api/${path}`, body);
  }

  /**
   * Ask a route of the Jupyter server itself; the answer's JSON.
   */
  async jupyter<T>(path: string): Promise<T> {
    return this._ask('GET', path);
  }

  private async _ask<T>(
    method: string,
    path: string,
    body?: object
  ): Promise<T> {
    const response = await fetch(
      `http://127.0.0.1:${this.port}/${path}`,
      {
        method,
        headers: {
          Authorization: `token ${this.token}`,
          'Content-Type': 'application/json'
        },
        body: body === undefined ? null : JSON.stringify(body)
      }
    );
    if (!response.ok) {
      throw new Error(
        `${method} ${path}: ${response.status} ${await response.text()}`
      );
    }
    return (await response.json()) as T;
  }

  /**
   * What the server printed so far.
   */
  get log(): string {
    return this._log;
  }

  private async _untilAnswering(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (this._process?.exitCode !== null) {
        throw new Error(`The server ended while starting:\n${this._log}`);
      }
      try {
        const response = await fetch(this.url('api/status'));
        if (response.ok) {
          return;
        }
      } catch {
        // Not listening yet.
      }
      await new Promise(done => setTimeout(done, POLL_MS));
    }
    throw new Error(`The server did not answer:\n${this._log}`);
  }

  private async _end(signal: NodeJS.Signals): Promise<void> {
    const child = this._process;
    this._process = null;
    if (child && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      const isSlow = setTimeout(() => {
        // With SIGABRT it tells what each of its threads is at.
        child.kill('SIGABRT');
      }, END_TIMEOUT_MS);
      await exited;
      clearTimeout(isSlow);
      if (child.signalCode === 'SIGABRT') {
        throw new Error(`The server did not end:\n${this._log}`);
      }
    }
  }

  private readonly _options: IServerOptions;
  private _process: ChildProcess | null = null;
  private _log = '';
}

/**
 * The trait's value that switches extensions off.
 */
function off(...names: string[]): string {
  return `{${names.map(name => `'${name}': False`).join(', ')}}`;
}

/**
 * A port that nobody listens on, and that nobody gets who asks the system for any: some seconds pass
 * until the server takes it.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + (PORTS.next++ % PORTS.count);
    const server = createServer();
    server.listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue; // somebody has it
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}
