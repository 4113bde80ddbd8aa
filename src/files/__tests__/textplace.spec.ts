// Where a change of the file stands in a text that went on.

import type { NotebooksApi } from '../../api/notebooks';
import { carried, nextPlace, placesBetween, placesOf } from '../textplace';

const BEFORE = 'one\ntwo\nthree\nfour\n';
const AFTER = 'zero\none\nTWO\nthree\n';

const part = (text: string) => (place: { start: number; end: number }) =>
  text.slice(place.start, place.end);

describe('places in a text', () => {
  it('are what came or changed; what went leaves an empty one', () => {
    const places = placesBetween(BEFORE, AFTER);
    expect(places.map(part(AFTER))).toEqual(['zero\n', 'TWO', '']);
    expect(places[2]).toEqual({ start: AFTER.length, end: AFTER.length });
    expect(placesBetween(AFTER, AFTER)).toEqual([]);
  });

  it('go along with what people do later', () => {
    const now = 'header\nzero\none here\nTWO\nthree\n';
    const places = placesBetween(BEFORE, AFTER).map(({ start, end }) => ({
      start: carried(start, AFTER, now),
      end: carried(end, AFTER, now)
    }));
    expect(places.map(part(now))).toEqual(['zero\n', 'TWO', '']);
    // Somebody removed it: nothing is left to select.
    const gone = carried(AFTER.indexOf('TWO') + 1, AFTER, 'zero\none\nthree\n');
    expect(gone).toBe('zero\none\n'.length);
  });

  it('follow one another, and begin anew', () => {
    const places = [
      { start: 9, end: 9 },
      { start: 0, end: 4 },
      { start: 5, end: 7 }
    ];
    let at = { start: 0, end: 0 };
    const seen = [1, 2, 3, 4].map(() => (at = nextPlace(places, at)!).start);
    expect(seen).toEqual([0, 5, 9, 0]);
    expect(nextPlace([], at)).toBeUndefined();
  });

  it('are those of the change that the log tells of', async () => {
    const texts: Record<number, string> = { 6: BEFORE, 7: AFTER };
    const api = {
      changes: () =>
        Promise.resolve([
          { seq: 4, actor: { kind: 'file' } },
          { seq: 7, actor: { kind: 'file' } },
          { seq: 9, actor: { kind: 'human' } },
          { seq: 12, actor: { kind: 'file' } }
        ]),
      document: (_: string, seq: number) =>
        Promise.resolve({ content: texts[seq] })
    } as unknown as NotebooksApi;
    const now = `# now\n${AFTER}`;
    const places = await placesOf(api, 'id', 10, now);
    expect(places.map(part(now))).toEqual(['zero\n', 'TWO', '']);
    expect(await placesOf(api, 'id', 3, now)).toEqual([]);
  });
});
