import {
  applyAwarenessUpdate,
  Awareness,
  encodeAwarenessUpdate
} from 'y-protocols/awareness';
import * as Y from 'yjs';

import { RoomAwareness } from '../roomawareness';

describe('RoomAwareness', () => {
  it('keeps those who are silent, and says again who one is', async () => {
    jest.useFakeTimers();
    const room = new RoomAwareness(new Y.Doc());
    const other = new Awareness(new Y.Doc());
    other.setLocalState({ user: { username: 'grace' } });
    const update = encodeAwarenessUpdate(other, [other.clientID]);
    applyAwarenessUpdate(room, update, 'server');
    const clock = (): number => room.meta.get(room.clientID)!.clock;
    const before = clock();
    other.destroy();
    await jest.advanceTimersByTimeAsync(120_000);
    expect(room.getStates().has(other.clientID)).toBe(true);
    expect(clock()).toBeGreaterThanOrEqual(before + 7);
    room.destroy();
    const last = clock();
    await jest.advanceTimersByTimeAsync(120_000);
    expect(clock()).toBe(last);
    jest.useRealTimers();
  });
});
