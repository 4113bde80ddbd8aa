// The text files that JupyterLab's editor shows, and what each has to do with its file.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { CodeEditor } from '@jupyterlab/codeeditor';
import { DocumentWidget } from '@jupyterlab/docregistry';
import type { Widget } from '@lumino/widgets';

import type { IAnodeRooms, INotebookConnection } from '../tokens';

/**
 * JupyterLab's editor among the ways to open a file.
 */
const EDITOR = 'Editor';

/**
 * The editors of this page.
 */
export class TextEditors {
  /**
   * @param _rooms - the live text files.
   * @param attend - called with each editor, once.
   */
  constructor(
    private readonly _app: JupyterFrontEnd,
    private readonly _rooms: IAnodeRooms,
    attend: (widget: DocumentWidget) => void
  ) {
    _app.docRegistry.addWidgetExtension(EDITOR, {
      createNew: (widget: Widget): void => {
        if (isDocument(widget)) {
          this._all.add(widget);
          widget.disposed.connect(() => this._all.delete(widget));
          attend(widget);
        }
      }
    });
  }

  /**
   * The live text in front; null when something else is.
   */
  get current(): INotebookConnection | null {
    const { currentWidget } = this._app.shell;
    const isOne = isDocument(currentWidget) && this._all.has(currentWidget);
    return isOne ? this._rooms.get(currentWidget.context.path) : null;
  }

  /**
   * The editor that shows the text of a connection, the one in front if there are several; null when
   * none does.
   */
  editorOf(connection: INotebookConnection): CodeEditor.IEditor | null {
    const all = [...this._all].filter(
      ({ context }) => this._rooms.get(context.path) === connection
    );
    const shown = all.find(widget => widget.isVisible) ?? all[0];
    const { editor } = (shown?.content ?? {}) as {
      editor?: CodeEditor.IEditor;
    };
    return editor ?? null;
  }

  private readonly _all = new Set<DocumentWidget>();
}

function isDocument(widget: Widget | null): widget is DocumentWidget {
  return widget instanceof DocumentWidget;
}
