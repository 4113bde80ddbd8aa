// Which of this browser's changes the server has not acknowledged.

/**
 * Counts own changes from the moment they are made until an ACK covers the frame that carried
 * them. The server counts step2 and update frames of one connection from 1; so does this.
 */
export class Ledger {
  /**
   * Own changes that are not known to be durable.
   */
  get pending(): number {
    return this._unsent + this._inFlight;
  }

  /**
   * Own changes that no frame carries yet.
   */
  get unsent(): number {
    return this._unsent;
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
  change(): void {
    this._unsent++;
  }

  /**
   * A frame goes out that carries everything unsent.
   */
  frame(): void {
    this._frames.push({ ordinal: ++this._sent, changes: this._unsent });
    this._inFlight += this._unsent;
    this._unsent = 0;
  }

  /**
   * Frames up to `ordinal` are durable. An ordinal that was never sent is not believed.
   */
  ack(ordinal: number): void {
    this._acked = Math.max(this._acked, Math.min(ordinal, this._sent));
    let first = this._frames[0];
    while (first && first.ordinal <= this._acked) {
      this._inFlight -= first.changes;
      this._settled += first.changes;
      this._frames.shift();
      first = this._frames[0];
    }
  }

  /**
   * The connection is gone: what was in flight has to be sent again.
   */
  disconnect(): void {
    this._unsent += this._inFlight;
    this._inFlight = 0;
    this._frames.length = 0;
    this._sent = 0;
    this._acked = 0;
  }

  /**
   * The changes were set aside (refused, or carried over to another document).
   */
  clear(): void {
    this.disconnect();
    this._unsent = 0;
  }

  private _unsent = 0;
  private _inFlight = 0;
  private _settled = 0;
  private _sent = 0;
  private _acked = 0;
  private _frames: { ordinal: number; changes: number }[] = [];
}
