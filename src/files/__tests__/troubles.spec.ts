// What is said of a file that does not follow, and what can be done.

import { nullTranslator } from '@jupyterlab/translation';

import type { ICondition } from '../../tokens';
import { mergeOf, troubleOf } from '../troubles';

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

describe('mergeOf', () => {
  const merge = (conflicted: boolean, versions: number, mayWrite = true) =>
    mergeOf(
      conflicted ? [condition('file_conflicted')] : [],
      'folder/n.ipynb',
      versions,
      mayWrite,
      trans
    );

  it('counts what is to be chosen, also after the file was written', () => {
    expect(merge(true, 2)?.what).toContain('2 cells were changed on both');
    expect(merge(true, 2)?.answers).toEqual(['next-version', 'save']);
    expect(merge(false, 1)?.what).toContain('1 cell was changed on both');
    expect(merge(false, 1)?.answers).toEqual(['next-version']);
    expect(merge(false, 0)).toBeNull();
  });

  it('tells of markers though nothing is to be chosen', () => {
    expect(merge(true, 0)?.what).toBe(
      'n.ipynb has the conflict markers of a merge.'
    );
    expect(merge(true, 0)?.answers).toEqual(['save']);
    expect(merge(true, 0, false)?.answers).toEqual([]);
  });
});
