import { nullTranslator } from '@jupyterlab/translation';

import { bytes, cores, lasting } from '../amounts';
import { linesOf } from '../sparkline';

const trans = nullTranslator.load('anode_jlab');

describe('amounts', () => {
  it('have units and few digits', () => {
    expect([0, 999, 1536, 179 * 2 ** 20, 4 * 2 ** 30].map(bytes)).toEqual([
      '0 B',
      '999 B',
      '1.5 KiB',
      '179 MiB',
      '4.0 GiB'
    ]);
    expect(cores(150, 2, trans)).toBe('1.50 of 2 cores');
    expect(cores(3, 1, trans)).toBe('0.03 of 1 core');
    expect(cores(20, 0.5, trans)).toBe('0.20 of 0.5 cores');
    const minute = 60_000;
    expect(
      [-5, 59_999, minute, 61 * minute, 49 * 60 * minute].map(ms =>
        lasting(ms, trans)
      )
    ).toEqual(['0 s', '59 s', '1 min', '1 h 1 min', '2 d 1 h']);
  });
});

describe('the curve', () => {
  it('goes from left to right and from the ground to the limit', () => {
    const line = linesOf(
      [
        { ageMs: 4_000, value: 0 },
        { ageMs: 2_000, value: 50 },
        { ageMs: 0, value: 500 }
      ],
      100
    );
    expect(line).toEqual([
      [
        [116, 27],
        [118, 14],
        [120, 1]
      ]
    ]);
  });

  it('has a gap where nobody looked, and forgets what is too old', () => {
    const ages = [200_000, 90_000, 88_000, 30_000, 28_000, 2_000];
    const lines = linesOf(
      ages.map(ageMs => ({ ageMs, value: 1 })),
      0
    );
    expect(lines).toHaveLength(2);
  });
});
