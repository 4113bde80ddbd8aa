// The shared notebook model: what it writes into the document, and what it keeps out.

import type { INotebookContent } from '@jupyterlab/nbformat';
import { YNotebook } from '@jupyter/ydoc';
import { NotebookModel } from '@jupyterlab/notebook';
import * as Y from 'yjs';

import type { AnodeCodeCell } from '../cells';
import { AnodeNotebook } from '../notebook';
import { quietYjs } from './quiet';

quietYjs();

const HTML = {
  output_type: 'display_data' as const,
  metadata: {},
  data: { 'text/html': '<script>1</script>' }
};

const CONTENT: INotebookContent = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: 'python3', display_name: 'Python 3' } },
  cells: [
    { id: 'a', cell_type: 'code', source: 'a = 1', metadata: {}, outputs: [] },
    { id: 'b', cell_type: 'markdown', source: 'words', metadata: {} },
    { id: 'c', cell_type: 'raw', source: 'raw', metadata: {} }
  ]
};

/**
 * A notebook on a document that came from the room, open for writing.
 */
function open(content: INotebookContent = CONTENT): AnodeNotebook {
  const notebook = new AnodeNotebook({
    disableDocumentWideUndoRedo: true,
    storage: localStorage
  });
  // It deletes ids from what it is given.
  const data = JSON.parse(JSON.stringify(content)) as INotebookContent;
  const source = YNotebook.create({ data });
  receive(notebook, source.ydoc);
  notebook.access = 'write';
  source.dispose();
  return notebook;
}

/**
 * Everything in `from` comes in from the room.
 */
function receive(notebook: AnodeNotebook, from: Y.Doc): void {
  const missing = Y.encodeStateAsUpdate(
    from,
    Y.encodeStateVector(notebook.ydoc)
  );
  Y.applyUpdate(notebook.ydoc, missing, 'room');
}

/**
 * Somebody else's copy of the notebook.
 */
function copyOf(notebook: AnodeNotebook): YNotebook {
  const copy = new YNotebook({ disableDocumentWideUndoRedo: true });
  Y.applyUpdate(copy.ydoc, Y.encodeStateAsUpdate(notebook.ydoc));
  return copy;
}

/**
 * Whether `f` makes any update.
 */
function writes(notebook: AnodeNotebook, f: () => void): boolean {
  let written = false;
  const note = () => {
    written = true;
  };
  notebook.ydoc.on('update', note);
  f();
  notebook.ydoc.off('update', note);
  return written;
}

function sources(notebook: { cells: { getSource(): string }[] }): string[] {
  return notebook.cells.map(cell => cell.getSource());
}

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

describe('a reader', () => {
  function read(): AnodeNotebook {
    const notebook = open();
    notebook.access = 'read';
    return notebook;
  }

  it('changes nothing by any method', () => {
    const notebook = read();
    const cell = notebook.cells[0] as AnodeCodeCell;
    expect(
      writes(notebook, () => {
        notebook.setMetadata('language_info', { name: 'python' });
        notebook.setMetadata('mine', 1);
        notebook.deleteMetadata('kernelspec');
        notebook.insertCell(0, { cell_type: 'code', source: 'x' });
        notebook.moveCell(0, 2);
        notebook.deleteCell(0);
        notebook.setState('dirty', true);
        notebook.fromJSON(CONTENT);
        notebook.dirty = true;
        cell.setSource('x');
        cell.updateSource(0, 1, 'y');
        cell.setMetadata('x', 1);
        cell.setMetadata({ trusted: true });
        cell.deleteMetadata('x');
        cell.executionState = 'running';
        cell.execution_count = 7;
        cell.setOutputs([HTML]);
        cell.clearOutputs();
        notebook.undo();
      })
    ).toBe(false);
    expect(notebook.cells).toHaveLength(3);
  });

  it('is told so by every cell, and told again when it changes', () => {
    const notebook = read();
    const cell = notebook.cells[0]!;
    expect(cell.getMetadata('editable')).toBe(false);
    expect(cell.getMetadata('deletable')).toBe(false);
    expect(cell.getMetadata()).toEqual({});
    const heard: unknown[] = [];
    cell.metadataChanged.connect((_, change) => heard.push(change));
    notebook.access = 'write';
    expect(cell.getMetadata('editable')).toBeUndefined();
    expect(heard).toEqual([
      { key: 'editable', type: 'change', oldValue: false, newValue: undefined },
      { key: 'deletable', type: 'change', oldValue: false, newValue: undefined }
    ]);
  });

  it('gets cells of no notebook for what it tries to insert', () => {
    const [cell] = read().insertCells(0, [{ cell_type: 'code', source: 'x' }]);
    expect(cell?.getSource()).toBe('x');
  });
});

