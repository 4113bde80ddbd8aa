// What belongs to the viewer and stays out of the document: leave to write, housekeeping, dirt.

import * as Y from 'yjs';

import type { AnodeCodeCell } from '../cells';
import { AnodeNotebook } from '../notebook';
import { CONTENT, HTML, copyOf, open, receive, writes } from './notebooks';
import { quietYjs } from './quiet';

quietYjs();

beforeEach(() => {
  localStorage.clear();
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
