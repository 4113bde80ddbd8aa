// Waiting grows, is spread, and stays within its bounds.

import { LONGEST_MS, SHORTEST_MS, waitBefore } from '../backoff';

const NEARLY_ONE = 1 - Number.EPSILON;

describe('waitBefore', () => {
  it('begins with half a second to a second', () => {
    expect(waitBefore(0, 0)).toBe(500);
    expect(waitBefore(0, NEARLY_ONE)).toBe(1000);
  });

  it('doubles with each failure', () => {
    expect(waitBefore(1, 0)).toBe(1000);
    expect(waitBefore(2, 0)).toBe(2000);
    expect(waitBefore(3, 0.5)).toBe(6000);
  });

  it('is never shorter or longer than it may be', () => {
    for (let failures = 0; failures < 2000; failures++) {
      for (const random of [0, 0.25, 0.5, NEARLY_ONE]) {
        const wait = waitBefore(failures, random);
        expect(wait).toBeGreaterThanOrEqual(SHORTEST_MS);
        expect(wait).toBeLessThanOrEqual(LONGEST_MS);
      }
    }
  });

  it('spreads the longest wait over half of it', () => {
    expect(waitBefore(50, 0)).toBe(LONGEST_MS / 2);
    expect(waitBefore(50, NEARLY_ONE)).toBe(LONGEST_MS);
  });
});
