// The assistant of each open notebook: made when somebody looks, gone with the notebook.

import type { INotebookConnection } from '../tokens';
import type { IConversationSource } from './notebookassistant';
import { NotebookAssistant } from './notebookassistant';

/**
 * One for each connection.
 */
export class Assistants {
  constructor(private readonly _source: IConversationSource) {}

  of(connection: INotebookConnection): NotebookAssistant {
    let known = this._known.get(connection);
    if (!known) {
      known = new NotebookAssistant(connection, this._source);
      this._known.set(connection, known);
    }
    return known;
  }

  private readonly _known = new WeakMap<
    INotebookConnection,
    NotebookAssistant
  >();
}
