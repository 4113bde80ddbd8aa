// A notification with a clock of its own.

import { Notification } from '@jupyterlab/apputils';

import { NOT_SHOWN_MS, PassingNotification, SHOWN_MS } from '../passing';

const SILENT = 0;

function shown(): readonly Notification.INotification[] {
  return Notification.manager.notifications;
}

/**
 * What JupyterLab puts on the screen for the notification.
 */
function appear(): HTMLElement {
  const toast = document.createElement('div');
  toast.id = shown()[0]!.id;
  document.body.append(toast);
  return toast;
}

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  Notification.manager.dismiss();
  document.body.replaceChildren();
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe('PassingNotification', () => {
  it('is never closed by JupyterLab, and becomes silent after its time', () => {
    const notification = new PassingNotification();
    notification.show('one', []);
    appear();
    expect(shown()).toMatchObject([
      { message: 'one', options: { autoClose: false } }
    ]);
    jest.advanceTimersByTime(SHOWN_MS - 1);
    expect(shown()[0]!.options.autoClose).toBe(false);
    jest.advanceTimersByTime(1);
    expect(shown()).toMatchObject([
      { message: 'one', options: { autoClose: SILENT } }
    ]);
    expect(notification.isThere).toBe(true);
  });

  it('begins its time anew with other words', () => {
    const notification = new PassingNotification();
    notification.show('one', []);
    appear();
    jest.advanceTimersByTime(SHOWN_MS - 1);
    notification.show('two', []);
    jest.advanceTimersByTime(SHOWN_MS - 1);
    expect(shown()).toMatchObject([
      { message: 'two', options: { autoClose: false } }
    ]);
    jest.advanceTimersByTime(1);
    expect(shown()).toMatchObject([
      { message: 'two', options: { autoClose: SILENT } }
    ]);
    // Something happens after a while: it is seen again.
    notification.show('three', []);
    expect(shown()).toMatchObject([
      { message: 'three', options: { autoClose: false } }
    ]);
  });

  it('has all of its time, however late it comes to the screen', () => {
    const notification = new PassingNotification();
    notification.show('one', []);
    jest.advanceTimersByTime(SHOWN_MS - 2_000);
    appear();
    jest.advanceTimersByTime(SHOWN_MS - 1);
    expect(shown()[0]!.options.autoClose).toBe(false);
    jest.advanceTimersByTime(1);
    expect(shown()[0]!.options.autoClose).toBe(SILENT);
  });

  it('does not wait for ever where notifications are switched off', () => {
    const notification = new PassingNotification();
    notification.show('one', []);
    jest.advanceTimersByTime(NOT_SHOWN_MS);
    expect(shown()[0]!.options.autoClose).toBe(SILENT);
  });

  it('counts no time in which nobody sees the page', () => {
    const notification = new PassingNotification();
    notification.show('one', []);
    appear();
    const sight = jest.spyOn(document, 'visibilityState', 'get');
    sight.mockReturnValue('hidden');
    jest.advanceTimersByTime(2 * SHOWN_MS);
    expect(shown()[0]!.options.autoClose).toBe(false);
    sight.mockReturnValue('visible');
    jest.advanceTimersByTime(SHOWN_MS - 1_000);
    expect(shown()[0]!.options.autoClose).toBe(false);
    jest.advanceTimersByTime(1_000);
    expect(shown()[0]!.options.autoClose).toBe(SILENT);
  });

  it('stays while somebody is at one of its buttons', () => {
    const notification = new PassingNotification();
    notification.show('one', []);
    const button = appear().appendChild(document.createElement('button'));
    button.focus();
    jest.advanceTimersByTime(2 * SHOWN_MS);
    expect(shown()[0]!.options.autoClose).toBe(false);
    button.blur();
    jest.advanceTimersByTime(1_000);
    expect(shown()[0]!.options.autoClose).toBe(SILENT);
  });

  it('does not come back when the person put it aside', () => {
    const notification = new PassingNotification();
    notification.show('one', []);
    appear();
    Notification.manager.dismiss();
    jest.advanceTimersByTime(2 * SHOWN_MS);
    expect(shown()).toEqual([]);
    notification.show('two', []);
    notification.dismiss();
    jest.advanceTimersByTime(2 * SHOWN_MS);
    expect(shown()).toEqual([]);
  });
});
