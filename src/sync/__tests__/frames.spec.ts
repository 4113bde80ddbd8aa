// Frames against bytes written down by hand from PROTOCOL, and cut ones.

import * as frames from '../frames';

function json(type: number, value: unknown): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return Uint8Array.of(type, ...body);
}

describe('what we send', () => {
  it('is a y-protocols sync message', () => {
    expect([...frames.step1(Uint8Array.of(0))]).toEqual([0, 0, 1, 0]);
    expect([...frames.step2(Uint8Array.of(0, 0))]).toEqual([0, 1, 2, 0, 0]);
    expect([...frames.update(Uint8Array.of(7))]).toEqual([0, 2, 1, 7]);
  });

  it('writes lengths as lib0 varuints', () => {
    const frame = frames.update(new Uint8Array(300));
    expect([...frame.slice(0, 4)]).toEqual([0, 2, 0xac, 0x02]);
    expect(frame).toHaveLength(304);
  });

  it('is an awareness message or a ping', () => {
    expect([...frames.awareness(Uint8Array.of(0))]).toEqual([1, 1, 0]);
    expect([...frames.ping()]).toEqual([21]);
  });
});

describe('what we receive', () => {
  it('is sync in its three kinds', () => {
    expect(frames.decode(Uint8Array.of(0, 0, 1, 0))).toEqual({
      type: 'step1',
      vector: Uint8Array.of(0)
    });
    expect(frames.decode(Uint8Array.of(0, 1, 2, 0, 0))).toEqual({
      type: 'step2',
      update: Uint8Array.of(0, 0)
    });
    expect(frames.decode(Uint8Array.of(0, 2, 1, 9))).toEqual({
      type: 'update',
      update: Uint8Array.of(9)
    });
  });

  it('is a greeting', () => {
    const hello = {
      id: 'ab',
      lineage: 'cd',
      seq: 3,
      role: 'owner',
      client: 12
    } as const;
    expect(frames.decode(json(16, hello))).toEqual({ type: 'hello', hello });
  });

  it('is an acknowledgement', () => {
    expect(frames.decode(Uint8Array.of(17, 0x80, 0x01, 5))).toEqual({
      type: 'ack',
      n: 128,
      seq: 5
    });
  });

  it('is events, a denial or a notice', () => {
    expect(frames.decode(json(18, []))).toEqual({ type: 'events', events: [] });
    expect(
      frames.decode(json(20, { code: 'read_only', message: 'nö' }))
    ).toEqual({ type: 'denied', code: 'read_only', message: 'nö' });
    expect(frames.decode(json(23, { conditions: [], role: 'reader' }))).toEqual(
      { type: 'notice', conditions: [], role: 'reader' }
    );
    expect(frames.decode(json(23, { conditions: [] }))).toEqual({
      type: 'notice',
      conditions: [],
      role: null
    });
  });

  it('is the state', () => {
    const state = { seq: 3, executions: [], runtime_sessions: [] };
    expect(frames.decode(json(19, state))).toEqual({ type: 'state', state });
  });

  it('is a piece of an answer', () => {
    const piece = { run_id: 'run', offset: 4, text: 'nö' };
    expect(frames.decode(json(22, piece))).toEqual({ type: 'stream', piece });
  });

  it('may be of a kind that we have no use for', () => {
    for (const type of [21, 24, 99]) {
      expect(frames.decode(Uint8Array.of(type))).toEqual({ type: 'other' });
    }
    expect(frames.decode(Uint8Array.of(0, 9, 0))).toEqual({ type: 'other' });
  });

  it.each([
    ['an empty frame', []],
    ['a cut sync frame', [0, 1, 200]],
    ['a cut acknowledgement', [17, 1]],
    ['a greeting that is no JSON', [16, 0x7b]]
  ])('refuses %s', (_, bytes) => {
    expect(() => frames.decode(Uint8Array.from(bytes))).toThrow();
  });
});
