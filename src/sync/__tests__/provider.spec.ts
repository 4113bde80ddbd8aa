// The provider against a room with a real document, in simulated time.

import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { NotReachedError } from '../../api/errors';
import type { IProviderHost, Phase } from '../provider';
import { Provider } from '../provider';
import { ManualTimers, Room, settled } from './simulation';

class Host implements IProviderHost {
  isSlow = false;
  phases: Phase[] = [];
  doubts: boolean[] = [];
  lineages: (string | null)[] = [];
  denied: string[] = [];
  refused: number[] = [];
  otherLineages = 0;
  remoteChanges = 0;
  synced = 0;
  answer: string | null | Error = 'ws://room';

  address(lineage: string | null, doubt: boolean): Promise<string | null> {
    this.lineages.push(lineage);
    this.doubts.push(doubt);
    return this.answer instanceof Error
      ? Promise.reject(this.answer)
      : Promise.resolve(this.answer);
  }

  onPhase(phase: Phase): void {
    this.phases.push(phase);
  }

  onRefused(code: number): void {
    this.refused.push(code);
  }

  onHello(): void {}

  onSynced(): void {
    this.synced++;
  }

  onProgress(): void {}

  onRemoteChange(): void {
    this.remoteChanges++;
  }

  onEvents(): void {}

  onNotice(): void {}

  onDenied(code: string): void {
    this.denied.push(code);
  }

  onOtherLineage(): void {
    this.otherLineages++;
  }
}

function setup() {
  const room = new Room();
  const timers = new ManualTimers();
  const doc = new Y.Doc();
  const awareness = new Awareness(new Y.Doc());
  const host = new Host();
  const { openSocket } = room;
  const provider = new Provider({ doc, awareness, timers, openSocket }, host);
  const text = doc.getText('text');
  cleanups.push(() => {
    provider.dispose();
    awareness.destroy();
  });
  return { room, timers, doc, text, host, provider, awareness };
}

const cleanups: (() => void)[] = [];

afterEach(() => {
  cleanups.splice(0).forEach(cleanup => cleanup());
});

async function live() {
  const world = setup();
  world.room.doc.getText('text').insert(0, 'server ');
  world.provider.connect();
  await settled();
  expect(world.provider.phase).toBe('live');
  return world;
}

describe('connecting', () => {
  it('gets the document and becomes live after both sides exchanged', async () => {
    const { text, host, provider, room } = await live();
    expect(text.toJSON()).toBe('server ');
    expect(host.phases).toEqual(['connecting', 'syncing', 'live']);
    expect(host.synced).toBe(1);
    expect(provider.pending).toBe(0);
    const kinds = room.last.received.filter(kind => kind !== '1');
    expect(kinds.sort()).toEqual(['step1', 'step2']);
  });

  it('does not count the first content as a change of somebody else', async () => {
    const { host, room } = await live();
    expect(host.remoteChanges).toBe(0);
    room.change(doc => doc.getText('text').insert(0, 'x'));
    expect(host.remoteChanges).toBe(1);
  });

  it('hands its own changes over before it takes any in', async () => {
    const { room, provider, text } = setup();
    room.doc.getText('text').insert(0, 'server ');
    room.isLate = true;
    text.insert(0, 'mine ');
    provider.connect();
    await settled();
    expect(text.toJSON()).toBe('mine ');
    room.ask();
    expect(text.toJSON()).toContain('server ');
    expect(room.doc.getText('text').toJSON()).toBe(text.toJSON());
    expect(provider.phase).toBe('live');
  });

  it('is not live before its answer is durable', async () => {
    const { room, provider } = setup();
    room.isQuick = false;
    provider.connect();
    await settled();
    expect(provider.phase).toBe('syncing');
    room.acknowledge();
    expect(provider.phase).toBe('live');
  });

  it('stops when the host knows of no address', async () => {
    const { provider, host, room } = setup();
    host.answer = null;
    provider.connect();
    await settled();
    expect(provider.phase).toBe('stopped');
    expect(room.peers).toHaveLength(0);
  });

  it('comes back when the address cannot be asked for', async () => {
    const { provider, host, timers } = setup();
    host.answer = new Error('down');
    provider.connect();
    await settled();
    expect(provider.phase).toBe('waiting');
    host.answer = 'ws://room';
    await timers.pass(1000);
    expect(provider.phase).toBe('live');
  });
});

