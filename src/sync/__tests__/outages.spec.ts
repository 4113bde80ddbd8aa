// The provider when the line breaks, is silent, or the server refuses, in simulated time.

import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { Provider } from '../provider';
import { settled } from './simulation';
import { Host, live, setup } from './world';

describe('an interruption', () => {
  it('keeps what is not acknowledged and sends it again, once', async () => {
    const { room, text, provider, timers, host } = await live();
    room.isQuick = false;
    text.insert(0, 'sent-not-acked ');
    room.last.hangUp(1006);
    expect(provider.phase).toBe('waiting');
    expect(provider.pending).toBe(1);
    text.insert(0, 'made-offline ');
    expect(provider.pending).toBe(2);
    room.isQuick = true;
    await timers.pass(1000);
    expect(provider.phase).toBe('live');
    expect(provider.pending).toBe(0);
    const whole = 'made-offline sent-not-acked server ';
    expect(room.doc.getText('text').toJSON()).toBe(whole);
    expect(text.toJSON()).toBe(whole);
    expect(host.lineages).toEqual([null, 'first']);
  });

  it('sends what was made meanwhile change by change, then only what else there is', async () => {
    const { room, doc, text, timers, provider } = await live();
    const cells = doc.getArray('cells');
    cells.insert(0, [new Y.Map([['id', 'a']])]);
    room.last.hangUp(1001);
    text.insert(0, 'b');
    text.insert(0, 'a');
    const made: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => made.push(update));
    doc.transact(() => {
      cells.delete(0, 1);
      cells.insert(0, [new Y.Map([['id', 'a']])]);
    });
    text.delete(0, 1);
    await timers.pass(1000);
    const [typed, moved, erased, ...rest] = room.last.updates;
    expect(Y.decodeUpdate(typed!).structs).toHaveLength(2);
    expect([moved, erased]).toEqual(made);
    expect(rest).toHaveLength(1);
    expect(Y.decodeUpdate(rest[0]!).structs).toEqual([]);
    expect(provider.pending).toBe(0);
    expect(room.doc.getText('text').toJSON()).toBe('bserver ');
  });

  it('gets what others did meanwhile', async () => {
    const { room, text, timers } = await live();
    room.last.hangUp(1001);
    room.doc.getText('text').insert(0, 'meanwhile ');
    await timers.pass(1000);
    expect(text.toJSON()).toBe('meanwhile server ');
  });

  it('is waited out longer and longer, and the notebook is asked about', async () => {
    const { room, provider, timers, host } = await live();
    room.isDown = true;
    room.last.hangUp(1006);
    await timers.pass(60_000);
    expect(provider.phase).toBe('waiting');
    // 0.5 1 2 4 8 15 15 15: no more than these attempts in a minute.
    expect(room.peers.length).toBeLessThanOrEqual(10);
    expect(room.peers.length).toBeGreaterThanOrEqual(6);
    expect(host.doubts.slice(-1)).toEqual([true]);
    room.isDown = false;
    provider.retry();
    await settled();
    expect(provider.phase).toBe('live');
    expect(provider.failures).toBe(0);
  });

  it('leaves nobody behind as present', async () => {
    const { room, awareness } = await live();
    awareness.states.set(77, { user: { name: 'Ghost' } });
    room.last.hangUp(1006);
    expect([...awareness.getStates().keys()]).toEqual([awareness.clientID]);
  });

  it('is over at once when the network is known to be gone', async () => {
    const { provider, room } = await live();
    provider.lost();
    expect(provider.phase).toBe('waiting');
    expect(room.last.isOpen).toBe(false);
  });
});

