// What other programs do to the file of a live text: notice, banner, and the text in front.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { NotebooksApi } from '../api/notebooks';
import { ConnectionFollower } from '../sync/follow';
import type { IAnodeRooms, INotebookConnection } from '../tokens';
import { answering } from './answering';
import { FileBanner } from './banner';
import { FileNotice } from './notice';
import { TextEditors } from './texteditors';
import { TextShowing } from './textshowing';

/**
 * The text files of this page, as far as their files concern people.
 */
export class TextFiles {
  constructor(
    app: JupyterFrontEnd,
    rooms: IAnodeRooms,
    api: NotebooksApi,
    trans: TranslationBundle
  ) {
    const editors = new TextEditors(app, rooms, widget => {
      const follower = new ConnectionFollower(rooms, widget.context);
      const answer = answering(app, widget, null, trans);
      widget.contentHeader.addWidget(
        new FileBanner(follower, null, answer, trans)
      );
    });
    const showing = new TextShowing(
      api,
      connection => editors.editorOf(connection),
      trans
    );
    rooms.added.connect((_, connection) => {
      const notice = new FileNotice(connection, { api, showing, trans });
      this._notices.set(connection, notice);
    });
    this._editors = editors;
  }

  /**
   * The text in front; null when something else is.
   */
  get current(): INotebookConnection | null {
    return this._editors.current;
  }

  notice(connection: INotebookConnection): FileNotice | null {
    return this._notices.get(connection) ?? null;
  }

  private readonly _editors: TextEditors;
  private readonly _notices = new WeakMap<INotebookConnection, FileNotice>();
}
