// What is written into cells that become questions, or that the assistant shall not see.

import { AnodeNotebook } from '../../documents/notebook';
import {
  hideFromAi,
  isAiCell,
  isHiddenFromAi,
  makeAiCells,
  makeCodeCells,
  newAiCell
} from '../kind';

function open(): AnodeNotebook {
  const notebook = new AnodeNotebook({
    disableDocumentWideUndoRedo: true,
    storage: null
  });
  notebook.access = 'write';
  notebook.insertCells(0, [
    {
      cell_type: 'code',
      source: 'x = 1',
      metadata: { tags: ['mine'], anode_jlab: { kept: true } },
      execution_count: 3,
      outputs: [{ output_type: 'stream', name: 'stdout', text: 'out' }]
    },
    { cell_type: 'markdown', source: '# Title' },
    newAiCell('why?')
  ]);
  return notebook;
}

describe('an AI cell', () => {
  it('is a code cell that other programs pass over', () => {
    const cell = open().cells[2]!;
    expect(isAiCell(cell)).toBe(true);
    expect(cell.toJSON()).toMatchObject({
      cell_type: 'code',
      source: 'why?',
      metadata: { tags: ['skip-execution'], anode_jlab: { type: 'ai' } }
    });
  });

  it('is made of a code cell without its outputs, and back without a trace', () => {
    const notebook = open();
    const [code, markdown] = notebook.cells;
    makeAiCells(notebook, [code!, markdown!]);
    expect(notebook.cells.map(isAiCell)).toEqual([true, false, true]);
    expect(code!.toJSON()).toMatchObject({
      metadata: {
        tags: ['mine', 'skip-execution'],
        anode_jlab: { kept: true, type: 'ai' }
      },
      outputs: [],
      execution_count: null
    });
    makeCodeCells(notebook, notebook.cells);
    expect(notebook.cells.map(isAiCell)).toEqual([false, false, false]);
    expect(code!.getMetadata()).toEqual({
      tags: ['mine'],
      anode_jlab: { kept: true }
    });
    expect(notebook.cells[2]!.getMetadata()).toEqual({});
  });

  it('is none when a foreign program left the mark on a cell of text', () => {
    const notebook = open();
    const text = notebook.cells[1]!;
    text.setMetadata('anode_jlab', { type: 'ai' });
    expect(isAiCell(text)).toBe(false);
    text.setMetadata('anode_jlab', 'nonsense');
    expect(isHiddenFromAi(text)).toBe(false);
  });
});

describe('a hidden cell', () => {
  it('says so in its metadata, and nothing once it is shown', () => {
    const notebook = open();
    hideFromAi(notebook, notebook.cells, true);
    expect(notebook.cells.map(isHiddenFromAi)).toEqual([true, true, true]);
    expect(notebook.cells[1]!.getMetadata()).toEqual({
      anode_jlab: { ai_context: false }
    });
    hideFromAi(notebook, notebook.cells, false);
    expect(notebook.cells.map(cell => cell.getMetadata('anode_jlab'))).toEqual([
      { kept: true },
      undefined,
      { type: 'ai' }
    ]);
  });

  it('is not written again', () => {
    const notebook = open();
    hideFromAi(notebook, notebook.cells, true);
    const changed = jest.fn();
    notebook.ydoc.on('update', changed);
    hideFromAi(notebook, notebook.cells, true);
    expect(changed).not.toHaveBeenCalled();
  });
});
