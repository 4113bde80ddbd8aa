import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { OwnPresence } from '../ownpresence';
import { ManualTimers } from './simulation';

describe('OwnPresence', () => {
  it('sends the first move at once and the last one, 20 times a second at most', async () => {
    const timers = new ManualTimers();
    const awareness = new Awareness(new Y.Doc());
    const sent: unknown[] = [];
    const presence = new OwnPresence(awareness, {}, timers, () => {
      sent.push(awareness.getLocalState()?.['at']);
    });
    awareness.setLocalStateField('at', 0);
    expect(sent).toEqual([0]);
    for (let at = 1; at <= 100; at++) {
      await timers.pass(10);
      awareness.setLocalStateField('at', at);
    }
    await timers.pass(50);
    expect(sent.length).toBeLessThanOrEqual(22);
    expect(sent.length).toBeGreaterThan(15);
    expect(sent.at(-1)).toBe(100);

    // Nothing is repeated, and leaving does not wait.
    const before = sent.length;
    await timers.pass(1_000);
    expect(sent).toHaveLength(before);
    awareness.setLocalStateField('at', 'here');
    awareness.setLocalState(null);
    expect(sent.slice(before)).toEqual(['here', undefined]);
    presence.dispose();
    awareness.destroy();
    expect(sent).toHaveLength(before + 2);
  });
});
