// What is said of a text that another program changed, and where it leads.

import type { CodeEditor } from '@jupyterlab/codeeditor';
import { nullTranslator } from '@jupyterlab/translation';

import type { NotebooksApi } from '../../api/notebooks';
import type { INotebookConnection } from '../../tokens';
import { TextShowing } from '../textshowing';

const AFTER = 'one\nTWO\n';

const connection = {
  path: 'docs/notes.md',
  notebookId: 'id'
} as INotebookConnection;

const api = {
  changes: () => Promise.resolve([{ seq: 4, actor: { kind: 'file' } }]),
  document: (_: string, seq: number) =>
    Promise.resolve({ content: seq === 4 ? AFTER : 'one\ntwo\n' })
} as unknown as NotebooksApi;

const changes = (versions: number) => ({
  cells: ['source'],
  count: 1,
  versions,
  seqs: [5]
});

function showing(editor: object | null): TextShowing {
  return new TextShowing(
    api,
    () => editor as CodeEditor.IEditor | null,
    nullTranslator.load('')
  );
}

describe('TextShowing', () => {
  it('says what happened', () => {
    const said = (versions: number) =>
      showing(null).words(connection, changes(versions));
    expect(said(0)).toBe('notes.md changed on disk.');
    expect(said(1)).toContain('both versions are kept, between marks');
  });

  it('selects the next changed place', async () => {
    const selected: unknown[] = [];
    const editor = {
      model: { sharedModel: { getSource: () => AFTER } },
      getSelection: () => ({ start: 0, end: 0 }),
      getOffsetAt: (offset: number) => offset,
      getPositionAt: (offset: number) => offset,
      focus: () => undefined,
      setSelection: (selection: unknown) => selected.push(selection),
      revealSelection: (selection: unknown) => selected.push(selection)
    };
    expect(showing(editor).isShown(connection)).toBe(true);
    await showing(editor).next(connection, changes(0));
    const place = { start: 4, end: 7 };
    expect(selected).toEqual([place, place]);
  });

  it('has nothing to show when the editor was closed', async () => {
    expect(showing(null).isShown(connection)).toBe(false);
    await showing(null).next(connection, changes(0));
  });
});
