// "Tell me when done": a notice when nothing of a notebook waits or runs any more.

import { Notification as LabNotification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { INotebookConnection, INotebookRuns } from '../tokens';

/**
 * Who waits for which notebook, in this page.
 */
export class DoneNotices {
  constructor(private readonly _trans: TranslationBundle) {}

  isAwaited(connection: INotebookConnection): boolean {
    return this._awaited.has(connection.runs);
  }

  /**
   * Wait for the end of what runs now, or do so no longer.
   */
  toggle(connection: INotebookConnection): void {
    const { runs } = connection;
    if (this._awaited.delete(runs)) {
      runs.changed.disconnect(this._look, this);
      return;
    }
    this._awaited.set(runs, {
      connection,
      ids: new Set(runs.queue.map(({ id }) => id))
    });
    runs.changed.connect(this._look, this);
    void allowed();
  }

  private _look(runs: INotebookRuns): void {
    const awaited = this._awaited.get(runs);
    if (!awaited) {
      return;
    }
    for (const { id } of runs.queue) {
      awaited.ids.add(id);
    }
    if (runs.queue.length > 0) {
      return;
    }
    const { connection, ids } = awaited;
    this.toggle(connection);
    const ended = [...ids].map(id => runs.find(id)?.status);
    const isWell = ended.every(status => status === 'completed');
    this._tell(PathExt.basename(connection.path), isWell);
  }

  private _tell(name: string, isWell: boolean): void {
    const trans = this._trans;
    const text = isWell
      ? trans.__('%1: everything ran', name)
      : trans.__('%1: done, but not everything ran', name);
    if (isWell) {
      LabNotification.success(text, { autoClose: false });
    } else {
      LabNotification.warning(text, { autoClose: false });
    }
    if (document.visibilityState === 'hidden' && isGranted()) {
      const notice = new Notification(text);
      notice.onclick = () => {
        window.focus();
        notice.close();
      };
    }
  }

  private readonly _awaited = new Map<
    INotebookRuns,
    { readonly connection: INotebookConnection; readonly ids: Set<string> }
  >();
}

/**
 * Browsers ask the person once, and show nothing outside of the page until then.
 */
async function allowed(): Promise<void> {
  if ('Notification' in window && Notification.permission === 'default') {
    await Notification.requestPermission();
  }
}

function isGranted(): boolean {
  return 'Notification' in window && Notification.permission === 'granted';
}
