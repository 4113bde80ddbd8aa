// Shows in an editor what another program changed in a text file.

import type { CodeEditor } from '@jupyterlab/codeeditor';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { NotebooksApi } from '../api/notebooks';
import type { INotebookConnection } from '../tokens';
import type { IFileChanges } from './model';
import type { IShowing } from './notice';
import { nextPlace, placesOf } from './textplace';

/**
 * The showing of text files.
 */
export class TextShowing implements IShowing {
  /**
   * @param _editorOf - the editor that shows the text of a connection; null when none does.
   */
  constructor(
    private readonly _api: NotebooksApi,
    private readonly _editorOf: (
      connection: INotebookConnection
    ) => CodeEditor.IEditor | null,
    private readonly _trans: TranslationBundle
  ) {}

  isShown(connection: INotebookConnection): boolean {
    return this._editorOf(connection) !== null;
  }

  light(): void {
    // What has changed is found when somebody wants to see it.
  }

  /**
   * Select the next changed place and bring it into view.
   */
  async next(
    connection: INotebookConnection,
    { seqs }: IFileChanges
  ): Promise<void> {
    const text = this._editorOf(connection)?.model.sharedModel.getSource();
    if (text === undefined) {
      return;
    }
    const { notebookId } = connection;
    const places = await Promise.all(
      seqs.map(seq => placesOf(this._api, notebookId, seq, text))
    );
    const editor = this._editorOf(connection);
    if (!editor) {
      return;
    }
    const { start, end } = editor.getSelection();
    const place = nextPlace(places.flat(), {
      start: editor.getOffsetAt(start),
      end: editor.getOffsetAt(end)
    });
    const from = place && editor.getPositionAt(place.start);
    const to = place && editor.getPositionAt(place.end);
    if (from && to) {
      editor.focus();
      editor.setSelection({ start: from, end: to });
      editor.revealSelection({ start: from, end: to });
    }
  }

  words({ path }: INotebookConnection, { versions }: IFileChanges): string {
    const name = PathExt.basename(path);
    return versions === 0
      ? this._trans.__('%1 changed on disk.', name)
      : this._trans.__(
          '%1 changed on disk. The same lines were changed here too: both versions are kept, between marks.',
          name
        );
  }
}
