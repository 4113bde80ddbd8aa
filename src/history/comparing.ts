// A moment compared with the present, as both change; and which cells the person chose.

import type { ISharedNotebook } from '@jupyter/ydoc';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IComparison } from './compare';
import { compare } from './compare';
import type { Moment } from './moment';

/**
 * How long after a change of the present it is compared again.
 */
const REST_MS = 300;

const NOTHING: IComparison = { differences: [], added: 0 };

/**
 * The comparison of one moment.
 */
export class Comparing implements IDisposable {
  constructor(
    readonly moment: Moment,
    private readonly _now: ISharedNotebook
  ) {
    moment.changed.connect(this._onMoment, this);
    _now.changed.connect(this._onNow, this);
    this._onMoment();
  }

  /**
   * Nothing differs while the moment is not read.
   */
  get comparison(): IComparison {
    return this._comparison;
  }

  /**
   * The chosen cells that differ, by id.
   */
  get chosen(): readonly string[] {
    return this._comparison.differences
      .map(({ id }) => id)
      .filter(id => this._chosen.has(id));
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._debouncer.dispose();
    Signal.clearData(this);
  }

  /**
   * Choose a cell, or not.
   */
  choose(id: string, isChosen: boolean): void {
    if (isChosen) {
      this._chosen.add(id);
    } else {
      this._chosen.delete(id);
    }
    this._changed.emit();
  }

  private _onMoment(): void {
    const { content } = this.moment;
    if (content !== this._content) {
      this._content = content;
      this._compare();
    }
  }

  private _onNow(): void {
    void this._debouncer.invoke();
  }

  private _compare(): void {
    if (this._isDisposed || this._now.isDisposed) {
      return;
    }
    this._comparison = this._content
      ? compare(this._content, this._now.toJSON())
      : NOTHING;
    this._changed.emit();
  }

  private readonly _debouncer = new Debouncer(() => this._compare(), REST_MS);
  private readonly _changed = new Signal<this, void>(this);
  private readonly _chosen = new Set<string>();
  private _content: INotebookContent | null = null;
  private _comparison = NOTHING;
  private _isDisposed = false;
}
