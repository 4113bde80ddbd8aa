// Asks the assistant what stands in AI cells.

import type { ISharedCell } from '@jupyter/ydoc';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';

import type { IAskedRun } from '../api/ai';
import { stored } from '../documents/stored';
import type { IAnodeAi, IAnodeQuestions, INotebookConnection } from '../tokens';
import { choiceIn, choose, isAiCell } from './kind';

/**
 * The part of the server's routes that is needed.
 */
export interface IQuestionSource {
  ask(
    notebookId: string,
    cellId: string,
    runId: string,
    after: string | null
  ): Promise<IAskedRun>;
}

/**
 * The questions of this page.
 */
export class Questions implements IAnodeQuestions {
  constructor(
    private readonly _source: IQuestionSource,
    private readonly _ai: IAnodeAi,
    private readonly _trans: TranslationBundle
  ) {}

  isQuestion(cell: ISharedCell): boolean {
    return isAiCell(cell);
  }

  async ask(
    connection: INotebookConnection,
    cell: ISharedCell,
    after: string | null
  ): Promise<void> {
    if (!this._ai.isSet) {
      await this._ai.refresh();
    }
    const { notebookId } = connection;
    const choice = choiceIn(cell) ?? this._ai.choiceOf(notebookId);
    if (!this._ai.isSet || !choice) {
      throw new Error(
        this._trans.__(
          'this cell is a question for an assistant, and none can be asked on this server.'
        )
      );
    }
    choose(cell, choice);
    // The server asks what it has of the cell, so it has to have what was typed just now.
    await stored(connection);
    await this._source.ask(notebookId, cell.id, UUID.uuid4(), after);
  }
}