describe("JupyterLab's housekeeping", () => {
  const LANGUAGE = { name: 'python', version: '3.13' };

  it('is shown but not written when a kernel starts', () => {
    const notebook = open();
    const heard = jest.fn();
    notebook.metadataChanged.connect(heard);
    expect(
      writes(notebook, () => {
        notebook.setMetadata('language_info', LANGUAGE);
        notebook.setMetadata('kernelspec', {
          name: 'python3',
          display_name: 'Python 3 (ipykernel)'
        });
      })
    ).toBe(false);
    expect(notebook.getMetadata('language_info')).toEqual(LANGUAGE);
    expect(heard).toHaveBeenCalledTimes(2);
  });

  it('is written with the next real change', () => {
    const notebook = open();
    notebook.setMetadata('language_info', LANGUAGE);
    notebook.cells[0]?.setSource('edited');
    const other = copyOf(notebook);
    expect(other.getMetadata('language_info')).toEqual(LANGUAGE);
  });

  it('is not written with a change of somebody else', () => {
    const notebook = open();
    const other = copyOf(notebook);
    notebook.setMetadata('language_info', LANGUAGE);
    other.getCell(0).setSource('theirs');
    expect(
      writes(notebook, () => {
        Y.applyUpdate(
          notebook.ydoc,
          Y.encodeStateAsUpdate(other.ydoc, Y.encodeStateVector(notebook.ydoc)),
          'room'
        );
      })
    ).toBe(true);
    expect(copyOf(notebook).getMetadata('language_info')).toBeUndefined();
  });

  it('never fills in empty names', () => {
    const notebook = open();
    notebook.setMetadata('language_info', { name: '' });
    notebook.cells[0]?.setSource('edited');
    expect(copyOf(notebook).getMetadata('language_info')).toBeUndefined();
  });

  it('is a change when somebody chooses another kernel', () => {
    const notebook = open();
    const spec = { name: 'ir', display_name: 'R' };
    expect(
      writes(notebook, () => notebook.setMetadata('kernelspec', spec))
    ).toBe(true);
    expect(copyOf(notebook).getMetadata('kernelspec')).toEqual(spec);
  });
});

describe('the echo of a change that comes in', () => {
  it('is not written', () => {
    const notebook = open();
    const other = copyOf(notebook);
    notebook.cells[0]?.changed.connect(() => {
      (notebook.cells[0] as AnodeCodeCell).executionState = 'idle';
    });
    other.getCell(0).setSource('theirs');
    receive(notebook, other.ydoc);
    expect(notebook.cells[0]?.ymodel.has('execution_state')).toBe(false);
  });
});

