// Completion at the caret by the assistant: JupyterLab asks, the server has a model answer.

import type {
  CompletionHandler,
  IInlineCompletionContext,
  IInlineCompletionList,
  IInlineCompletionProvider
} from '@jupyterlab/completer';
import { InlineCompletionTriggerKind } from '@jupyterlab/completer';
import { Text } from '@jupyterlab/coreutils';
import { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSONObject } from '@lumino/coreutils';

import { stored } from '../documents/stored';
import type { IAnodeAi, IAnodeRooms, INotebookConnection } from '../tokens';
import { assistantIcon } from '../ui/icons';

/**
 * A cell at the caret, and whom to ask.
 */
export interface ICaret {
  readonly cell_id: string;
  readonly before: string;
  readonly after: string;
  readonly provider: string;
  readonly model: string;
}

/**
 * What a provider of completions is made with.
 */
export interface ICompletionOptions {
  readonly ai: Pick<IAnodeAi, 'isSet' | 'choiceOf'>;
  readonly rooms: Pick<IAnodeRooms, 'forModel'>;

  /**
   * The server's answer; broken off by the signal.
   */
  complete(
    notebookId: string,
    caret: ICaret,
    signal: AbortSignal
  ): Promise<string>;

  /**
   * Tell the person what went wrong.
   */
  report(error: unknown): void;
  readonly trans: TranslationBundle;
}

/**
 * How long completion while typing is left alone after an error: each key would fail again.
 */
export const REST_MS = 60_000;

/**
 * How long a pause in typing is before anything is asked.
 */
const PAUSE_MS = 300;

/**
 * A little more than the server gives a model.
 */
const LONGEST_MS = 16_000;

/**
 * The most characters that are sent of either side of the caret; the server takes fewer for a model.
 */
const MOST_CHARACTERS = 20_000;

const NOTHING: IInlineCompletionList = { items: [] };

/**
 * The provider. It is off until a person switches it on in JupyterLab's settings of inline completion.
 */
export class AssistantCompletion implements IInlineCompletionProvider {
  constructor(private readonly _options: ICompletionOptions) {
    this.name = _options.trans.__('Assistant');
  }

  readonly identifier = 'anode-jlab:assistant';
  readonly name: string;
  readonly icon = assistantIcon;
  readonly schema = {
    default: {
      enabled: false,
      debouncerDelay: PAUSE_MS,
      timeout: LONGEST_MS
    } satisfies JSONObject
  };

  /**
   * See `IInlineCompletionProvider`; a newer request ends the one before.
   */
  async fetch(
    request: CompletionHandler.IRequest,
    context: Pick<IInlineCompletionContext, 'widget' | 'triggerKind'>
  ): Promise<IInlineCompletionList> {
    this._asking?.abort();
    const isWanted = context.triggerKind === InlineCompletionTriggerKind.Invoke;
    const place = this._place(request, context);
    if (!place) {
      return NOTHING;
    }
    // JupyterLab asks for each change, also for those that other people make in the active cell.
    if (!isWanted && (!place.isTyping || Date.now() < this._restsUntil)) {
      return NOTHING;
    }
    const asking = new AbortController();
    this._asking = asking;
    try {
      const { signal } = asking;
      const { connection, caret } = place;
      // Cells that were hidden just now stay hidden.
      await stored(connection);
      const text = signal.aborted
        ? ''
        : await this._options.complete(connection.notebookId, caret, signal);
      this._restsUntil = 0;
      this._told = '';
      return text === '' || signal.aborted
        ? NOTHING
        : { items: [{ insertText: text }] };
    } catch (error) {
      if (!asking.signal.aborted) {
        this._failed(error, isWanted);
      }
      return NOTHING;
    } finally {
      if (this._asking === asking) {
        this._asking = null;
      }
    }
  }

  /**
   * Where the caret is; null where the assistant cannot complete.
   */
  private _place(
    { text, offset }: CompletionHandler.IRequest,
    { widget }: Pick<IInlineCompletionContext, 'widget'>
  ): {
    readonly connection: INotebookConnection;
    readonly caret: ICaret;
    readonly isTyping: boolean;
  } | null {
    const { ai, rooms } = this._options;
    if (!ai.isSet || !(widget instanceof NotebookPanel)) {
      return null;
    }
    const shared = widget.content.model?.sharedModel;
    const { activeCell } = widget.content;
    const cell = activeCell?.model.sharedModel;
    const connection = shared ? rooms.forModel(shared) : null;
    if (!connection || !cell || cell.getSource() !== text) {
      return null;
    }
    const choice = ai.choiceOf(connection.notebookId);
    if (!choice) {
      return null;
    }
    const at = Text.charIndexToJsIndex(offset, text);
    const caret = {
      cell_id: cell.getId(),
      before: text.slice(Math.max(0, at - MOST_CHARACTERS), at),
      after: text.slice(at, at + MOST_CHARACTERS),
      ...choice
    };
    const isTyping = activeCell?.editor?.hasFocus() ?? false;
    return { connection, caret, isTyping };
  }

  /**
   * Told once, and again when somebody asks for a completion by hand.
   */
  private _failed(error: unknown, isWanted: boolean): void {
    this._restsUntil = Date.now() + REST_MS;
    const message = error instanceof Error ? error.message : String(error);
    if (isWanted || message !== this._told) {
      this._told = message;
      this._options.report(error);
    }
  }

  private _asking: AbortController | null = null;
  private _restsUntil = 0;
  private _told = '';
}
