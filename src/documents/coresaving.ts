// What JupyterLab itself knows of saving: autosave without a room, and saves that failed.

import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';

import type { ITimers } from '../sync/timers';

/**
 * Save a notebook now and then, as long as it is open and the person wants autosave.
 *
 * JupyterLab leaves saving to the provider of a shared model, even when there turned out to be no
 * room for the notebook.
 */
export function saveByItself(
  panel: NotebookPanel,
  manager: IDocumentManager | null,
  timers: ITimers
): void {
  if (manager === null) {
    return;
  }
  const { context } = panel;
  const save = async () => {
    const isDue = context.model.dirty && context.contentsModel?.writable;
    if (manager.autosave && isDue) {
      await context.save();
    }
  };
  const wait = () => {
    const timer = timers.after(manager.autosaveInterval * 1_000, () => {
      panel.disposed.disconnect(stop, timer);
      save()
        .catch((error: unknown) => {
          console.error('anode: autosave failed', error);
        })
        .finally(() => {
          if (!panel.isDisposed) {
            wait();
          }
        });
    });
    const stop = () => timer.dispose();
    panel.disposed.connect(stop, timer);
  };
  wait();
}

/**
 * Let the status bar know that a save failed.
 *
 * JupyterLab takes a failure that we have told ourselves, without its dialog, for a save that the
 * person cancelled, and says nothing more: "Saving started" would stay.
 *
 * @param path - the notebook's contents path.
 */
export function noteFailedSave(
  manager: IDocumentManager | null,
  path: string
): void {
  const widget = manager?.findWidget(path, null);
  const saveState: unknown =
    widget && manager?.contextForWidget(widget)?.saveState;
  if (saveState instanceof Signal) {
    saveState.emit('failed');
  }
}
