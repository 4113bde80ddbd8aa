// Document to file and back, when a person says so.

import type { TranslationBundle } from '@jupyterlab/translation';

import { NotReachedError } from '../api/errors';
import type { NotebooksApi } from '../api/notebooks';
import type { ITimers } from '../sync/timers';
import { within } from '../sync/timers';
import type { Progress } from './progress';

/**
 * How long Ctrl-S waits for the server to make everything durable.
 */
const FLUSH_MS = 15_000;

/**
 * What the work is done with.
 */
export interface IFileWorkOptions {
  readonly api: NotebooksApi;
  readonly timers: ITimers;
  readonly trans: TranslationBundle;
}

/**
 * Asks the server to write or read a notebook's file, and notes how far the file is then.
 *
 * The answer says nothing about `Progress.seq`: it may overtake changes that are still on their way
 * over the socket.
 */
export class FileWork {
  constructor(
    private readonly _options: IFileWorkOptions,
    private readonly _line: { flush(): Promise<void> },
    private readonly _progress: Progress
  ) {}

  /**
   * Bring everything to the server, then have the file written.
   *
   * @param overwrite - write over a file that another program changed.
   *
   * @throws NotReachedError, and what the server answers.
   */
  async write(id: string, overwrite: boolean): Promise<void> {
    await this._flush();
    const answer = await this._options.api.export(id, overwrite);
    this._progress.exported(answer.exported_seq);
  }

  /**
   * Have the file's content taken into the notebook.
   */
  async read(id: string): Promise<void> {
    const answer = await this._options.api.reload(id);
    this._progress.exported(answer.exported_seq);
  }

  private async _flush(): Promise<void> {
    const { timers, trans } = this._options;
    const late = () =>
      new NotReachedError(trans.__('The server does not confirm changes.'));
    await within(this._line.flush(), timers, FLUSH_MS, late);
  }
}
