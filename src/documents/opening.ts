// What a connection of a notebook is made with, and how opening the notebook came out.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { ExecutionsApi } from '../api/executions';
import type { NotebooksApi } from '../api/notebooks';
import type { CopyStore } from '../sync/copystore';
import type { OpenSocket } from '../sync/socket';
import type { ITimers } from '../sync/timers';
import type { IKeeper } from './keeper';
import type { SharedRoot } from './root';

/**
 * What a connection works with.
 */
export interface IConnectionOptions<M extends SharedRoot = SharedRoot> {
  readonly api: NotebooksApi;
  readonly executions: ExecutionsApi;
  readonly notebook: M;

  /**
   * Keeps unsaved text of it.
   */
  readonly keeper: IKeeper;

  /**
   * Contents path without drive.
   */
  readonly path: string;
  readonly timers: ITimers;
  readonly openSocket: OpenSocket;
  isWatched(): boolean;
  readonly trans: TranslationBundle;

  /**
   * Where this browser remembers; null when it does not.
   */
  readonly storage: Storage | null;

  /**
   * The copies of documents that this browser keeps; null when it keeps none.
   */
  readonly copies: CopyStore | null;

  /**
   * JupyterLab's autosave setting.
   */
  autosave(): Promise<boolean>;
}

/**
 * How an attempt to open a notebook came out: with a room, without one for a reason, or not yet,
 * because another server holds it; then its file can be read.
 */
export type Opened =
  | { readonly kind: 'room' }
  | { readonly kind: 'held' }
  | { readonly kind: 'core'; readonly error: Error };
