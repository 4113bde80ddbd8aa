// What is said of a file that does not follow, and what can be done.

import { nullTranslator } from '@jupyterlab/translation';

import type { ICondition } from '../../tokens';
import { troubleOf } from '../troubles';

const trans = nullTranslator.load('');

function condition(code: string): ICondition {
  return { code, message: `What ${code}.`, hint: 'Do.', since: '2026' };
}

describe('troubleOf', () => {
  it('says what is safe of a deleted file, by its name', () => {
    const trouble = troubleOf(
      [condition('store_unavailable'), condition('file_deleted')],
      'folder/n.ipynb',
      true,
      trans
    );
    expect(trouble?.what).toBe('n.ipynb was deleted or moved away.');
    expect(trouble?.advice).toContain('kept');
    expect(trouble?.answers).toEqual(['save-again', 'save-as']);
  });

  it('has the answers that fit', () => {
    const answers = (code: string, mayWrite = true) =>
      troubleOf([condition(code)], 'n.ipynb', mayWrite, trans)?.answers;
    expect(answers('file_not_valid')).toEqual(['open-as-text', 'save-as']);
    expect(answers('file_changed_outside')).toEqual(['reload', 'overwrite']);
    expect(answers('file_deleted', false)).toEqual(['save-as']);
    expect(answers('file_not_written')).toBeUndefined();
  });

  it('is another one each time that it begins', () => {
    const key = (since: string) =>
      troubleOf(
        [{ ...condition('file_deleted'), since }],
        'n.ipynb',
        true,
        trans
      )?.key;
    expect(key('2026')).toBe(key('2026'));
    expect(key('2026')).not.toBe(key('2027'));
  });
});
