// Widgets whose outputs came before the kernel's word that they exist.

import type { ISessionContext } from '@jupyterlab/apputils';
import type { ICodeCellModel } from '@jupyterlab/cells';
import type { INotebookModel } from '@jupyterlab/notebook';
import type { KernelMessage } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

const WIDGET_VIEW = 'application/vnd.jupyter.widget-view+json';

/**
 * Shows a widget once it exists. Outputs come with the document, what widgets are comes over the
 * kernel's connection, and neither waits for the other: a view that is rendered first says that there
 * is no such widget, and stays so.
 */
export class LateViews implements IDisposable {
  constructor(
    private readonly _model: INotebookModel,
    context: Pick<ISessionContext, 'iopubMessage'>
  ) {
    context.iopubMessage.connect(this._onMessage, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.clearData(this);
    }
  }

  /**
   * Told after the widgets' own front end has taken the message in.
   */
  private _onMessage(_: unknown, message: KernelMessage.IMessage): void {
    if (message.header.msg_type === 'comm_open') {
      this._showAgain((message.content as IOpened).comm_id);
    }
  }

  private _showAgain(widgetId: string): void {
    for (const cell of this._model.cells) {
      if (cell.type === 'code') {
        const { outputs } = cell as ICodeCellModel;
        for (let index = 0; index < outputs.length; index++) {
          const output = outputs.get(index).toJSON();
          if (idOf(output) === widgetId) {
            // The same output anew: it is rendered, and nothing is written.
            outputs.set(index, output);
          }
        }
      }
    }
  }

  private _isDisposed = false;
}

interface IOpened {
  readonly comm_id: string;
}

function idOf(output: object): unknown {
  const { data } = output as { data?: Record<string, unknown> };
  const view = data?.[WIDGET_VIEW] as { model_id?: unknown } | undefined;
  return view?.model_id;
}
