// Outputs that the server writes for own runs are trusted, those of others never.

import { NotebookModel } from '@jupyterlab/notebook';
import * as Y from 'yjs';

import { AnodeNotebook } from '../notebook';
import { watchTrust } from '../trustwatch';

const HTML = '<script>1</script>';

/**
 * A notebook with a cell, its view's model, and the server's copy of its document.
 */
function open() {
  const notebook = new AnodeNotebook({
    disableDocumentWideUndoRedo: true,
    storage: null
  });
  notebook.access = 'write';
  const old = {
    output_type: 'display_data',
    data: { 'text/html': 'old' },
    metadata: {}
  };
  notebook.insertCell(0, { cell_type: 'code', id: 'a', outputs: [old] });
  const model = new NotebookModel({ sharedModel: notebook });
  watchTrust(notebook, model);
  const cell = model.cells.get(0);
  cell.trusted = false;
  const server = new Y.Doc();
  Y.applyUpdate(server, Y.encodeStateAsUpdate(notebook.ydoc));
  notebook.trust.writer = server.clientID;
  notebook.trust.expect(['mine']);
  const outputs = (doc: Y.Doc): Y.Array<Y.Map<unknown>> => {
    const shared = doc.getArray<Y.Map<unknown>>('cells').get(0);
    return shared.get('outputs') as Y.Array<Y.Map<unknown>>;
  };
  const write = (
    doc: Y.Doc,
    change: (outputs: Y.Array<Y.Map<unknown>>) => void
  ) => {
    doc.transact(() => {
      change(outputs(doc));
    });
    Y.applyUpdate(notebook.ydoc, Y.encodeStateAsUpdate(doc), 'room');
  };
  return { notebook, model, cell, server, write };
}

function output(run: string, html = HTML): Y.Map<unknown> {
  return new Y.Map<unknown>(
    Object.entries({
      output_type: 'display_data',
      data: { 'text/html': html },
      metadata: {},
      anode_execution_id: run
    })
  );
}

describe('trust in outputs of a run', () => {
  it('comes with the outputs of an own run, and not for those they replace', () => {
    const { cell, server, write } = open();
    const seen: string[] = [];
    cell.stateChanged.connect((_, { name }) => {
      if (name === 'trusted') {
        const shared = cell.toJSON().outputs as { data: object }[];
        seen.push(JSON.stringify(shared.map(({ data }) => data)));
      }
    });
    write(server, outputs => {
      outputs.delete(0, outputs.length);
      outputs.push([output('mine')]);
    });
    expect(cell.trusted).toBe(true);
    expect(seen.join()).not.toContain('old');
    write(server, outputs => {
      outputs.push([output('mine', 'more')]);
    });
    expect(cell.trusted).toBe(true);
  });

  it('is not given to runs of others, nor beside what was there', () => {
    const { cell, server, write } = open();
    write(server, outputs => {
      outputs.push([output('mine')]);
    });
    expect(cell.trusted).toBe(false);
    write(server, outputs => {
      outputs.delete(0, outputs.length);
      outputs.push([output('theirs')]);
    });
    expect(cell.trusted).toBe(false);
  });

  it('is not given to what somebody else writes in the name of a run', () => {
    const { cell, notebook, server, write } = open();
    const forger = new Y.Doc();
    Y.applyUpdate(forger, Y.encodeStateAsUpdate(notebook.ydoc));
    write(forger, outputs => {
      outputs.delete(0, outputs.length);
      outputs.push([output('mine')]);
    });
    expect(cell.trusted).toBe(false);
    Y.applyUpdate(server, Y.encodeStateAsUpdate(forger));
    write(server, outputs => {
      outputs.delete(0, outputs.length);
      outputs.push([output('mine', 'harmless')]);
    });
    expect(cell.trusted).toBe(true);
    Y.applyUpdate(forger, Y.encodeStateAsUpdate(server));
    write(forger, outputs => {
      outputs.get(0).set('data', { 'text/html': HTML });
    });
    expect(cell.trusted).toBe(false);
  });
});

it('outputs of a run that this person asked for in another page are trusted', () => {
  const { cell, notebook, server, write } = open();
  write(server, outputs => {
    outputs.delete(0, outputs.length);
    outputs.push([output('elsewhere')]);
  });
  expect(cell.trusted).toBe(false);
  notebook.trust.recognize(['elsewhere']);
  expect(cell.trusted).toBe(true);
  write(server, outputs => {
    outputs.push([output('theirs')]);
  });
  expect(cell.trusted).toBe(false);
  notebook.trust.recognize(['elsewhere']);
  expect(cell.trusted).toBe(false);
});
