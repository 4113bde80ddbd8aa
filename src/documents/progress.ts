// Positions in a notebook's log as one browser knows them, and whether the file is behind.

import type { IHello } from '../sync/frames';
import type { IEnvelope } from '../tokens';

/**
 * Follows greetings, acknowledgements and events.
 */
export class Progress {
  /**
   * Position up to which this browser knows the notebook; everything up to it is durable.
   */
  get seq(): number {
    return this._seq;
  }

  /**
   * Position up to which the notebook's file holds the document.
   */
  get exportedSeq(): number {
    return this._exportedSeq;
  }

  /**
   * Whether the file is known to be behind the document.
   */
  get isBehind(): boolean {
    return this._exportedSeq < this._changedSeq;
  }

  /**
   * A connection began.
   */
  greet(hello: IHello): void {
    this._seq = Math.max(this._seq, hello.seq, hello.saved_seq ?? 0);
    this._exportedSeq = Math.max(this._exportedSeq, hello.exported_seq ?? 0);
    this._changedSeq = hello.changed_seq ?? this._changedSeq;
  }

  /**
   * The document changed at a position that is not told, after what is known so far.
   */
  change(): void {
    this._changedSeq = Math.max(this._changedSeq, this._seq + 1);
  }

  /**
   * The log grew to this position.
   */
  reach(seq: number): void {
    this._seq = Math.max(this._seq, seq);
  }

  /**
   * The file holds the document as it was at this position.
   */
  exported(upto: number): void {
    this._exportedSeq = Math.max(this._exportedSeq, upto);
  }

  /**
   * Events arrived.
   *
   * @returns what they tell about the file: where it is now, and when it was written.
   */
  follow(events: readonly IEnvelope[]): {
    readonly path: string | null;
    readonly written: string | null;
  } {
    let path: string | null = null;
    let written: string | null = null;
    for (const { seq, name, data, time } of events) {
      this.reach(seq);
      if (name === 'v1.Exported' && typeof data.upto === 'number') {
        this.exported(data.upto);
        written = time;
      } else if (
        name === 'v1.ExternalChangeMerged' &&
        data.complete !== false
      ) {
        this.exported(seq);
      } else if (
        name === 'v1.PathChanged' &&
        typeof data.new_path === 'string'
      ) {
        path = data.new_path;
      }
    }
    return { path, written };
  }

  private _seq = 0;
  private _exportedSeq = 0;
  private _changedSeq = 0;
}
