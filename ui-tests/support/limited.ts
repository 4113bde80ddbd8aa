// A kernel whose memory is limited: by a group of processes, as containers have it, where the machine
// lets the tests make one, else by its address space.

import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { PYTHON } from './server.ts';

const GROUPS = '/sys/fs/cgroup';

/**
 * Which line of `/proc/self/cgroup` names the group, and where its limit is: versions 1 and 2.
 */
const VERSIONS = [
  {
    line: /^\d+:memory:(.*)$/m,
    top: join(GROUPS, 'memory'),
    limit: 'memory.limit_in_bytes'
  },
  { line: /^0::(.*)$/m, top: GROUPS, limit: 'memory.max' }
];

/**
 * Python itself takes more addresses than memory.
 */
const ADDRESSES = 5;

/**
 * A server's Python kernel, with so much memory.
 */
export class LimitedKernel {
  constructor(bytes: number) {
    this._folder = mkdtempSync(join(tmpdir(), 'anode-ui-kernel-'));
    this._group = groupOf(`anode-ui-${process.pid}`, bytes);
    const limit = this._group
      ? `echo $$ > ${this._group}/cgroup.procs`
      : `ulimit -v ${(ADDRESSES * bytes) >> 10}`;
    // While there is a file `hold` beside the notebook, a kernel does not begin, and says so.
    const wait = 'while [ -e hold ]; do : > held; sleep 0.05; done';
    this._start = `${limit}; ${wait}; exec "$@"`;
    this.mend();
  }

  /**
   * What the server is started with.
   */
  get env(): Record<string, string> {
    const rest = process.env['JUPYTER_PATH'];
    return {
      JUPYTER_PATH: [this._folder, ...(rest ? [rest] : [])].join(delimiter)
    };
  }

  /**
   * Have kernels end when they start, with this as their last words.
   */
  break(words: string): void {
    this._write(['sh', '-c', `echo "${words}" >&2; exit 3`, '{connection_file}']);
  }

  mend(): void {
    const kernel = [PYTHON, '-m', 'ipykernel_launcher', '-f'];
    this._write(['sh', '-c', this._start, 'sh', ...kernel, '{connection_file}']);
  }

  /**
   * The processes have ended.
   */
  dispose(): void {
    rmSync(this._folder, { recursive: true });
    if (this._group) {
      rmdirSync(this._group);
    }
  }

  private _write(argv: readonly string[]): void {
    const folder = join(this._folder, 'kernels', 'python3');
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'kernel.json'),
      JSON.stringify({
        argv,
        display_name: 'Python 3 (ipykernel)',
        language: 'python'
      })
    );
  }

  private readonly _folder: string;
  private readonly _group: string | null;
  private readonly _start: string;
}

/**
 * A group below that of the tests; null where none can be made.
 */
function groupOf(name: string, bytes: number): string | null {
  const own = readFileSync('/proc/self/cgroup', 'utf8');
  for (const { line, top, limit } of VERSIONS) {
    const path = line.exec(own)?.[1];
    if (path !== undefined) {
      const group = join(top, path, name);
      try {
        mkdirSync(group);
        writeFileSync(join(group, limit), `${bytes}`, { flag: 'r+' });
        return group;
      } catch {
        // Not for us, or this version does not rule over memory here.
      }
    }
  }
  return null;
}
