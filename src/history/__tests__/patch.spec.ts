import { YNotebook } from '@jupyter/ydoc';
import type { INotebookContent } from '@jupyterlab/nbformat';

import { patch } from '../patch';

function code(id: string, source: string, outputs: object[] = []): object {
  return {
    id,
    cell_type: 'code',
    source,
    metadata: {},
    outputs,
    execution_count: null
  };
}

function notebook(...cells: object[]): INotebookContent {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'python3', display_name: 'Python' } },
    cells
  } as unknown as INotebookContent;
}

const OUTPUT = { output_type: 'stream', name: 'stdout', text: 'hi' };

describe('patch', () => {
  it.each([
    ['other text', notebook(code('a', 'x'), code('b', 'y'), code('c', 'z!'))],
    [
      'a new cell',
      notebook(code('a', 'x'), code('n', 'n'), code('b', 'y'), code('c', 'z'))
    ],
    ['fewer cells', notebook(code('c', 'z'))],
    ['another order', notebook(code('c', 'z'), code('a', 'x'), code('b', 'y'))],
    [
      'outputs',
      notebook(code('a', 'x', [OUTPUT]), code('b', 'y'), code('c', 'z'))
    ],
    [
      'another type',
      notebook(code('a', 'x'), {
        id: 'b',
        cell_type: 'markdown',
        source: 'y',
        metadata: {}
      })
    ],
    ['all of it', notebook(code('d', 'w'), code('b', 'y2'))]
  ])('makes a notebook read as %s', (_, wanted) => {
    const shared = new YNotebook();
    shared.fromJSON(notebook(code('a', 'x'), code('b', 'y'), code('c', 'z')));
    patch(shared, wanted);
    expect(shared.toJSON().cells).toEqual(wanted.cells);
    expect(shared.getMetadata()).toEqual(wanted.metadata);
    shared.dispose();
  });

  it('leaves alone what is the same', () => {
    const shared = new YNotebook();
    shared.fromJSON(notebook(code('a', 'x'), code('b', 'y')));
    const [first, second] = shared.cells;
    patch(shared, notebook(code('a', 'x'), code('b', 'y2'), code('c', 'z')));
    expect(shared.cells[0]).toBe(first);
    expect(shared.cells[1]).toBe(second);
    expect(second!.getSource()).toBe('y2');
    shared.dispose();
  });
});
