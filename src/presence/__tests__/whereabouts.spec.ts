import { whereaboutsOf } from '../whereabouts';

const NOWHERE = { doing: 'here', cell: null, follows: null, sight: null };

describe('whereaboutsOf', () => {
  it('reads what was told', () => {
    const told = {
      doing: 'writing',
      cell: 'one',
      follows: 'ada',
      sight: { cell: 'two', part: 0.5 }
    };
    expect(whereaboutsOf({ anode: told })).toEqual(told);
  });

  it.each([
    {},
    { anode: null },
    { anode: 'here' },
    { anode: { doing: 'flying', cell: 7, follows: {}, sight: 'all' } },
    { anode: { sight: { cell: 'one' } } },
    { anode: { sight: { cell: 'one', part: -1 } } },
    { anode: { sight: { cell: 'one', part: NaN } } },
    { anode: { cell: 'x'.repeat(10_000), sight: { cell: 7, part: 0 } } }
  ])('takes %j for somebody who is just here', state => {
    expect(whereaboutsOf(state)).toEqual(NOWHERE);
  });
});
