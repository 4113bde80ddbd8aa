// A notebook that another server has open: its file is shown for reading until it is let go there.

import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api/errors';
import type { Lifeboat } from './lifeboat';
import type { SharedRoot } from './root';

/**
 * A server of the same person has it.
 */
const HELD_ELSEWHERE = 'held_elsewhere';

/**
 * Somebody else's server has it.
 */
const HELD_BY_ANOTHER = 'held_by_another';

/**
 * Whether our server says that another one has the notebook.
 */
export function isHeldElsewhere(error: unknown): error is ApiError {
  return (
    error instanceof ApiError &&
    (error.code === HELD_ELSEWHERE || error.code === HELD_BY_ANOTHER)
  );
}

/**
 * Two servers must not write one file, so nothing is written from here while this stands.
 */
export class StandIn {
  constructor(
    private readonly _model: SharedRoot,
    private readonly _lifeboat: Lifeboat,
    private readonly _provider: { adopt(doc: SharedRoot['ydoc']): void }
  ) {}

  /**
   * What the server answered; null while nobody else holds the notebook.
   */
  get error(): ApiError | null {
    return this._error;
  }

  /**
   * Another server has it.
   *
   * @param isEmpty - whether the document was never filled: then the file takes its place.
   */
  begin(error: ApiError, isEmpty: boolean): void {
    if (!this._error && isEmpty) {
      this._provider.adopt(this._lifeboat.standIn());
    }
    this._error = error;
  }

  /**
   * It was let go.
   */
  end(): void {
    this._error = null;
  }

  /**
   * Show the file's content.
   */
  show(content: unknown): void {
    const model = this._model;
    model.access = 'core';
    model.fill(content);
    model.clearUndoHistory();
    model.access = 'read';
    model.setDirty(false);
  }

  /**
   * Whether it may be taken from there.
   */
  get mayTakeOver(): boolean {
    return this._error?.code === HELD_ELSEWHERE;
  }

  /**
   * Who has it: the server's address or whose server it is, as the refusal names it. Null when
   * nobody else has.
   */
  holder(trans: TranslationBundle): string | null {
    const named = /open in ([^(]+) \(/.exec(this._error?.message ?? '')?.[1];
    return this._error && (named ?? trans.__('another server'));
  }

  private _error: ApiError | null = null;
}
