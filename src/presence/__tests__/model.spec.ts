import { Signal } from '@lumino/signaling';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import type { IAnodeRooms } from '../../tokens';
import { PeopleModel, peopleIn } from '../model';
import { colorOf, initialsOf, inkOn } from '../person';

const user = (username: string, name = username) => ({
  user: { username, name, display_name: name }
});

describe('peopleIn', () => {
  it('counts windows of one person once and puts oneself first', () => {
    const people = peopleIn(
      new Map<number, Record<string, unknown>>([
        [1, user('ada', 'Ada Lovelace')],
        [2, user('grace', 'Grace Hopper')],
        [3, user('grace', 'Grace Hopper')],
        [4, user('emmy', 'Emmy Noether')]
      ]),
      3
    );
    expect(people.map(p => [p.name, p.isSelf, p.windows])).toEqual([
      ['Grace Hopper', true, 2],
      ['Ada Lovelace', false, 1],
      ['Emmy Noether', false, 1]
    ]);
  });

  it('shows oneself as the others see one', () => {
    const madeUp = { color: 'var(--jp-collaborator-color9)', initials: 'A' };
    const [self, other, chosen] = peopleIn(
      new Map<number, Record<string, unknown>>([
        [1, { user: { ...user('ada', 'Ada Lovelace').user, ...madeUp } }],
        [2, user('ada2', 'Ada Lovelace')],
        [
          3,
          { user: { ...user('ada3').user, color: '#123456', initials: 'XY' } }
        ]
      ]),
      1
    );
    expect(self?.initials).toBe(other?.initials);
    expect(self?.color).toBe(colorOf('ada'));
    expect([chosen?.color, chosen?.initials]).toEqual(['#123456', 'XY']);
  });

  it('says what somebody does where they do most, and since when they are here', () => {
    const grace = (since: unknown, anode: object) => ({
      user: { username: 'grace', name: 'Grace', since },
      anode
    });
    const [person] = peopleIn(
      new Map<number, Record<string, unknown>>([
        [1, grace('2026-11-26T10:00:05.000Z', { doing: 'here', cell: 'a' })],
        [2, grace('2026-11-26T10:00:00.000Z', { doing: 'writing', cell: 'b' })],
        [3, grace('long ago', { doing: 'away', cell: 'c' })]
      ]),
      7
    );
    expect([person?.doing, person?.cell]).toEqual(['writing', 'b']);
    expect(person?.since).toBe(Date.UTC(2026, 10, 26, 10));
  });

  it('passes over states without an identity', () => {
    const people = peopleIn(
      new Map<number, Record<string, unknown>>([
        [1, {}],
        [2, { user: null }],
        [3, { user: { name: 7 } }],
        [4, { user: 'ada' }]
      ]),
      1
    );
    expect(people).toEqual([]);
  });
});

describe('initialsOf', () => {
  it.each([
    ['Ada Lovelace', 'AL'],
    ['ada', 'A'],
    ['Anonymous Io of Jupiter', 'AJ'],
    ['  ', '?'],
    ['𝒳 y', '𝒳Y']
  ])('of %p are %p', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });
});

describe('colours', () => {
  it('are the same for the same name', () => {
    expect(colorOf('ada')).toBe(colorOf('ada'));
    expect(colorOf('ada')).toMatch(/^var\(--jp-collaborator-color[1-7]\)$/);
  });

  it('go with a text colour that can be read', () => {
    expect(inkOn('#1b2a49')).toBe('white');
    expect(inkOn('#ffad8e')).toBe('black');
    expect(inkOn('var(--jp-collaborator-color1)')).toBeUndefined();
  });
});

describe('PeopleModel', () => {
  it('looks once however much is told between two pictures', () => {
    const awareness = new Awareness(new Y.Doc());
    const owner = {};
    const rooms = {
      get: () => ({ awareness }),
      added: new Signal<object, void>(owner),
      removed: new Signal<object, void>(owner)
    };
    const source = {
      path: 'a.ipynb',
      pathChanged: new Signal<object, string>(owner)
    };
    const due: (() => void)[] = [];
    const model = new PeopleModel(
      rooms as unknown as IAnodeRooms,
      source,
      then => {
        due.push(then);
        return { isDisposed: false, dispose: () => undefined };
      }
    );
    let told = 0;
    model.changed.connect(() => {
      told++;
    });
    for (let cell = 0; cell < 1_000; cell++) {
      const anode = { cell: String(cell) };
      awareness.setLocalState({ ...user('ada', 'Ada'), anode });
    }
    expect([due.length, told]).toEqual([1, 0]);
    due.forEach(then => then());
    expect(told).toBe(1);
    expect(model.people[0]?.cell).toBe('999');
    model.dispose();
    awareness.destroy();
  });
});
