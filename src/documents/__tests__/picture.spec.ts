// What renderers and trust do to outputs: nothing is written twice, and pictures of charts are kept.

import type { ICodeCellModel } from '@jupyterlab/cells';
import { NotebookModel } from '@jupyterlab/notebook';
import * as Y from 'yjs';

import { forFile } from '../forfile';
import { AnodeNotebook } from '../notebook';

const CHART = { 'application/vnd.x.chart+json': { bars: [1, 2] } };

/**
 * Two pages that show the outputs which a server wrote; the first asked for the run.
 */
function open(...outputs: object[]) {
  const server = new Y.Doc();
  const cell = new Y.Map<unknown>([
    ['id', 'a'],
    ['cell_type', 'code'],
    ['source', new Y.Text('chart')],
    ['metadata', new Y.Map()],
    ['execution_count', 1],
    [
      'outputs',
      Y.Array.from(outputs.map(one => new Y.Map(Object.entries(one))))
    ]
  ]);
  server.getArray('cells').push([cell]);
  const pages = ['mine', 'theirs'].map(run => page(server, run));
  const meet = (): void => {
    for (const [from, to] of [pages, [...pages].reverse()]) {
      const update = Y.encodeStateAsUpdate(from!.notebook.ydoc);
      Y.applyUpdate(to!.notebook.ydoc, update, 'room');
    }
  };
  return { ada: pages[0]!, ben: pages[1]!, meet };
}

function page(server: Y.Doc, run: string) {
  const notebook = new AnodeNotebook({
    disableDocumentWideUndoRedo: true,
    storage: null
  });
  notebook.access = 'write';
  Y.applyUpdate(notebook.ydoc, Y.encodeStateAsUpdate(server), 'room');
  notebook.trust.writer = server.clientID;
  notebook.trust.expect([run]);
  const model = new NotebookModel({ sharedModel: notebook });
  const cell = model.cells.get(0) as ICodeCellModel;
  const draw = (index: number, picture: string): void => {
    const output = cell.outputs.get(index);
    output.setData({ data: { ...output.data, 'image/png': picture } });
  };
  const state = (): string =>
    Buffer.from(Y.encodeStateVector(notebook.ydoc)).toString('hex');
  const filed = (): unknown => forFile(notebook.cells[0]!.toJSON()).outputs;
  return { notebook, cell, draw, state, filed };
}

const chart = (run?: string): object => ({
  output_type: 'display_data',
  data: CHART,
  metadata: {},
  ...(run === undefined ? {} : { anode_execution_id: run, anode_output: 0 })
});
const text = {
  output_type: 'display_data',
  data: { 'text/plain': 'after' },
  metadata: {}
};

describe('a chart of which each page makes a picture', () => {
  it('stays one output, and its picture is kept for the file', () => {
    const { ada, ben, meet } = open(chart('mine'), text);
    ada.draw(0, 'QQ==');
    ben.draw(0, 'Qg==');
    meet();
    ada.draw(0, 'Qw==');
    meet();
    const filed = {
      output_type: 'display_data',
      data: { ...CHART, 'image/png': 'QQ==' },
      metadata: {}
    };
    expect(ada.filed()).toEqual([filed, text]);
    expect(ben.filed()).toEqual([filed, text]);
  });

  it('of a run that nobody here asked for is only looked at', () => {
    const { ben } = open(chart('mine'), chart());
    const before = ben.state();
    ben.draw(0, 'QQ==');
    ben.draw(1, 'QQ==');
    expect(ben.state()).toBe(before);
  });

  it('leaves the trust of others as it is', () => {
    const { ada, ben, meet } = open(chart('mine'));
    ben.cell.trusted = true;
    ada.draw(0, 'QQ==');
    meet();
    expect(ben.notebook.trust.has('a')).toBe(true);
  });
});

it('trusting what is shown writes nothing', () => {
  const { ada } = open(chart('theirs'), text);
  const before = ada.state();
  ada.cell.trusted = true;
  expect(ada.cell.outputs.get(0).trusted).toBe(true);
  expect(ada.state()).toBe(before);
});

it('an output that is another one is written', () => {
  const { ada } = open(chart('mine'), text);
  ada.cell.outputs.set(1, { ...text, data: { 'text/plain': 'other' } });
  expect(ada.filed()).toMatchObject([{}, { data: { 'text/plain': 'other' } }]);
});
