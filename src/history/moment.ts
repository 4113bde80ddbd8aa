// One moment of a notebook, that can be moved along its history by hand or by itself.

import type { INotebookContent } from '@jupyterlab/nbformat';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IEnvelope } from '../tokens';

/**
 * In how many steps the rest of the history is played, at most.
 */
const FRAMES = 150;

/**
 * How long each of them is shown at least.
 */
const FRAME_MS = 120;

/**
 * The part of the server's routes that is needed.
 */
export interface IMomentSource {
  document(id: string, seq: number): Promise<INotebookContent>;
  event(id: string, seq: number): Promise<IEnvelope | null>;
}

/**
 * The part of a notebook's connection that is needed.
 */
export interface INow {
  readonly notebookId: string;

  /**
   * The newest event.
   */
  readonly seq: number;
}

/**
 * What is shown of a notebook's past.
 */
export class Moment implements IDisposable {
  constructor(
    private readonly _now: INow,
    private readonly _source: IMomentSource,
    seq: number
  ) {
    this._seq = seq;
    void this._load();
  }

  get notebookId(): string {
    return this._now.notebookId;
  }

  /**
   * The event after which the notebook is shown, or is about to be.
   */
  get seq(): number {
    return this._seq;
  }

  set seq(seq: number) {
    this.pause();
    this._go(seq);
  }

  /**
   * The newest event of the notebook.
   */
  get last(): number {
    return Math.max(this._now.seq, this._seq);
  }

  /**
   * What the notebook held; null before the first answer, and where it cannot be told.
   */
  get content(): INotebookContent | null {
    return this._content;
  }

  /**
   * The event itself: whose it was and when; null when that is not known.
   */
  get event(): IEnvelope | null {
    return this._event;
  }

  /**
   * Why this moment cannot be shown; empty when it can.
   */
  get trouble(): string {
    return this._trouble;
  }

  get isPlaying(): boolean {
    return this._isPlaying;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._isPlaying = false;
    Signal.clearData(this);
  }

  /**
   * Show what came after, one step after the other, up to the present; from the beginning when this
   * is the present.
   */
  async play(): Promise<void> {
    if (this._isPlaying) {
      return;
    }
    this._isPlaying = true;
    if (this._seq >= this.last) {
      this._seq = 1;
    }
    const step = Math.max(1, Math.ceil((this.last - this._seq) / FRAMES));
    while (this._isPlaying && this._seq < this.last) {
      this._seq = Math.min(this.last, this._seq + step);
      this._changed.emit();
      const shown = new Promise(resolve => setTimeout(resolve, FRAME_MS));
      await Promise.all([this._load(), shown]);
    }
    this._isPlaying = false;
    this._changed.emit();
  }

  /**
   * Stay where it is.
   */
  pause(): void {
    if (this._isPlaying) {
      this._isPlaying = false;
      this._changed.emit();
    }
  }

  private _go(seq: number): void {
    const within = Math.min(Math.max(1, Math.round(seq)), this.last);
    if (within !== this._seq) {
      this._seq = within;
      this._changed.emit();
      void this._load();
    }
  }

  /**
   * Of moments that were passed by while one was read, only the last is read.
   */
  private _load(): Promise<void> {
    this._loading ??= this._loadAll().finally(() => {
      this._loading = null;
    });
    return this._loading;
  }

  private async _loadAll(): Promise<void> {
    let seq: number;
    do {
      seq = this._seq;
      await this._read(seq);
      if (this._isDisposed) {
        return;
      }
      this._changed.emit();
    } while (seq !== this._seq);
  }

  private async _read(seq: number): Promise<void> {
    const id = this._now.notebookId;
    const [content, event] = await Promise.allSettled([
      this._source.document(id, seq),
      this._source.event(id, seq)
    ]);
    this._event = event.status === 'fulfilled' ? event.value : null;
    if (content.status === 'fulfilled') {
      this._content = content.value;
      this._trouble = '';
    } else {
      const reason: unknown = content.reason;
      this._content = null;
      this._trouble = reason instanceof Error ? reason.message : String(reason);
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _seq: number;
  private _content: INotebookContent | null = null;
  private _event: IEnvelope | null = null;
  private _trouble = '';
  private _isPlaying = false;
  private _isDisposed = false;
  private _loading: Promise<void> | null = null;
}
