// An environment with widgets and charts, and what a file looks like to other programs.

import { execFileSync } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';

import { PYTHON } from './server.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const FILED = resolve(import.meta.dirname, 'filed.py');

/**
 * What the server is started with: kernels find the packages, pages their front ends. They are
 * installed at the first use.
 */
export function widgets(): Record<string, string> {
  const [place, packages] = python('-m', 'tests.clients.environment')
    .trim()
    .split('\n')
    .slice(-2) as [string, string];
  return {
    PYTHONPATH: before(packages, process.env['PYTHONPATH']),
    JUPYTER_PATH: before(
      join(place, 'share', 'jupyter'),
      process.env['JUPYTER_PATH']
    )
  };
}

/**
 * A notebook's file as nbformat reads it and nbconvert shows it.
 */
export interface IFiled {
  readonly outputs: Record<string, IFiledOutput[]>;
  readonly html: string;
}

export interface IFiledOutput {
  readonly output_type: string;
  readonly text?: string;
  readonly data?: Record<string, unknown>;
}

export function filed(path: string): IFiled {
  return JSON.parse(python(FILED, path)) as IFiled;
}

function python(...args: string[]): string {
  return execFileSync(PYTHON, args, {
    cwd: REPOSITORY,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore']
  });
}

function before(path: string, rest: string | undefined): string {
  return rest ? path + delimiter + rest : path;
}
