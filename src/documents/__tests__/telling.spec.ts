// What is told of saves that failed, and what it takes to overwrite a file from there.

import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { ApiError, NotReachedError } from '../../api/errors';
import type { NotebookConnection } from '../connection';
import { settled } from '../../sync/__tests__/simulation';
import { noteFailedSave } from '../coresaving';
import { mayOverwrite } from '../filequestions';
import { SaveFailures, tellLeftToCore } from '../telling';

jest.mock('../filequestions');

const LONG = `${'deep/'.repeat(10)}${'long'.repeat(10)}.ipynb`;
const trans = nullTranslator.load('');

function setup() {
  const connection = {
    path: 'folder/n.ipynb',
    conditions: [{}],
    exportNow: jest.fn(() => Promise.resolve()),
    reloadFromFile: jest.fn(() => Promise.resolve())
  };
  const signals = {
    conditionsChanged: new Signal<unknown, void>(connection),
    disposed: new Signal<unknown, void>(connection)
  };
  return Object.assign(connection, signals) as unknown as NotebookConnection;
}

function shown(): Notification.INotification[] {
  return Notification.manager.notifications;
}

afterEach(() => {
  Notification.manager.dismiss();
});

describe('a save that failed', () => {
  it('is told in a length that JupyterLab shows whole', () => {
    const failures = new SaveFailures(trans);
    for (const error of [
      new ApiError(409, 'file_changed_outside', 'a'.repeat(90), 'b'.repeat(90)),
      new NotReachedError('')
    ]) {
      failures.tell({ connection: setup(), error });
    }
    tellLeftToCore(
      { path: LONG, error: new ApiError(500, 'x', 'c'.repeat(130), '') },
      trans
    );
    expect(shown()).toHaveLength(3);
    for (const { message } of shown()) {
      expect(message.length).toBeLessThanOrEqual(140);
    }
  });

  it('says what to do when a version of a merge is no notebook', () => {
    const error = new ApiError(400, 'side_not_a_notebook', 'No JSON.', '');
    tellLeftToCore({ path: 'a.ipynb', error }, trans);
    expect(shown()).toHaveLength(1);
    expect(shown()[0]!.message).toContain('mend it in a text editor');
    const other = new ApiError(400, 'not_a_notebook', 'nbformat 3', '');
    tellLeftToCore({ path: 'a.ipynb', error: other }, trans);
    expect(shown()).toHaveLength(1);
  });

  it.each([false, true])('asks before it overwrites: %s', async answer => {
    const connection = setup();
    const error = new ApiError(409, 'file_changed_outside', 'Changed.', '');
    new SaveFailures(trans).tell({ connection, error });
    const asked = jest.mocked(mayOverwrite).mockResolvedValueOnce(answer);
    const action = shown()[0]!.options.actions![1]!;
    expect(action.label).toBe('Overwrite the file');
    action.callback(new MouseEvent('click'));
    await settled();
    expect(asked).toHaveBeenCalled();
    expect(jest.mocked(connection.exportNow).mock.calls).toEqual(
      answer ? [[true]] : []
    );
  });

  it('is known to the status bar', () => {
    const context = {};
    const saveState = new Signal<unknown, string>(context);
    const heard: string[] = [];
    saveState.connect((_, state) => heard.push(state));
    const manager = {
      findWidget: (path: string) => (path === 'n.ipynb' ? {} : undefined),
      contextForWidget: () => ({ saveState })
    };
    noteFailedSave(manager as never, 'n.ipynb');
    noteFailedSave(manager as never, 'other.ipynb');
    noteFailedSave(null, 'n.ipynb');
    expect(heard).toEqual(['failed']);
  });
});