describe('own changes', () => {
  it('are pending until acknowledged', async () => {
    const { room, text, provider } = await live();
    room.isQuick = false;
    text.insert(0, 'a');
    text.insert(1, 'b');
    expect(provider.pending).toBe(2);
    expect(room.doc.getText('text').toJSON()).toBe('abserver ');
    room.acknowledge();
    expect(provider.pending).toBe(0);
  });

  it('made before the line is open go with the first answer', async () => {
    const { room, text, provider } = setup();
    text.insert(0, 'early');
    provider.connect();
    await settled();
    expect(room.doc.getText('text').toJSON()).toBe('early');
    expect(room.last.received).not.toContain('update');
    expect(provider.pending).toBe(0);
  });

  it('that are too large for an update go as an answer', async () => {
    const { room, text } = await live();
    text.insert(0, 'x'.repeat(5000));
    expect(room.last.received.at(-1)).toBe('step2');
    expect(room.doc.getText('text').length).toBe(5007);
  });

  it('that came from the room are not sent back', async () => {
    const { room, provider } = await live();
    const before = room.last.received.length;
    room.change(doc => doc.getText('text').insert(0, 'theirs '));
    expect(provider.pending).toBe(0);
    expect(room.last.received).toHaveLength(before);
  });
});

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
    const probes = room.last.received.filter(kind => kind === 'step1');
    expect(probes.length).toBeGreaterThan(5);
    expect(probes.length).toBeLessThan(20);
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
        }
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

describe('another lineage', () => {
  it('is noticed by close code', async () => {
    const { room, host } = await live();
    room.last.hangUp(4409);
    expect(host.otherLineages).toBe(1);
  });

  it('is noticed in the greeting, before anything is mixed', async () => {
    const { room, host, timers, text } = await live();
    room.lineage = 'second';
    room.doc.getText('text').insert(0, 'other ');
    room.last.hangUp(1006);
    await timers.pass(1000);
    expect(host.otherLineages).toBe(1);
    expect(text.toJSON()).toBe('server ');
  });

  it('goes on with a fresh document', async () => {
    const { room, provider, text } = await live();
    room.isQuick = false;
    text.insert(0, 'unsaved ');
    const next = new Y.Doc();
    room.isQuick = true;
    provider.replace(next);
    await settled();
    expect(provider.phase).toBe('live');
    expect(provider.pending).toBe(0);
    text.insert(0, 'nobody listens ');
    expect(provider.pending).toBe(0);
    next.getText('text').insert(0, 'heard ');
    expect(room.doc.getText('text').toJSON()).toMatch(/^heard /);
  });
});

describe('flush', () => {
  it('waits for the acknowledgement', async () => {
    const { room, text, provider } = await live();
    room.isQuick = false;
    text.insert(0, 'a');
    const done = jest.fn();
    const flushed = provider.flush().then(done);
    await settled();
    expect(done).not.toHaveBeenCalled();
    room.acknowledge();
    await flushed;
    expect(done).toHaveBeenCalled();
  });

  it('fails when the line breaks, and at once without one', async () => {
    const { room, text, provider } = await live();
    room.isQuick = false;
    text.insert(0, 'a');
    const flushed = provider.flush();
    room.last.hangUp(1006);
    await expect(flushed).rejects.toThrow(NotReachedError);
    await expect(provider.flush()).rejects.toThrow(NotReachedError);
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
