// The provider with a room that is well, in simulated time.

import * as Y from 'yjs';

import { NotReachedError } from '../../api/errors';
import { settled } from './simulation';
import { live, setup } from './world';

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

  it('made before the line is open go before the first answer', async () => {
    const { room, text, provider } = setup();
    text.insert(0, 'early');
    provider.connect();
    await settled();
    expect(room.doc.getText('text').toJSON()).toBe('early');
    const kinds = room.last.received.filter(kind => /update|step2/.test(kind));
    expect(kinds).toEqual(['update', 'step2']);
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
