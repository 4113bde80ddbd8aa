// Tells the others where one is in a notebook: which cell, what one does there, what one sees.

import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';
import type { Awareness } from 'y-protocols/awareness';

import type { IAnodeRooms } from '../tokens';
import { ConnectionFollower } from '../sync/follow';
import type { Schedule } from './carets';
import { personOf } from './person';
import { sightOf } from './sight';
import type { Doing, IWhereabouts } from './whereabouts';
import { FIELD, whereaboutsOf } from './whereabouts';

/**
 * One's own place in the notebook of a panel.
 */
export class OwnPlace implements IDisposable {
  constructor(
    rooms: IAnodeRooms,
    private readonly _panel: NotebookPanel,
    private readonly _schedule: Schedule
  ) {
    this._follower = new ConnectionFollower(rooms, _panel.context);
    this._follower.changed.connect((_, old) => {
      old?.awareness.off('change', this.touch);
      this._listen();
    }, this);
    const { content } = _panel;
    content.activeCellChanged.connect(this.touch, this);
    content.stateChanged.connect(this.touch, this);
    content.outerNode.addEventListener('scroll', this._onScroll, {
      passive: true
    });
    document.addEventListener('visibilitychange', this.touch);
    this._listen();
  }

  /**
   * The user name of the person whom one follows.
   */
  get follows(): string | null {
    return this._follows;
  }

  set follows(username: string | null) {
    this._follows = username;
    this.touch();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * Something changed: tell soon.
   */
  readonly touch = (): void => {
    // A page that nobody sees gets no pictures, and this is about being seen.
    if (document.visibilityState === 'hidden') {
      this._tell();
    } else {
      this._due ??= this._schedule(() => {
        this._due = null;
        this._tell();
      });
    }
  };

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._due?.dispose();
    document.removeEventListener('visibilitychange', this.touch);
    const { content } = this._panel;
    content.activeCellChanged.disconnect(this.touch, this);
    content.stateChanged.disconnect(this.touch, this);
    content.outerNode.removeEventListener('scroll', this._onScroll);
    this._follower.connection?.awareness.off('change', this.touch);
    this._follower.dispose();
  }

  private _listen(): void {
    this._follower.connection?.awareness.on('change', this.touch);
    this.touch();
  }

  private _tell(): void {
    const awareness = this._follower.connection?.awareness;
    if (!awareness || this._panel.isDisposed) {
      return;
    }
    this._isFollowed = isFollowed(awareness);
    const { content } = this._panel;
    const place: IWhereabouts = {
      doing: this._doing(),
      cell: content.activeCell?.model.id ?? null,
      follows: this._follows,
      sight: this._isFollowed ? sightOf(content) : null
    };
    const before: unknown = awareness.getLocalState()?.[FIELD];
    if (JSON.stringify(before) !== JSON.stringify(place)) {
      awareness.setLocalStateField(FIELD, place);
    }
  }

  private _doing(): Doing {
    if (document.visibilityState === 'hidden' || !this._panel.isVisible) {
      return 'away';
    }
    return this._panel.content.mode === 'edit' ? 'writing' : 'here';
  }

  private readonly _onScroll = (): void => {
    if (this._isFollowed) {
      this.touch();
    }
  };

  private readonly _follower: ConnectionFollower;
  private _follows: string | null = null;
  private _isFollowed = false;
  private _due: IDisposable | null = null;
  private _isDisposed = false;
}

/**
 * Whether somebody follows the person of this page.
 */
function isFollowed(awareness: Awareness): boolean {
  const self = personOf(awareness.getLocalState()?.['user'])?.username;
  return (
    self !== undefined &&
    [...awareness.getStates().values()].some(
      state => whereaboutsOf(state).follows === self
    )
  );
}
