// The answer of an AI cell in its output: text, thoughts, calls of tools and their questions.

import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IChatMessage } from '../api/conversations';
import type { ITextRenderer } from './markdown';
import { Markdown } from './markdown';
import type { IMessageContext } from './messageview';
import { Answer } from './messageview';
import type { NotebookAssistant } from './notebookassistant';

/**
 * The kind of data that says whose answer an output is. Beside it is the answer as Markdown, which
 * other programs show.
 */
export const ANSWER_MIME = 'application/vnd.anode.answer+json';

const MARKDOWN = 'text/markdown';

/**
 * What the renderers share.
 */
export interface IAnswerOptions {
  /**
   * The assistant of the notebook at a path; null when it is not live.
   */
  assistant(path: string | null): NotebookAssistant | null;
  /**
   * The text of a cell of the notebook at a path; null when it is not known.
   */
  sourceOf(path: string | null, cellId: string): string | null;
  readonly text: ITextRenderer;

  /**
   * Something that was asked for did not succeed.
   */
  report(error: unknown): void;
}

/**
 * Shows what the server knows of an answer, once it comes into view; before, and where there is no
 * such server, the Markdown that the output has.
 */
export class AnswerRenderer
  extends ReactWidget
  implements IRenderMime.IRenderer
{
  constructor(
    private readonly _mime: IRenderMime.IRendererOptions,
    private readonly _options: IAnswerOptions
  ) {
    super();
    this.addClass('jp-Anode-answer');
    this._seen = new IntersectionObserver(entries => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) {
        this._seen.disconnect();
        this._follow();
      }
    });
    this._seen.observe(this.node);
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const { [ANSWER_MIME]: ours, [MARKDOWN]: text } = model.data;
    const { run_id = '', conversation_id = '' } = (ours ?? {}) as {
      run_id?: string;
      conversation_id?: string;
    };
    this._run = run_id;
    this._conversation = conversation_id;
    this._text = typeof text === 'string' ? text : '';
    this.update();
    return this.renderPromise ?? Promise.resolve();
  }

  override dispose(): void {
    this._seen.disconnect();
    this._assistant?.changed.disconnect(this.update, this);
    super.dispose();
  }

  protected override render(): React.ReactElement {
    const { text, report } = this._options;
    const assistant = this._assistant;
    const message = this._message;
    if (!assistant || !message) {
      return <Markdown text={this._text} renderer={text} />;
    }
    const context: IMessageContext = {
      assistant,
      renderer: text,
      trans: text.trans,
      retry: null,
      sourceOf: cellId => this._options.sourceOf(this._path, cellId)
    };
    return (
      <>
        <Answer message={message} context={context} />
        {message.status === 'streaming' && (
          <button
            className="jp-mod-styled jp-mod-warn jp-Anode-answer-stop"
            onClick={() => {
              assistant.stop(this._conversation, this._run).catch(report);
            }}
          >
            {text.trans.__('Stop')}
          </button>
        )}
      </>
    );
  }

  private get _message(): IChatMessage | null {
    const thread =
      this._conversation === ''
        ? null
        : this._assistant?.thread(this._conversation);
    const found = thread?.messages.find(
      ({ run_id, role }) => run_id === this._run && role === 'assistant'
    );
    return found ?? null;
  }

  private get _path(): string | null {
    const { resolver } = this._mime;
    return resolver && 'path' in resolver && typeof resolver.path === 'string'
      ? resolver.path
      : null;
  }

  private _follow(): void {
    this._assistant = this._options.assistant(this._path);
    this._assistant?.changed.connect(this.update, this);
    this.update();
  }

  private readonly _seen: IntersectionObserver;
  private _assistant: NotebookAssistant | null = null;
  private _run = '';
  private _conversation = '';
  private _text = '';
}
