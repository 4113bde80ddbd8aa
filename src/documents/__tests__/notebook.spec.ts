// The shared notebook model: what it reads, and how it changes the document.

import { NotebookModel } from '@jupyterlab/notebook';
import * as Y from 'yjs';

import type { AnodeCodeCell } from '../cells';
import { AnodeNotebook } from '../notebook';
import { CONTENT, copyOf, open, receive, sources, writes } from './notebooks';
import { quietYjs } from './quiet';

quietYjs();

beforeEach(() => {
  localStorage.clear();
});

describe('reading', () => {
  it('gives back what another implementation wrote', () => {
    const notebook = open();
    expect(notebook.toJSON()).toEqual({
      ...CONTENT,
      cells: [
        { ...CONTENT.cells[0], execution_count: null },
        CONTENT.cells[1],
        CONTENT.cells[2]
      ]
    });
  });

  it('leaves ids out of formats that do not have them', () => {
    const notebook = open({ ...CONTENT, nbformat_minor: 4 });
    expect(notebook.toJSON().cells.every(cell => !('id' in cell))).toBe(true);
  });

  it('is a valid empty notebook before anything came', () => {
    const notebook = new AnodeNotebook({
      disableDocumentWideUndoRedo: true,
      storage: null
    });
    expect(notebook.toJSON()).toEqual({
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {},
      cells: []
    });
  });

  it('shows what is malformed without falling over', () => {
    const notebook = open();
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(notebook.ydoc));
    const cells = other.getArray<unknown>('cells');
    cells.insert(0, [new Y.Map()]);
    cells.insert(1, ['not a cell']);
    cells.push([new Y.Map([['cell_type', 'code']])]);
    receive(notebook, other);
    expect(notebook.cells).toHaveLength(6);
    expect(sources(notebook)).toEqual(['', '', 'a = 1', 'words', 'raw', '']);
    cells.delete(0, 2);
    receive(notebook, other);
    expect(sources(notebook)).toEqual(['a = 1', 'words', 'raw', '']);
  });

  it('works under a notebook model of JupyterLab', () => {
    const notebook = open();
    const model = new NotebookModel({
      sharedModel: notebook,
      collaborationEnabled: true
    });
    expect(model.collaborative).toBe(true);
    expect(writes(notebook, () => model.toJSON())).toBe(false);
    notebook.insertCell(1, { cell_type: 'code', source: 'new' });
    notebook.moveCell(0, 2);
    expect([...model.cells].map(cell => cell.sharedModel.getSource())).toEqual([
      'new',
      'words',
      'a = 1',
      'raw'
    ]);
    model.dispose();
  });
});

describe('editing', () => {
  it('inserts, moves and deletes as other clients do', () => {
    const notebook = open();
    const other = copyOf(notebook);
    notebook.insertCell(1, { cell_type: 'code', source: 'new', id: 'n' });
    notebook.moveCells(0, 3, 2);
    notebook.deleteCell(0);
    Y.applyUpdate(other.ydoc, Y.encodeStateAsUpdate(notebook.ydoc));
    expect(sources(other)).toEqual(sources(notebook));
    expect(other.toJSON()).toEqual(notebook.toJSON());
  });

  it('returns cells that work at once, even inside a transaction', () => {
    const notebook = open();
    notebook.transact(() => {
      const cell = notebook.insertCell(0, { cell_type: 'code', source: 'x' });
      expect(cell.getSource()).toBe('x');
      cell.setSource('xy');
    });
    expect(notebook.cells[0]?.getSource()).toBe('xy');
  });

  it('moves a cell with all that is in it', () => {
    const notebook = open();
    const cell = notebook.cells[0] as AnodeCodeCell;
    cell.executionState = 'running';
    cell.setOutputs([{ output_type: 'stream', name: 'stdout', text: 'out' }]);
    notebook.moveCell(0, 2);
    const moved = notebook.cells[2] as AnodeCodeCell;
    expect(moved.getId()).toBe('a');
    expect(moved.executionState).toBe('running');
    expect(moved.getOutputs()).toEqual([
      { output_type: 'stream', name: 'stdout', text: 'out' }
    ]);
    expect(moved.youtputs.get(0)).toBeInstanceOf(Y.Map);
  });

  it('changes only what differs when a text is set', () => {
    const notebook = open();
    const other = copyOf(notebook);
    other.getCell(0).updateSource(0, 0, '# theirs\n');
    notebook.cells[0]?.setSource('a = 10');
    receive(notebook, other.ydoc);
    expect(notebook.cells[0]?.getSource()).toBe('# theirs\na = 10');
  });

  it('joins texts that are lists of lines', () => {
    const notebook = open();
    const cell = notebook.insertCell(0, {
      cell_type: 'code',
      source: ['a\n', 'b'],
      outputs: [{ output_type: 'stream', name: 'stdout', text: ['1\n', '2'] }]
    }) as AnodeCodeCell;
    expect(cell.getSource()).toBe('a\nb');
    expect(cell.getOutputs()[0]?.text).toBe('1\n2');
  });
});

describe('undo', () => {
  it('takes back only what was done here', () => {
    const notebook = open();
    const other = copyOf(notebook);
    notebook.insertCell(3, { cell_type: 'code', source: 'mine', id: 'm' });
    other.insertCell(0, { cell_type: 'code', source: 'theirs', id: 't' });
    receive(notebook, other.ydoc);
    expect(notebook.undo()).toBe(true);
    expect(sources(notebook)).toEqual(['theirs', 'a = 1', 'words', 'raw']);
    expect(notebook.undo()).toBe(false);
    expect(notebook.redo()).toBe(true);
    expect(sources(notebook)).toContain('mine');
  });

  it('works per cell when JupyterLab wants it so', () => {
    const notebook = open();
    notebook.cells[0]?.setSource('a = 2');
    notebook.cells[2]?.setSource('cooked');
    notebook.cells[0]?.undo();
    expect(sources(notebook)).toEqual(['a = 1', 'words', 'cooked']);
  });
});

describe('an exchange of the document', () => {
  it('replaces the cells under the same model', () => {
    const notebook = open();
    const model = new NotebookModel({ sharedModel: notebook });
    const next = open({
      ...CONTENT,
      metadata: { title: 'next' },
      cells: [{ ...CONTENT.cells[0]!, source: 'next' }]
    });
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(next.ydoc));
    notebook.exchange(doc);
    expect(notebook.ydoc).toBe(doc);
    expect([...model.cells].map(cell => cell.sharedModel.getSource())).toEqual([
      'next'
    ]);
    expect(model.metadata).toEqual({ title: 'next' });
    notebook.insertCell(1, { cell_type: 'code', source: 'more' });
    expect(model.cells.length).toBe(2);
    expect(notebook.undo()).toBe(true);
    expect(model.cells.length).toBe(1);
    model.dispose();
  });
});
