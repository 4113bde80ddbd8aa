// A long stream is the one stream again where a notebook is saved beside its room.

import type { PartialJSONObject } from '@lumino/coreutils';

import { LONG_TEXT_MIME, longTextIn, oneStream } from '../longtext';

const piece = { sha256: 'ab'.repeat(32), size: 9, lines: 3 };

function stream(text: string, name = 'stdout'): PartialJSONObject {
  return { output_type: 'stream', name, text };
}

function reference(lost = 0): PartialJSONObject {
  return {
    output_type: 'display_data',
    metadata: {},
    data: { [LONG_TEXT_MIME]: { name: 'stdout', pieces: [piece], lost } }
  };
}

const load = () => Promise.resolve('a\nb\nc\n');

describe('oneStream', () => {
  it('puts beginning, rest and end together', async () => {
    const parts = [stream('a\n'), reference(), stream('c\n')];
    const around = [
      stream('x', 'stderr'),
      ...parts,
      stream('d\n'),
      ...parts,
      stream('y', 'stderr')
    ];
    expect(await oneStream(around, load)).toEqual([
      around[0],
      stream('a\nb\nc\n'),
      stream('d\n'),
      stream('a\nb\nc\n'),
      around[8]
    ]);
  });

  it('keeps what says something else, and tells what was lost', async () => {
    const parts = [stream('mine\n'), reference(1200), stream('z\n')];
    expect(await oneStream(parts, load)).toEqual([
      stream('mine\n'),
      stream('a\nb\nc\n\n[1,200 characters of output could not be kept.]\nz\n')
    ]);
  });

  it('leaves alone what cannot be had', async () => {
    const parts = [stream('a\n'), reference(), stream('c\n')];
    expect(await oneStream(parts, () => Promise.resolve(null))).toEqual(parts);
  });
});

describe('longTextIn', () => {
  it.each([
    null,
    7,
    { name: 'stdin', pieces: [] },
    { name: 'stdout' },
    { name: 'stdout', pieces: [{ ...piece, sha256: '../../etc/passwd' }] }
  ])('passes over %j', value => {
    expect(longTextIn({ [LONG_TEXT_MIME]: value })).toBeNull();
  });
});
