// Text that could not be stored outlives the page, as far as the browser lets it.

import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';

import { settled } from '../../sync/__tests__/simulation';
import type { IRecoveredCopy } from '../../tokens';
import { RecoveredCopies } from '../recovered';
import { tellRecovered } from '../tellrecovered';
import { fill, open, sources } from './connected';
import { quietYjs } from './quiet';

quietYjs();

function copy(time: number): IRecoveredCopy {
  const cells = [{ id: 'a', cellType: 'code', source: `text ${time}` }];
  return { time, code: 'read_only', message: 'No.', cells, isLasting: false };
}

function times({ all }: RecoveredCopies): number[] {
  return all.map(({ time }) => time);
}

function full(): Storage {
  return {
    getItem: () => null,
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError');
    }
  } as unknown as Storage;
}

beforeEach(() => {
  localStorage.clear();
});

afterEach(() => {
  Notification.manager.dismiss();
});

describe('RecoveredCopies', () => {
  it('keeps copies per notebook until they are removed', () => {
    const first = new RecoveredCopies(localStorage);
    first.attach('n');
    first.add(copy(1));
    first.add(copy(2));
    expect(first.all.every(({ isLasting }) => isLasting)).toBe(true);
    const later = new RecoveredCopies(localStorage);
    later.attach('other');
    expect(later.all).toEqual([]);
    later.attach('n');
    expect(later.all).toEqual(first.all);
    later.remove(later.all[0]!);
    expect(times(later)).toEqual([2]);
    later.remove(later.all[0]!);
    expect(localStorage).toHaveLength(0);
  });

  it('does not write over what another tab kept', () => {
    const [one, other] = [1, 2].map(() => {
      const copies = new RecoveredCopies(localStorage);
      copies.attach('n');
      return copies;
    }) as [RecoveredCopies, RecoveredCopies];
    one.add(copy(1));
    other.add(copy(2));
    expect(times(other)).toEqual([1, 2]);
  });

  it('forgets the oldest of very many', () => {
    const copies = new RecoveredCopies(localStorage);
    copies.attach('n');
    for (let time = 1; time <= 30; time++) {
      copies.add(copy(time));
    }
    expect(times(copies)).toHaveLength(20);
    expect(times(copies)[0]).toBe(11);
  });

  it.each([null, full()])('keeps in the page what the browser refuses', s => {
    const copies = new RecoveredCopies(s);
    copies.attach('n');
    copies.add(copy(1));
    expect(copies.all).toMatchObject([{ time: 1, isLasting: false }]);
    copies.remove(copies.all[0]!);
    expect(copies.all).toEqual([]);
  });

  it('bears with what is no list of copies', () => {
    const copies = new RecoveredCopies(localStorage);
    for (const text of ['{', '{"a": 1}', 'null']) {
      localStorage.setItem('anode-recovered:n', text);
      copies.attach('n');
      expect(copies.all).toEqual([]);
    }
  });
});

describe('a change that is larger than the server takes', () => {
  it('is kept, told, there after a reload, and the notebook goes on', async () => {
    const { room, notebook, connection } = await open((_, api) => {
      api.storage = localStorage;
    });
    tellRecovered(connection, nullTranslator.load(''));
    room.isQuick = false;
    notebook.cells[0]?.setSource('large');
    room.isQuick = true;
    room.revert(fill);
    room.last.hangUp(4413);
    await settled();
    expect(sources(notebook)).toEqual(['a = 1', 'words']);
    expect(connection.sync.label).toBe('saved');
    expect(Notification.manager.notifications).toMatchObject([
      { options: { actions: [{ label: 'Copy the text' }] } }
    ]);

    const { connection: later } = await open((_, api) => {
      api.storage = localStorage;
    });
    expect(later.recovered).toMatchObject([
      { code: 'too_large', cells: [{ id: 'a', source: 'large' }] }
    ]);
    tellRecovered(later, nullTranslator.load(''));
    expect(Notification.manager.notifications).toHaveLength(2);
    later.forget(later.recovered[0]!);
    expect(later.recovered).toEqual([]);
    expect(Notification.manager.notifications).toHaveLength(1);
  });
});
