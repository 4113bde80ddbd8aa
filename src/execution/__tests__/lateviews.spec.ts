// A widget's view that was rendered before the widget was there is rendered again.

import type { ISessionContext } from '@jupyterlab/apputils';
import type { ICodeCellModel } from '@jupyterlab/cells';
import type { IOutput } from '@jupyterlab/nbformat';
import { NotebookModel } from '@jupyterlab/notebook';
import type { KernelMessage } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import * as Y from 'yjs';

import { AnodeNotebook } from '../../documents/notebook';
import { LateViews } from '../lateviews';

type Message = KernelMessage.IMessage;

const view = (id: string): IOutput => ({
  output_type: 'display_data',
  data: { 'application/vnd.jupyter.widget-view+json': { model_id: id } },
  metadata: {}
});

it('is rendered again when its comm opens, and nothing is written', () => {
  const notebook = new AnodeNotebook({
    disableDocumentWideUndoRedo: true,
    storage: null
  });
  notebook.access = 'write';
  notebook.insertCells(0, [
    { cell_type: 'markdown', id: 'text' },
    { cell_type: 'code', id: 'a', outputs: [view('early'), view('other')] }
  ]);
  const model = new NotebookModel({ sharedModel: notebook });
  const context = {};
  const iopubMessage = new Signal<ISessionContext, Message>(
    context as ISessionContext
  );
  const views = new LateViews(model, { iopubMessage });
  const rendered: number[] = [];
  const { outputs } = model.cells.get(1) as ICodeCellModel;
  outputs.changed.connect((_, { newIndex }) => {
    rendered.push(newIndex);
  });
  const before = Y.encodeStateVector(notebook.ydoc);
  const open = (id: string): void => {
    iopubMessage.emit({
      header: { msg_type: 'comm_open' },
      content: { comm_id: id }
    } as unknown as Message);
  };
  open('early');
  open('unknown');
  expect(rendered).toEqual([0]);
  expect(Y.encodeStateVector(notebook.ydoc)).toEqual(before);
  views.dispose();
  open('early');
  expect(rendered).toEqual([0]);
});