describe('trust', () => {
  function trusted(notebook: AnodeNotebook): boolean {
    return notebook.cells[0]?.getMetadata('trusted') === true;
  }

  it('never enters the document', () => {
    const notebook = open();
    notebook.cells[0]?.setMetadata({ trusted: true });
    notebook.cells[0]?.setMetadata('trusted', true);
    notebook.insertCell(3, {
      cell_type: 'code',
      source: '',
      metadata: { trusted: true }
    });
    expect(trusted(notebook)).toBe(true);
    expect(notebook.cells[3]?.getMetadata('trusted')).toBe(true);
    expect(JSON.stringify(copyOf(notebook).toJSON())).not.toContain('trusted');
  });

  it('does not come from the document', () => {
    const notebook = open();
    const other = copyOf(notebook);
    other.getCell(0).setMetadata('trusted', true);
    receive(notebook, other.ydoc);
    expect(trusted(notebook)).toBe(false);
    expect(notebook.cells[0]?.getMetadata()).toEqual({});
  });

  it('is lost before outputs of somebody else show', () => {
    const notebook = open();
    const model = new NotebookModel({ sharedModel: notebook });
    const cell = model.cells.get(0);
    cell.trusted = true;
    notebook.trustRevoked.connect((_, id) => {
      expect(id).toBe('a');
      expect((cell.sharedModel as AnodeCodeCell).getOutputs()).toHaveLength(1);
      cell.trusted = false;
    });
    const shown: boolean[] = [];
    cell.sharedModel.changed.connect(() => shown.push(cell.trusted));
    const other = copyOf(notebook);
    other.getCell(0).transact(() => {
      (other.getCell(0) as unknown as AnodeCodeCell).setOutputs([HTML]);
    });
    receive(notebook, other.ydoc);
    expect(shown).toEqual([false]);
    expect(trusted(notebook)).toBe(false);
    model.dispose();
  });

  it('stays when others change the text, or move the cell as it is', () => {
    const notebook = open();
    const cell = notebook.cells[0] as AnodeCodeCell;
    notebook.trust.attach('notebook');
    cell.setOutputs([HTML]);
    cell.setMetadata('trusted', true);
    notebook.trust.save();
    const other = copyOf(notebook);
    other.getCell(0).setSource('typed');
    receive(notebook, other.ydoc);
    expect(trusted(notebook)).toBe(true);
    other.moveCell(0, 2);
    receive(notebook, other.ydoc);
    expect(notebook.cells[2]?.getId()).toBe('a');
    expect(notebook.cells[2]?.getMetadata('trusted')).toBe(true);
  });

  it('is lost when a moved cell brings other outputs', () => {
    const notebook = open();
    const cell = notebook.cells[0] as AnodeCodeCell;
    notebook.trust.attach('notebook');
    cell.setOutputs([HTML]);
    cell.setMetadata('trusted', true);
    notebook.trust.save();
    const other = copyOf(notebook);
    const evil = { ...HTML, data: { 'text/html': '<script>2</script>' } };
    other.transact(() => {
      const json = { ...other.getCell(0).toJSON(), outputs: [evil] };
      other.deleteCell(0);
      other.insertCell(0, json);
    });
    receive(notebook, other.ydoc);
    expect(trusted(notebook)).toBe(false);
  });

  it('is remembered over a reload for the very same outputs', () => {
    const notebook = open();
    notebook.trust.attach('notebook');
    (notebook.cells[0] as AnodeCodeCell).setOutputs([HTML]);
    notebook.cells[0]?.setMetadata('trusted', true);
    const other = copyOf(notebook);
    const content = other.toJSON();
    notebook.dispose();

    const again = open(content);
    again.trust.attach('notebook');
    expect(trusted(again)).toBe(true);
    again.dispose();

    (content.cells[0]!.outputs as unknown[]).push(HTML);
    const changed = open(content);
    changed.trust.attach('notebook');
    expect(trusted(changed)).toBe(false);

    const stranger = open(other.toJSON());
    stranger.trust.attach('another notebook');
    expect(trusted(stranger)).toBe(false);
  });

  it('goes with a copy to the clipboard', () => {
    const notebook = open();
    notebook.cells[0]?.setMetadata('trusted', true);
    expect(notebook.cells[0]?.toJSON().metadata).toEqual({ trusted: true });
  });
});

describe('the dirty flag', () => {
  it('is not in the document and not ours to set', () => {
    const notebook = open();
    const heard: unknown[] = [];
    notebook.changed.connect((_, change) => {
      if (change.stateChange) {
        heard.push(change.stateChange);
      }
    });
    expect(writes(notebook, () => (notebook.dirty = true))).toBe(false);
    expect(notebook.dirty).toBe(false);
    notebook.setDirty(true);
    notebook.setDirty(true);
    expect(notebook.dirty).toBe(true);
    expect(heard).toEqual([
      [{ name: 'dirty', oldValue: false, newValue: true }]
    ]);
  });

  it('does not follow what other clients write into the document', () => {
    const notebook = open();
    const other = copyOf(notebook);
    other.dirty = true;
    receive(notebook, other.ydoc);
    expect(notebook.dirty).toBe(false);
  });

  it("is JupyterLab's own without a room", () => {
    const notebook = new AnodeNotebook({
      disableDocumentWideUndoRedo: true,
      storage: null
    });
    notebook.access = 'core';
    notebook.setSource(CONTENT as never);
    expect(notebook.dirty).toBe(false);
    notebook.cells[0]?.setSource('edited');
    expect(notebook.dirty).toBe(true);
    notebook.dirty = false;
    expect(notebook.dirty).toBe(false);
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
