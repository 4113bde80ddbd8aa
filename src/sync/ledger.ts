// Which of this browser's changes the server has not acknowledged.

/**
 * Keeps own changes, in their order, from the moment they are made until an ACK covers the frame
 * that carried them. The server counts step2 and update frames of one connection from 1; so does
 * this.
 */
export class Ledger {
  /**
   * Own changes that are not known to be durable.
   */
  get pending(): number {
    return this._unsent.length + this._inFlight;
  }

  /**
   * Own changes that no frame carries yet.
   */
  get unsent(): number {
    return this._unsent.length;
  }

  /**
   * The ordinal of the last step2 or update frame of this connection.
   */
  get sent(): number {
    return this._sent;
  }

  /**
   * The ordinal up to which frames of this connection are acknowledged.
   */
  get acked(): number {
    return this._acked;
  }

  /**
   * Own changes that became durable, over all connections.
   */
  get settled(): number {
    return this._settled;
  }

  /**
   * A change was made.
   */
  change(update: Uint8Array): void {
    this._unsent.push(update);
  }

  /**
   * A frame goes out that carries these changes, or none.
   */
  frame(changes: readonly Uint8Array[] = []): void {
    this._frames.push({ ordinal: ++this._sent, changes });
    this._inFlight += changes.length;
  }

  /**
   * Take out what no frame carries yet, to put it into frames now.
   */
  take(): Uint8Array[] {
    return this._unsent.splice(0);
  }

  /**
   * What was in flight has to be sent again, before what was made since.
   */
  recall(): void {
    this._unsent.unshift(...this._frames.flatMap(({ changes }) => changes));
    this._inFlight = 0;
    this._frames.length = 0;
  }

  /**
   * Frames up to `ordinal` are durable. An ordinal that was never sent is not believed.
   */
  ack(ordinal: number): void {
    this._acked = Math.max(this._acked, Math.min(ordinal, this._sent));
    let first = this._frames[0];
    while (first && first.ordinal <= this._acked) {
      this._inFlight -= first.changes.length;
      this._settled += first.changes.length;
      this._frames.shift();
      first = this._frames[0];
    }
  }

  /**
   * The connection is gone: what was in flight has to be sent again.
   */
  disconnect(): void {
    this.recall();
    this._sent = 0;
    this._acked = 0;
  }

  /**
   * The changes were set aside (refused, or carried over to another document).
   */
  clear(): void {
    this.disconnect();
    this._unsent.length = 0;
  }

  private readonly _unsent: Uint8Array[] = [];
  private _inFlight = 0;
  private _settled = 0;
  private _sent = 0;
  private _acked = 0;
  private readonly _frames: {
    ordinal: number;
    changes: readonly Uint8Array[];
  }[] = [];
}
