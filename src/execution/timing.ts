// JupyterLab's setting "record timing", for runs that the server makes.

import type { INotebookCellExecutor } from '@jupyterlab/notebook';

import type { IRun } from '../tokens';

/**
 * The metadata that JupyterLab keeps the times of a run in.
 */
const KEY = 'execution';

/**
 * Note in the cell's metadata when it ran, or take away what was noted of an earlier run.
 */
export function noteTiming(
  { cell, notebookConfig }: INotebookCellExecutor.IRunCellOptions,
  { startedAt, completedAt }: IRun
): void {
  const { model } = cell;
  if (!notebookConfig.recordTiming) {
    if (model.getMetadata(KEY) !== undefined) {
      model.deleteMetadata(KEY);
    }
  } else if (startedAt !== null && completedAt !== null) {
    model.setMetadata(KEY, {
      'iopub.status.busy': startedAt,
      'iopub.execute_input': startedAt,
      'shell.execute_reply.started': startedAt,
      'shell.execute_reply': completedAt,
      'iopub.status.idle': completedAt
    });
  }
}
