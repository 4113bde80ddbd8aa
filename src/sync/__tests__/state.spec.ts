// The one word: which of all that is known counts.

import { nullTranslator } from '@jupyterlab/translation';

import type { ICondition } from '../../tokens';
import type { IStanding } from '../state';
import { NOTHING_YET, syncState } from '../state';

const trans = nullTranslator.load('');

const WELL: IStanding = {
  isText: false,
  phase: 'live',
  pending: 0,
  lastAck: 5,
  role: 'owner',
  wasSynced: true,
  isKept: false,
  conditions: [],
  refusal: null,
  heldBy: null,
  mayTakeOver: false
};

function condition(code: string, message: string): ICondition {
  return { code, message, hint: '', since: null };
}

function label(standing: Partial<IStanding>): string {
  return syncState({ ...WELL, ...standing }, null, 1, trans).label;
}

describe('syncState', () => {
  it.each<[string, Partial<IStanding>]>([
    ['saved', {}],
    ['saving', { pending: 2 }],
    ['syncing', { phase: 'syncing' }],
    ['syncing', { phase: 'connecting', wasSynced: false }],
    ['offline (not kept)', { phase: 'waiting' }],
    ['offline (not kept)', { phase: 'connecting', pending: 3 }],
    [
      'read-only (you may read this notebook but not change it)',
      { role: 'reader' }
    ],
    [
      'error (file changed outside, reload or overwrite)',
      { conditions: [condition('file_changed_outside', 'Whatever.')] }
    ],
    [
      'error (file deleted, save again)',
      { conditions: [condition('file_deleted', 'Whatever.')] }
    ],
    [
      'error (file is not a notebook, retry)',
      { conditions: [condition('file_not_valid', 'Whatever.')] }
    ],
    [
      'error (file is not a text, retry)',
      { isText: true, conditions: [condition('file_not_valid', 'Whatever.')] }
    ],
    [
      'read-only (you may read this file but not change it)',
      { isText: true, role: 'reader' }
    ],
    ['saved', { conditions: [condition('file_conflicted', 'Whatever.')] }],
    [
      'error (file not updated: disk full, retry)',
      {
        conditions: [
          condition('file_not_written', 'File not updated: disk full.')
        ]
      }
    ],
    [
      'error (the store is full)',
      { conditions: [condition('store_unavailable', 'The store is full.')] }
    ],
    [
      'error (signed out, reload page)',
      { refusal: { reason: 'Signed out', action: 'reload-page' } }
    ]
  ])('is %s', (expected, standing) => {
    expect(label(standing)).toBe(expected);
  });

  it('never says saved before the acknowledgement', () => {
    for (const phase of [
      'connecting',
      'syncing',
      'waiting',
      'stopped'
    ] as const) {
      expect(label({ phase })).not.toBe('saved');
    }
    expect(label({ pending: 1 })).not.toBe('saved');
  });

  it('says offline even when something else was wrong before', () => {
    const conditions = [condition('file_not_written', 'x')];
    expect(label({ phase: 'waiting', conditions })).toBe('offline (not kept)');
  });

  it('keeps the time since when the same is said again', () => {
    const first = syncState({ ...WELL, pending: 1 }, NOTHING_YET, 10, trans);
    expect(first.since).toBe(10);
    const second = syncState({ ...WELL, pending: 4 }, first, 20, trans);
    expect(second).toMatchObject({ kind: 'saving', pending: 4, since: 10 });
    expect(syncState(WELL, second, 30, trans).since).toBe(30);
  });
});
