// Who is in a room, as its server says.

import { Poll } from '@lumino/polling';
import { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';

/**
 * How often one's own state is said again: clients that have no such server take others for gone after
 * 30 s of silence.
 */
const RENEW_MS = 15_000;

/**
 * Awareness that does not itself take anybody for gone. The server ends the states of a connection with
 * it, and what it told goes with the line; a browser puts the timers of a page that nobody sees off for
 * a minute, and its person would come and go.
 */
export class RoomAwareness extends Awareness {
  constructor(doc: Y.Doc) {
    super(doc);
    clearInterval(this._checkInterval as number);
    this._renewing = new Poll({
      factory: () => {
        this.setLocalState(this.getLocalState());
        return Promise.resolve();
      },
      frequency: { interval: RENEW_MS, backoff: false },
      standby: 'never'
    });
  }

  override destroy(): void {
    this._renewing.dispose();
    super.destroy();
  }

  private readonly _renewing: Poll;
}
