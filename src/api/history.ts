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
 * A cell as it was at `seq`, the last moment of its life.
 */
export interface IDeletedCell {
  readonly id: string;
  readonly type: string;

  /**
   * Null where it was purged or lost.
   */
  readonly source: string | null;
  readonly seq: number;
  readonly deleted_by: IActor;
  readonly deleted_at: string;
}

/**
 * Some deleted cells, and whether there are more.
 */
export interface IDeletedCells {
  readonly cells: readonly IDeletedCell[];
  readonly more: boolean;
}

/**
 * Who wrote, from an event on for about a minute. Of history that was made unreadable the kind is
 * `purged`, and there is no name.
 */
export interface IAuthor {
  readonly seq: number;

  /**
   * ISO 8601, UTC.
   */
  readonly time: string;
  readonly kind: string;
  readonly id: string;
  readonly name: string;
}

/**
 * Who wrote which lines of a cell. Those of one passage have the same authors: places in the list of
 * all, the latest first.
 */
export interface IBlame {
  readonly seq: number;
  readonly lines: readonly {
    readonly first: number;
    readonly lines: number;
    readonly authors: readonly number[];
  }[];
  readonly authors: readonly IAuthor[];
}

/**
 * Events that are asked for at a time: the most that one answer holds.
 */
const EVENTS_AT_ONCE = 10_000;

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
   * Who wrote which line of a cell, and when.
   *
   * @throws ApiError 404 when the notebook has no such cell now.
   */
  blame(id: string, cell: string): Promise<IBlame> {
    return this._get(id, `blame${URLExt.objectToQueryString({ cell })}`);
  }

  /**
   * The cells that were deleted, the latest first.
   */
  deleted(id: string, limit: number): Promise<IDeletedCells> {
    return this._get(id, `deleted?limit=${limit}`);
  }

  /**
   * Bring back the moment after an event, as a new change.
   *
   * @param cells - only these, by id; null for all.
   * @param seen - the event up to which the person knows the notebook: what others changed later stays.
   */
  restore(
    id: string,
    seq: number,
    cells: readonly string[] | null,
    seen: number
  ): Promise<{ seq: number }> {
    const body = { seq, seen, ...(cells === null ? {} : { cells }) };
    return request(this._settings, 'POST', `notebooks/${id}/restore`, body);
  }

  /**
   * Take back the last restore.
   */
  async takeBack(id: string): Promise<void> {
    const found = await this.timeline(id, { limit: 20 });
    const restored = found.stretches.find(({ kind }) => kind === 'restored');
    if (restored) {
      const body = { seq: restored.last };
      await request(this._settings, 'POST', `notebooks/${id}/undo`, body);
    }
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

  /**
   * All events, one line of JSON each, with the bytes of the document's changes.
   */
  async events(id: string): Promise<string[]> {
    const lines: string[] = [];
    let after = 0;
    for (;;) {
      const found = await this._get<readonly IEnvelope[]>(
        id,
        `events?after=${after}&limit=${EVENTS_AT_ONCE}&bytes=1`
      );
      lines.push(...found.map(event => `${JSON.stringify(event)}\n`));
      if (found.length < EVENTS_AT_ONCE) {
        return lines;
      }
      after = found.at(-1)!.seq;
    }
  }

  /**
   * The history as one HTML page that plays without a server.
   */
  async replay(id: string): Promise<string> {
    return (await this._get<{ page: string }>(id, 'replay')).page;
  }

  private _get<T>(id: string, path: string): Promise<T> {
    return request(this._settings, 'GET', `notebooks/${id}/${path}`);
  }
}