describe('a silent line', () => {
  it('is found out within ten seconds', async () => {
    const { room, provider, timers } = await live();
    room.isSilent = true;
    room.isDown = true;
    await timers.pass(10_000);
    expect(provider.phase).not.toBe('live');
  });

  it('is kept while the server is known to wait for its disk', async () => {
    const { room, provider, timers, host } = await live();
    host.isSlow = true;
    room.isSilent = true;
    await timers.pass(20_000);
    expect(provider.phase).toBe('live');
  });

  it('is only a quiet one when the probe is answered', async () => {
    const { room, provider, timers } = await live();
    await timers.pass(60_000);
    expect(provider.phase).toBe('live');
    expect(room.peers).toHaveLength(1);
    const probes = room.last.received.filter(kind => kind === 'update');
    expect(probes.length).toBeGreaterThan(5);
    expect(probes.length).toBeLessThan(20);
    expect(provider.lastAck).toBeNull();
  });

  it('is not probed with what brings the document', async () => {
    const { room, timers } = await live();
    const asked = room.last.received.filter(kind => kind === 'step1').length;
    await timers.pass(60_000);
    const now = room.last.received.filter(kind => kind === 'step1').length;
    expect(now).toBe(asked);
  });

  it('is asked for the document when the disk is slow, and kept', async () => {
    const { room, provider, timers } = await live();
    room.isQuick = false;
    await timers.pass(30_000);
    expect(provider.phase).toBe('live');
    expect(room.peers).toHaveLength(1);
  });

  it('is left alone while nobody looks and the server pings', async () => {
    const { room, timers, host } = await live();
    host.isWatched = false;
    const frames = room.last.received.length;
    for (let passed = 0; passed < 60_000; passed += 15_000) {
      await timers.pass(15_000);
      room.last.give(Uint8Array.of(21));
    }
    const pings = room.last.received.slice(frames);
    expect(new Set(pings)).toEqual(new Set(['21']));
    expect(pings.length).toBeLessThanOrEqual(4);
  });

  it('is found out soon when somebody looks again', async () => {
    const { room, provider, timers, host } = await live();
    host.isWatched = false;
    room.isSilent = true;
    room.isDown = true;
    await timers.pass(30_000);
    expect(provider.phase).toBe('live');
    host.isWatched = true;
    await timers.pass(6_500);
    expect(provider.phase).not.toBe('live');
  });

  it('is found out soon when a change is on its way', async () => {
    const { room, provider, timers, host, text } = await live();
    host.isWatched = false;
    room.isSilent = true;
    room.isDown = true;
    text.insert(0, 'x');
    await timers.pass(10_000);
    expect(provider.phase).not.toBe('live');
  });

  it('is found out at last though nobody looks', async () => {
    const { room, provider, timers, host } = await live();
    host.isWatched = false;
    room.isSilent = true;
    room.isDown = true;
    await timers.pass(50_000);
    expect(provider.phase).not.toBe('live');
  });

  it('that never opens is given up', async () => {
    const { room, provider, timers } = setup();
    const attempts = jest.fn();
    const swallow = new Provider(
      {
        doc: new Y.Doc(),
        awareness: new Awareness(new Y.Doc()),
        timers,
        openSocket: () => {
          attempts();
          return { send: () => {}, close: () => {}, buffered: 0 };
        },
        isWatched: () => true
      },
      new Host()
    );
    provider.dispose();
    swallow.connect();
    await settled();
    await timers.pass(25_000);
    expect(attempts.mock.calls.length).toBeGreaterThan(1);
    expect(room.peers).toHaveLength(0);
    swallow.dispose();
  });
});

describe('a refusal', () => {
  it.each([4400, 4413])('with %i is not tried again', async code => {
    const { room, provider, timers, host } = await live();
    room.last.hangUp(code, 'because');
    expect(provider.phase).toBe('stopped');
    expect(host.refused).toEqual([code]);
    await timers.pass(120_000);
    expect(room.peers).toHaveLength(1);
  });

  it('for being too fast is respected for five seconds', async () => {
    const { room, timers } = await live();
    room.last.hangUp(4429);
    await timers.pass(4_900);
    expect(room.peers).toHaveLength(1);
    await timers.pass(200);
    expect(room.peers).toHaveLength(2);
  });

  it('with 4404 asks what became of the notebook', async () => {
    const { room, timers, host } = await live();
    room.last.hangUp(4404);
    await timers.pass(1000);
    expect(host.doubts).toEqual([false, true]);
  });

  it('of a change is told, and the line is left', async () => {
    const { room, host } = await live();
    const body = new TextEncoder().encode('{"code":"read_only","message":""}');
    room.last.give(Uint8Array.of(20, ...body));
    expect(host.denied).toEqual(['read_only']);
    expect(room.last.isOpen).toBe(false);
  });
});

describe('a frame that cannot be read', () => {
  it('costs the connection, not the document', async () => {
    const { room, provider, text, timers } = await live();
    const said = jest.spyOn(console, 'error').mockImplementation(() => {});
    room.last.give(Uint8Array.of(0, 2, 200));
    expect(provider.phase).toBe('waiting');
    await timers.pass(1000);
    expect(provider.phase).toBe('live');
    expect(text.toJSON()).toBe('server ');
    said.mockRestore();
  });
});
