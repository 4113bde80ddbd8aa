// The past of the notebook in front, in stretches of work, as far as somebody looked back.

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Throttler } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IStretch, ITimeline, ITimelineQuery } from '../api/history';
import { ConnectionFollower } from '../sync/follow';
import type { IActor, IAnodeRooms, INotebookConnection } from '../tokens';

/**
 * How often the list is made true again while somebody types.
 */
const REFRESH_MS = 2_000;

/**
 * So many stretches are asked for at a time.
 */
const PAGE = 60;

/**
 * The part of the server's routes that is needed.
 */
export interface ITimelineSource {
  timeline(id: string, query: ITimelineQuery): Promise<ITimeline>;
}

/**
 * Whose and which stretches are wanted; empty words for all.
 */
export interface IFilter {
  readonly person: string;
  readonly cell: string;
}

const ALL: IFilter = { person: '', cell: '' };

/**
 * Follows the current notebook. Nothing is asked while nobody looks.
 */
export class HistoryModel {
  constructor(
    private readonly _rooms: IAnodeRooms,
    notebooks: INotebookTracker,
    private readonly _source: ITimelineSource
  ) {
    notebooks.currentChanged.connect((_, panel) => this._follow(panel));
    this._follow(notebooks.currentWidget);
  }

  /**
   * The notebook's panel; null when there is none.
   */
  get panel(): NotebookPanel | null {
    return this._panel;
  }

  /**
   * Null while there is no notebook, or core is in charge of it.
   */
  get connection(): INotebookConnection | null {
    return this._follower?.connection ?? null;
  }

  /**
   * The stretches, the newest first; null until the first answer.
   */
  get stretches(): readonly IStretch[] | null {
    return this._stretches;
  }

  get people(): readonly IActor[] {
    return this._people;
  }

  /**
   * Whether there are earlier ones.
   */
  get hasMore(): boolean {
    return this._hasMore;
  }

  /**
   * How many events this version does not understand.
   */
  get unknown(): number {
    return this._unknown;
  }

  /**
   * Why the last question had no answer; empty when it had one.
   */
  get trouble(): string {
    return this._trouble;
  }

  get filter(): IFilter {
    return this._filter;
  }

  set filter(filter: IFilter) {
    this._filter = filter;
    this._stretches = null;
    this._changed.emit();
    void this._ask();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /**
   * Whether somebody looks.
   */
  set isWatched(isWatched: boolean) {
    this._isWatched = isWatched;
    if (isWatched) {
      void this._ask();
    }
  }

  /**
   * Look further back.
   */
  async lookBack(): Promise<void> {
    const { connection } = this;
    const earliest = this._stretches?.at(-1);
    if (!connection || !earliest) {
      return;
    }
    const question = this._question;
    await this._answer(question, async () => {
      const answer = await this._source.timeline(connection.notebookId, {
        ...this._filter,
        before: earliest.first,
        limit: PAGE
      });
      return () => {
        const known = this._stretches ?? [];
        this._stretches = [...known, ...answer.stretches];
        this._hasMore = answer.more;
      };
    });
  }

  /**
   * Ask again for what is shown.
   */
  refresh(): Promise<void> {
    return this._ask();
  }

  private _follow(panel: NotebookPanel | null): void {
    this._follower?.dispose();
    this._follower = panel
      ? new ConnectionFollower(this._rooms, panel.context)
      : null;
    this._follower?.changed.connect(this._onConnection, this);
    this._panel = panel;
    panel?.disposed.connect(() => {
      if (this._panel === panel) {
        this._follow(null);
      }
    });
    this._onConnection();
  }

  private _onConnection(): void {
    this._heard?.events.disconnect(this._onEvents, this);
    this._heard = this.connection;
    this._heard?.events.connect(this._onEvents, this);
    this._question++;
    this._stretches = null;
    this._people = [];
    this._hasMore = false;
    this._unknown = 0;
    this._trouble = '';
    this._filter = ALL;
    this._changed.emit();
    void this._ask();
  }

  private _onEvents(): void {
    if (this._isWatched) {
      void this._throttler.invoke();
    }
  }

  private async _ask(): Promise<void> {
    const { connection } = this;
    if (!this._isWatched || !connection) {
      return;
    }
    const question = ++this._question;
    const shown = this._stretches?.length ?? 0;
    await this._answer(question, async () => {
      const answer = await this._source.timeline(connection.notebookId, {
        ...this._filter,
        limit: Math.max(PAGE, shown)
      });
      return () => {
        this._stretches = answer.stretches;
        this._people = answer.people;
        this._hasMore = answer.more;
        this._unknown = answer.unknown;
      };
    });
  }

  /**
   * An answer counts only while nothing else was asked.
   */
  private async _answer(
    question: number,
    ask: () => Promise<() => void>
  ): Promise<void> {
    try {
      const take = await ask();
      if (question === this._question) {
        take();
        this._trouble = '';
      }
    } catch (error) {
      if (question === this._question) {
        this._trouble = error instanceof Error ? error.message : String(error);
      }
    }
    this._changed.emit();
  }

  private readonly _throttler = new Throttler(() => this._ask(), REFRESH_MS);
  private readonly _changed = new Signal<this, void>(this);
  private _panel: NotebookPanel | null = null;
  private _follower: ConnectionFollower | null = null;
  private _heard: INotebookConnection | null = null;
  private _stretches: readonly IStretch[] | null = null;
  private _people: readonly IActor[] = [];
  private _hasMore = false;
  private _unknown = 0;
  private _trouble = '';
  private _filter = ALL;
  private _question = 0;
  private _isWatched = false;
}
