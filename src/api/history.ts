// What the server knows of a notebook's past.

import { URLExt } from '@jupyterlab/coreutils';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { ServerConnection } from '@jupyterlab/services';

import type { IActor, IEnvelope } from '../tokens';
import { request } from './request';

/**
 * What a stretch is: the beginning, work, a change of the file by another program, something brought
 * back, moments that were made unreadable, events that were lost.
 */
export type StretchKind =
  'begun' | 'work' | 'file' | 'restored' | 'purged' | 'damaged';

/**
 * What one actor did without a long pause, from the event `first` to the event `last`.
 */
export interface IStretch {
  readonly kind: StretchKind;
  readonly first: number;
  readonly last: number;

  /**
   * ISO 8601, UTC.
   */
  readonly start: string;
  readonly end: string;
  readonly actor: IActor;

  /**
   * The cells that were touched, by id.
   */
  readonly cells: readonly string[];
  readonly inserted: number;
  readonly deleted: number;
  readonly created: number;
  readonly removed: number;
  readonly moved: number;
  readonly runs: number;
  readonly failed: number;

  /**
   * What the mark is about: the moments from `since` to `upto`, or the one that was brought back.
   */
  readonly since: number;
  readonly upto: number;
}

/**
 * Some stretches, the newest first.
 */
export interface ITimeline {
  /**
   * The newest event of the notebook.
   */
  readonly seq: number;
  readonly stretches: readonly IStretch[];

  /**
   * Everybody who has a stretch.
   */
  readonly people: readonly IActor[];

  /**
   * Whether there are earlier ones.
   */
  readonly more: boolean;

  /**
   * How many events only a newer version of the extension understands.
   */
  readonly unknown: number;
}

/**
 * Which stretches are wanted.
 */
export interface ITimelineQuery {
  /**
   * Those that began before this event.
   */
  readonly before?: number;
  readonly limit?: number;

  /**
   * Of one actor, as `human:ada`.
   */
  readonly person?: string;

  /**
   * Those that touched a cell, by id.
   */
  readonly cell?: string;
}

/**
 * The routes about the past.
 */
export class HistoryApi {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  /**
   * Who was at work when.
   */
  timeline(id: string, query: ITimelineQuery): Promise<ITimeline> {
    const wanted = Object.entries(query).filter(
      ([, value]) => value !== undefined && value !== ''
    );
    return this._get(
      id,
      `timeline${URLExt.objectToQueryString(Object.fromEntries(wanted))}`
    );
  }

  /**
   * The notebook as it was after an event.
   *
   * @throws ApiError 410 when that moment was purged or lost, 404 when there is no such moment.
   */
  document(id: string, seq: number): Promise<INotebookContent> {
    return this._get(id, `document?seq=${seq}`);
  }

  /**
   * One event; null when there is none, because it was lost.
   */
  async event(id: string, seq: number): Promise<IEnvelope | null> {
    const found = await this._get<readonly IEnvelope[]>(
      id,
      `events?after=${seq - 1}&limit=1`
    );
    return found[0]?.seq === seq ? found[0] : null;
  }

  private _get<T>(id: string, path: string): Promise<T> {
    return request(this._settings, 'GET', `notebooks/${id}/${path}`);
  }
}
