// Changes of the file, summed up.

import type { IEnvelope } from '../../tokens';
import { NO_CHANGES, withEvents } from '../model';

function merged(seq: number, data: Record<string, unknown>): IEnvelope {
  return {
    seq,
    time: '2026-01-01T00:00:00Z',
    actor: { kind: 'file', id: 'file', name: 'File on disk' },
    name: 'v1.ExternalChangeMerged',
    data: { cells: [], versions: [], ...data }
  };
}

describe('withEvents', () => {
  it('sums up changes that follow one another', () => {
    const once = withEvents(NO_CHANGES, [
      merged(3, { cells_changed: 3, cells: ['a', 'b'] })
    ]);
    expect(once).toEqual({
      cells: ['a', 'b'],
      count: 3,
      versions: 0,
      seqs: [3]
    });
    const twice = withEvents(once, [
      merged(7, { cells_changed: 2, cells: ['b', 'v'], versions: ['v'] })
    ]);
    expect(twice).toEqual({
      cells: ['a', 'b', 'v'],
      count: 4,
      versions: 1,
      seqs: [3, 7]
    });
  });

  it('takes no notice of anything else', () => {
    const other = { ...merged(3, { cells_changed: 1 }), name: 'v1.Exported' };
    expect(withEvents(NO_CHANGES, [other])).toBe(NO_CHANGES);
    const nothing = merged(3, { cells_changed: 0 });
    expect(withEvents(NO_CHANGES, [nothing])).toBe(NO_CHANGES);
  });
});
