// What a provider works on and whom it serves: the seam between the line and the notebook.

import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';

import type { ISessionListener } from './session';
import type { OpenSocket } from './socket';
import type { ITimers } from './timers';

/**
 * Where the provider stands.
 *
 * - `connecting`: on the way to a line.
 * - `syncing`: a line is open, both sides exchange what the other misses.
 * - `live`: everything that was made here before is durable, changes flow.
 * - `waiting`: no line; the next attempt comes by itself.
 * - `stopped`: no line, and none will be tried without being asked.
 */
export type Phase = 'connecting' | 'syncing' | 'live' | 'waiting' | 'stopped';

/**
 * What a provider works on, and with.
 */
export interface IProviderOptions {
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  readonly timers: ITimers;
  readonly openSocket: OpenSocket;

  /**
   * Whether somebody looks at the page: then a dead line has to be noticed soon.
   */
  isWatched(): boolean;
}

/**
 * Whom the provider serves.
 */
export interface IProviderHost extends ISessionListener {
  /**
   * The address of the room.
   *
   * @param lineage - the lineage of what the document holds.
   * @param doubt - whether the last attempts give reason to ask the server about the notebook.
   *
   * @returns null when there is no use in connecting; the host knows why.
   *
   * @throws when the server cannot be asked at the moment.
   */
  address(lineage: string | null, doubt: boolean): Promise<string | null>;

  /**
   * The phase changed.
   */
  onPhase(phase: Phase): void;

  /**
   * The server hung up in a way that will not mend itself.
   */
  onRefused(code: number, reason: string): void;

  /**
   * Whether the server is known to be waiting for its disk.
   */
  readonly isSlow: boolean;
}
