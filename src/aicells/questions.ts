// Asks the assistant what stands in AI cells.

import type { ISharedCell } from '@jupyter/ydoc';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';

import type { IAskedRun } from '../api/ai';
import type { IAnodeAi, IAnodeQuestions } from '../tokens';
import { isAiCell } from './kind';

/**
 * The part of the server's routes that is needed.
 */
export interface IQuestionSource {
  ask(notebookId: string, cellId: string, runId: string): Promise<IAskedRun>;
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

  async ask(notebookId: string, cell: ISharedCell): Promise<void> {
    if (!this._ai.isSet) {
      await this._ai.refresh();
    }
    if (!this._ai.isSet) {
      throw new Error(
        this._trans.__(
          'this cell is a question for an assistant, and none is set up on this server.'
        )
      );
    }
    await this._source.ask(notebookId, cell.id, UUID.uuid4());
  }
}
