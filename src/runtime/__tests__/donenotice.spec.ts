// "Tell me when done": once, with what became of all that ran meanwhile, also outside of the page.

import { Notification as LabNotification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import type { INotebookConnection } from '../../tokens';
import { DoneNotices } from '../donenotice';

/**
 * The browser's own notices, of a person who is asked and allows them.
 */
class Shown {
  static permission: NotificationPermission = 'default';
  static readonly all: Shown[] = [];
  static requestPermission(): Promise<NotificationPermission> {
    Shown.permission = 'granted';
    return Promise.resolve(Shown.permission);
  }

  constructor(readonly text: string) {
    Shown.all.push(this);
  }

  close(): void {
    this.isClosed = true;
  }

  onclick: (() => void) | null = null;
  isClosed = false;
}

function open(path: string) {
  const ended = new Map<string, string>();
  const runs = {
    queue: [] as { id: string }[],
    find: (id: string) => ({ status: ended.get(id) })
  };
  // Signals name their sender, which is how a notebook is found again.
  const own = Object.assign(runs, { changed: new Signal<object, void>(runs) });
  return {
    connection: { path, runs: own } as unknown as INotebookConnection,
    run: (id: string) => {
      own.queue = [...own.queue, { id }];
      own.changed.emit();
    },
    end: (id: string, status = 'completed') => {
      ended.set(id, status);
      own.queue = own.queue.filter(run => run.id !== id);
      own.changed.emit();
    }
  };
}

function hide(isHidden: boolean): void {
  jest
    .spyOn(document, 'visibilityState', 'get')
    .mockReturnValue(isHidden ? 'hidden' : 'visible');
}

describe('tell me when done', () => {
  let notices: DoneNotices;
  const told = (): string[] =>
    LabNotification.manager.notifications.map(
      ({ type, message }) => `${type} ${message}`
    );

  beforeEach(() => {
    Object.assign(window, { Notification: Shown });
    Shown.permission = 'default';
    Shown.all.length = 0;
    LabNotification.manager.dismiss();
    notices = new DoneNotices(nullTranslator.load(''));
    hide(false);
  });

  it('tells once, when nothing waits or runs any more', () => {
    const { connection, run, end } = open('folder/a.ipynb');
    run('one');
    notices.toggle(connection);
    expect(notices.isAwaited(connection)).toBe(true);
    run('two');
    end('one');
    expect(told()).toEqual([]);
    end('two');
    expect(told()).toEqual(['success a.ipynb: everything ran']);
    expect(notices.isAwaited(connection)).toBe(false);
    run('three');
    end('three');
    expect(told()).toHaveLength(1);
    expect(Shown.all).toEqual([]);
  });

  it('says when something of it did not go well, also what came later', () => {
    const { connection, run, end } = open('a.ipynb');
    run('one');
    notices.toggle(connection);
    run('two');
    end('one');
    end('two', 'failed');
    expect(told()).toEqual(['warning a.ipynb: done, but not everything ran']);
  });

  it('is nothing that was taken back', () => {
    const { connection, run, end } = open('a.ipynb');
    run('one');
    notices.toggle(connection);
    notices.toggle(connection);
    end('one');
    expect(told()).toEqual([]);
  });

  it("is the browser's own notice while the page is not seen", () => {
    const { connection, run, end } = open('a.ipynb');
    run('one');
    notices.toggle(connection);
    hide(true);
    end('one');
    expect(Shown.all.map(({ text }) => text)).toEqual([
      'a.ipynb: everything ran'
    ]);
    const focus = jest.spyOn(window, 'focus').mockImplementation();
    Shown.all[0]!.onclick!();
    expect(focus).toHaveBeenCalled();
    expect(Shown.all[0]!.isClosed).toBe(true);
  });

  it('stays in the page when the person does not allow more', () => {
    Shown.permission = 'denied';
    const { connection, run, end } = open('a.ipynb');
    run('one');
    notices.toggle(connection);
    hide(true);
    end('one');
    expect(Shown.all).toEqual([]);
    expect(told()).toHaveLength(1);
  });
});
