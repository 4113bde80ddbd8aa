// The ledger keeps what is not durable, over acknowledgements and interruptions.

import { Ledger } from '../ledger';

const A = Uint8Array.of(1);
const B = Uint8Array.of(2);

/**
 * Changes are made and sent, each in a frame of its own.
 */
function send(ledger: Ledger, ...changes: Uint8Array[]): void {
  for (const change of changes) {
    ledger.change(change);
    ledger.frame(ledger.take());
  }
}

describe('Ledger', () => {
  it('holds a change until its frame is acknowledged', () => {
    const ledger = new Ledger();
    ledger.change(A);
    expect([ledger.pending, ledger.unsent]).toEqual([1, 1]);
    ledger.frame(ledger.take());
    expect([ledger.pending, ledger.unsent]).toEqual([1, 0]);
    ledger.ack(1);
    expect([ledger.pending, ledger.settled]).toEqual([0, 1]);
  });

  it('takes one acknowledgement for all frames up to it', () => {
    const ledger = new Ledger();
    send(ledger, A, A, A, A, A);
    ledger.ack(3);
    expect(ledger.pending).toBe(2);
    ledger.ack(2);
    expect(ledger.pending).toBe(2);
    ledger.ack(5);
    expect(ledger.pending).toBe(0);
  });

  it('counts all changes to the frame that carries them', () => {
    const ledger = new Ledger();
    ledger.change(A);
    ledger.change(B);
    ledger.frame(ledger.take());
    ledger.change(A);
    ledger.ack(1);
    expect(ledger.pending).toBe(1);
  });

  it('does not believe an acknowledgement of what was never sent', () => {
    const ledger = new Ledger();
    ledger.change(A);
    ledger.ack(7);
    expect(ledger.pending).toBe(1);
    ledger.frame(ledger.take());
    expect(ledger.pending).toBe(1);
  });

  it('keeps what was in flight when the connection goes, and counts frames anew', () => {
    const ledger = new Ledger();
    send(ledger, A, B);
    ledger.ack(1);
    ledger.disconnect();
    expect([ledger.pending, ledger.sent]).toEqual([1, 0]);
    ledger.change(A);
    expect(ledger.take()).toEqual([B, A]);
    ledger.frame([B, A]);
    ledger.ack(1);
    expect([ledger.pending, ledger.settled]).toEqual([0, 3]);
  });

  it('gives what is in flight out again, in order, on the same connection', () => {
    const ledger = new Ledger();
    send(ledger, A, B);
    ledger.recall();
    ledger.ack(2);
    expect(ledger.pending).toBe(2);
    expect(ledger.take()).toEqual([A, B]);
    ledger.frame([A, B]);
    ledger.ack(3);
    expect(ledger.pending).toBe(0);
  });

  it('counts a frame without changes', () => {
    const ledger = new Ledger();
    ledger.frame();
    ledger.ack(1);
    expect([ledger.acked, ledger.pending]).toEqual([1, 0]);
  });
});
