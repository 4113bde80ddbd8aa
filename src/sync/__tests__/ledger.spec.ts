// The ledger counts what is not durable, over acknowledgements and interruptions.

import { Ledger } from '../ledger';

describe('Ledger', () => {
  it('holds a change until its frame is acknowledged', () => {
    const ledger = new Ledger();
    ledger.change();
    expect(ledger.pending).toBe(1);
    ledger.frame();
    expect(ledger.pending).toBe(1);
    ledger.ack(1);
    expect(ledger.pending).toBe(0);
  });

  it('takes one acknowledgement for all frames up to it', () => {
    const ledger = new Ledger();
    for (let n = 0; n < 5; n++) {
      ledger.change();
      ledger.frame();
    }
    ledger.ack(3);
    expect(ledger.pending).toBe(2);
    ledger.ack(2);
    expect(ledger.pending).toBe(2);
    ledger.ack(5);
    expect(ledger.pending).toBe(0);
  });

  it('counts everything unsent to the frame that carries it', () => {
    const ledger = new Ledger();
    ledger.change();
    ledger.change();
    ledger.frame();
    ledger.change();
    ledger.ack(1);
    expect(ledger.pending).toBe(1);
  });

  it('does not believe an acknowledgement of what was never sent', () => {
    const ledger = new Ledger();
    ledger.change();
    ledger.ack(7);
    expect(ledger.pending).toBe(1);
    ledger.frame();
    expect(ledger.pending).toBe(1);
  });

  it('keeps what was in flight when the connection goes, and counts frames anew', () => {
    const ledger = new Ledger();
    ledger.change();
    ledger.frame();
    ledger.change();
    ledger.frame();
    ledger.ack(1);
    ledger.disconnect();
    expect(ledger.pending).toBe(1);
    expect(ledger.sent).toBe(0);
    ledger.frame();
    expect(ledger.sent).toBe(1);
    ledger.ack(1);
    expect(ledger.pending).toBe(0);
  });

  it('counts a frame without changes', () => {
    const ledger = new Ledger();
    ledger.frame();
    ledger.ack(1);
    expect(ledger.acked).toBe(1);
    expect(ledger.pending).toBe(0);
  });
});
