// What a notebook gives to files: nothing of ours is in it.

import { quietYjs } from './quiet';
import { AnodeNotebook } from '../notebook';

quietYjs();

it('leaves out which run wrote an output', () => {
  const notebook = new AnodeNotebook({
    disableDocumentWideUndoRedo: true,
    storage: null
  });
  const stream = { output_type: 'stream', name: 'stdout', text: 'x' };
  notebook.access = 'write';
  notebook.insertCell(0, {
    cell_type: 'code',
    id: 'a',
    metadata: {},
    source: 'a',
    outputs: [{ ...stream, anode_execution_id: 'run', anode_output: 0 }]
  });
  notebook.insertCell(1, {
    cell_type: 'markdown',
    id: 'b',
    metadata: {},
    source: 'b'
  });
  expect(notebook.toJSON().cells[0]!.outputs).toEqual([stream]);
  // The live cell keeps it: a cell that is moved is made anew out of its JSON.
  expect(notebook.cells[0]!.toJSON().outputs).toEqual([
    { ...stream, anode_execution_id: 'run', anode_output: 0 }
  ]);
  notebook.dispose();
});
