// The second process of the kill test: a protocol client that types by itself.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';

import { PYTHON } from './server.ts';
import type { Server } from './server.ts';

const SCRIPT = resolve(import.meta.dirname, 'typist.py');

interface ILine {
  acked: number;
  typed: number;
  text?: string;
}

/**
 * Types `<1><2><3>...` into a cell, 20 markers a second, ten in a line.
 */
export class Typist {
  /**
   * How many markers the server has acknowledged.
   */
  acked = 0;
  typed = 0;

  constructor(server: Server, notebook: string, cell: string) {
    this._process = spawn(
      PYTHON,
      [SCRIPT, server.origin, server.token, notebook, cell],
      { stdio: ['pipe', 'pipe', 'pipe'] }
    );
    this._process.stderr?.on('data', (chunk: Buffer) => {
      this._errors += chunk.toString();
    });
    createInterface({ input: this._process.stdout! }).on('line', line => {
      const { acked, typed, text } = JSON.parse(line) as ILine;
      this.acked = acked;
      this.typed = typed;
      this._text = text ?? null;
    });
  }

  /**
   * No more typing; the text of the cell once everything is acknowledged.
   */
  async end(): Promise<string> {
    this._process.stdin?.write('\n');
    if (this._process.exitCode === null) {
      await once(this._process, 'close');
    }
    if (this._text === null) {
      throw new Error(`The protocol client ended:\n${this._errors}`);
    }
    return this._text;
  }

  kill(): void {
    this._process.kill('SIGKILL');
  }

  private readonly _process: ChildProcess;
  private _text: string | null = null;
  private _errors = '';
}

/**
 * What was typed: the first `count` markers.
 */
export function markers(count: number): string {
  return Array.from(
    { length: count },
    (_, index) => `<${index + 1}>${(index + 1) % 10 === 0 ? '\n' : ''}`
  ).join('');
}
