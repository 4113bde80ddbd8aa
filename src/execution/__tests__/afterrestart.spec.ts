// What is asked for when the page goes while "restart and run all" restarts.

import type { Cell } from '@jupyterlab/cells';
import type { INotebookTracker, Notebook } from '@jupyterlab/notebook';
import { CommandRegistry } from '@lumino/commands';
import { PromiseDelegate } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';

import type { IAnodeRooms, ICellToRun } from '../../tokens';
import { RunsAfterRestart } from '../afterrestart';

/**
 * A notebook, JupyterLab's command that stays at its restart until it is told to go on, and a page.
 */
function open(role = 'owner') {
  const context = {
    kernelDisplayStatus: 'idle',
    statusChanged: new Signal<object, string>({})
  };
  const cells = [
    { type: 'markdown', source: 'Words' },
    { type: 'code', source: 'x = 1' },
    { type: 'code', source: ' ' },
    { type: 'code', source: 'x' }
  ].map(({ type, source }, index) => ({
    model: { id: `${index}`, type, sharedModel: { getSource: () => source } }
  }));
  const content = { widgets: cells } as unknown as Notebook;
  const panel = {
    content,
    context: { model: { sharedModel: {} } },
    sessionContext: context,
    disposed: new Signal<object, void>({})
  };
  const asked: (readonly ICellToRun[])[] = [];
  const runs = {
    requestLeaving: (those: readonly ICellToRun[]) => asked.push(those)
  };
  const commands = new CommandRegistry();
  const restart = new PromiseDelegate<void>();
  commands.addCommand('notebook:restart-run-all', {
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => restart.promise
  });
  const scheduled = new Signal<object, { notebook: Notebook; cell: Cell }>({});
  const page = new EventTarget();
  new RunsAfterRestart(
    commands,
    { currentWidget: panel } as unknown as INotebookTracker,
    { forModel: () => ({ role, runs }) } as unknown as IAnodeRooms,
    scheduled,
    page
  );
  void commands.execute('notebook:restart-run-all').catch(() => undefined);
  return {
    asked: () => asked.map(those => those.map(({ source }) => source)),
    agree: () => {
      context.kernelDisplayStatus = 'restarting';
      context.statusChanged.emit('restarting');
    },
    run: () =>
      scheduled.emit({ notebook: content, cell: {} as unknown as Cell }),
    leave: (persisted = false) =>
      page.dispatchEvent(Object.assign(new Event('pagehide'), { persisted })),
    close: () => panel.disposed.emit(),
    restart
  };
}

describe('when the page goes while "restart and run all" restarts', () => {
  it('the code cells are asked for, once', () => {
    const { agree, asked, close, leave } = open();
    agree();
    leave();
    expect(asked()).toEqual([['x = 1', 'x']]);
    leave();
    close();
    expect(asked()).toHaveLength(1);
  });

  it('they are so too when only the notebook is closed', () => {
    const { agree, asked, close } = open();
    agree();
    close();
    expect(asked()).toEqual([['x = 1', 'x']]);
  });

  it('nothing is before the person has agreed, or after a page that is kept', () => {
    const { agree, asked, leave } = open();
    leave();
    const other = open();
    other.agree();
    other.leave(true);
    expect([asked(), other.asked()]).toEqual([[], []]);
    agree();
    expect(asked()).toEqual([]);
  });

  it('nothing is once JupyterLab has asked, or the restart came to nothing', async () => {
    const { agree, asked, leave, run } = open();
    agree();
    run();
    leave();
    const other = open();
    other.agree();
    other.restart.reject(new Error('no'));
    await new Promise(done => setTimeout(done));
    other.leave();
    expect([asked(), other.asked()]).toEqual([[], []]);
  });

  it('nothing is by those who may not run code', () => {
    const { agree, asked, leave } = open('editor');
    agree();
    leave();
    expect(asked()).toEqual([]);
  });
});
