// The account of a time without the server.

import { nullTranslator } from '@jupyterlab/translation';

import type { IActor } from '../../tokens';
import { Absence } from '../absence';
import { accountLine } from '../tellmerged';
import './quiet';

const trans = nullTranslator.load('');

function by(kind: IActor['kind'], name: string) {
  return { seq: 1, actor: { kind, id: name.toLowerCase(), name } };
}

describe('Absence', () => {
  it('counts what both sides did', async () => {
    const asked: number[] = [];
    const absence = new Absence({
      changes: (_, after) => {
        asked.push(after);
        return Promise.resolve([
          by('human', 'Ada'),
          by('human', 'Me'),
          by('server', 'Server'),
          by('human', 'Ada'),
          by('assistant', 'Helper')
        ]);
      }
    });
    absence.begin({ seq: 7, settled: 2 });
    absence.begin({ seq: 9, settled: 5 });
    const end = { seq: 20, settled: 14 };
    const account = await absence.end('id', end, 'me', 1);
    expect(asked).toEqual([7]);
    expect(account).toEqual({
      time: 1,
      own: 12,
      others: [
        { name: 'Ada', count: 2 },
        { name: 'Helper', count: 1 }
      ]
    });
    expect(accountLine(account!, trans)).toBe(
      "12 of your changes, 2 of Ada's and 1 of Helper's merged"
    );
    expect(await absence.end('id', end, 'me', 2)).toBeNull();
  });

  it('says nothing when nothing was brought to the server', async () => {
    const changes = jest.fn();
    const absence = new Absence({ changes });
    absence.begin({ seq: 7, settled: 2 });
    const end = { seq: 20, settled: 2 };
    expect(await absence.end('id', end, 'me', 1)).toBeNull();
    expect(changes).not.toHaveBeenCalled();
  });

  it('is shorter when the others cannot be asked for', async () => {
    const absence = new Absence({
      changes: () => Promise.reject(new Error('busy'))
    });
    absence.begin({ seq: 7, settled: 0 });
    const end = { seq: 20, settled: 1 };
    const account = await absence.end('id', end, 'me', 1);
    expect(accountLine(account!, trans)).toBe('1 of your changes stored');
  });
});
