// The assistant in a side panel: its conversations about the notebook in front, and the next question.

import { InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  addIcon,
  closeIcon,
  ellipsesIcon,
  ReactWidget,
  settingsIcon
} from '@jupyterlab/ui-components';
import type { MenuSvg } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import type { Mention } from '../api/conversations';
import { download, stemOf } from '../ui/download';
import { assistantIcon } from '../ui/icons';
import { Allowances } from './allowances';
import { Composer } from './composer';
import { conversationMenu } from './conversationmenu';
import type { ITextRenderer } from './markdown';
import type { IMessageContext } from './messageview';
import { MessageView, usageWords } from './messageview';
import type { AssistantModel } from './model';
import { sourceIn } from './picked';
import type { KeySource } from './setupcard';
import { SetupCard } from './setupcard';
import { fileNameOf, transcriptOf } from './transcript';

/**
 * What the panel is made with.
 */
export interface IPanelOptions {
  readonly model: AssistantModel;
  readonly keys: KeySource;
  readonly renderer: ITextRenderer;

  /**
   * The files in a folder of the server.
   */
  files(folder: string): Promise<readonly string[]>;
  readonly trans: TranslationBundle;
}

/**
 * The panel.
 */
export class AssistantPanel extends ReactWidget {
  constructor(private readonly _options: IPanelOptions) {
    super();
    const { model, trans } = _options;
    this.id = 'anode-assistant';
    this.addClass('jp-Anode-assistant');
    this.title.icon = assistantIcon;
    this.title.caption = trans.__('Assistant');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Assistant'));
    model.changed.connect(this._refresh, this);
    this._menu = conversationMenu(
      {
        rename: () => void this._rename(),
        export: () => this._export(),
        archive: () => void model.archive().then(() => model.open(null))
      },
      trans
    );
  }

  override dispose(): void {
    this._menu.dispose();
    super.dispose();
  }

  /**
   * Put the caret into the field for a question.
   */
  focusDraft(): void {
    this.node.querySelector<HTMLElement>('.jp-Anode-draft textarea')?.focus();
  }

  /**
   * Ask something at once.
   */
  ask(text: string, mentions: readonly Mention[]): Promise<void> {
    return this._options.model.say(text, mentions);
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    if (!this._options.model.ai.isSet) {
      void this._options.model.ai.refresh();
    }
    this.update();
  }

  protected override render(): React.ReactElement {
    const { model, keys, trans } = this._options;
    const { assistant, ai } = model;
    if (!ai.isSet || this._areKeysOpen) {
      return (
        <div className="jp-Anode-assistant-scroll">
          {ai.isSet && (
            <header className="jp-Anode-assistant-head">
              <h2>{trans.__('Providers')}</h2>
              {this._button(
                closeIcon,
                trans.__('Back to the conversation'),
                () => this._openKeys(false)
              )}
            </header>
          )}
          <SetupCard ai={ai} keys={keys} trans={trans} />
        </div>
      );
    }
    if (!assistant) {
      return (
        <p className="jp-Anode-assistant-empty">
          {trans.__('Open a notebook to ask about it.')}
        </p>
      );
    }
    return (
      <>
        {this._head()}
        <Allowances
          allowances={assistant.allowances}
          conversations={model.conversations}
          mayRevoke={allowance => assistant.mayRevoke(allowance)}
          revoke={allowance => assistant.revoke(allowance)}
          trans={trans}
        />
        {this._messages()}
        <Composer
          key={assistant.connection.notebookId}
          model={model}
          files={() => this._options.files(folderOf(assistant.connection.path))}
          goTo={cellId => this._goTo(cellId)}
          trans={trans}
        />
      </>
    );
  }

  private _head(): React.ReactElement {
    const { model, trans } = this._options;
    const { conversation, conversations } = model;
    return (
      <header className="jp-Anode-assistant-head">
        <select
          className="jp-Anode-picker"
          aria-label={trans.__('Conversation')}
          value={conversation?.conversation_id ?? ''}
          onChange={event => model.open(event.target.value || null)}
        >
          <option value="">{trans.__('New conversation')}</option>
          {conversations.map(({ conversation_id, title }) => (
            <option key={conversation_id} value={conversation_id}>
              {title === '' ? trans.__('Untitled') : title}
            </option>
          ))}
        </select>
        {this._button(addIcon, trans.__('New conversation'), () =>
          model.open(null)
        )}
        {conversation &&
          this._button(
            ellipsesIcon,
            trans.__('Rename, save or put this conversation away'),
            ({ currentTarget }) => {
              const { left, bottom } = currentTarget.getBoundingClientRect();
              this._menu.open(left, bottom);
            }
          )}
        {this._button(settingsIcon, trans.__('Providers and keys'), () =>
          this._openKeys(true)
        )}
      </header>
    );
  }

  private _button(
    icon: typeof addIcon,
    label: string,
    act: (event: React.MouseEvent<HTMLElement>) => void
  ): React.ReactElement {
    return (
      <button
        type="button"
        className="jp-Anode-iconButton"
        title={label}
        aria-label={label}
        onClick={act}
      >
        <icon.react tag="span" elementSize="normal" />
      </button>
    );
  }

  private _messages(): React.ReactElement {
    const { model, renderer, trans } = this._options;
    const { conversation, thread, assistant } = model;
    const error = conversation
      ? (assistant?.errorOf(conversation.conversation_id) ?? null)
      : null;
    const context: IMessageContext = {
      assistant: assistant!,
      renderer,
      trans,
      retry:
        model.running === null ? message => void model.repeat(message) : null,
      sourceOf: cellId => model.panel && sourceIn(model.panel, cellId)
    };
    const usage = conversation?.usage ?? null;
    return (
      <div
        className="jp-Anode-assistant-scroll"
        role="log"
        aria-label={trans.__('Conversation')}
        tabIndex={0}
        ref={this._keepEnd}
      >
        {conversation === null && (
          <p className="jp-Anode-assistant-empty">
            {trans.__(
              'Ask about this notebook. The assistant sees the cells that are not hidden from it, and does nothing but reading without asking you.'
            )}
          </p>
        )}
        {error && (
          <p className="jp-Anode-message-error" role="alert">
            {error.message}
          </p>
        )}
        {(thread?.messages ?? []).map(message => (
          <MessageView
            key={message.message_id}
            message={message}
            context={context}
          />
        ))}
        {usage && usage.input_tokens + usage.output_tokens > 0 && (
          <p className="jp-Anode-message-end">
            {trans.__('Altogether: %1', usageWords(usage, trans))}
          </p>
        )}
      </div>
    );
  }

  private async _rename(): Promise<void> {
    const { model, trans } = this._options;
    const { conversation } = model;
    if (!conversation) {
      return;
    }
    const { button, value } = await InputDialog.getText({
      title: trans.__('Rename the conversation'),
      label: trans.__('Title'),
      text: conversation.title,
      okLabel: trans.__('Rename')
    });
    const title = value?.trim() ?? '';
    if (button.accept && title !== '' && title !== conversation.title) {
      await model.rename(conversation, title);
    }
  }

  private _export(): void {
    const { model, trans } = this._options;
    const { thread, assistant } = model;
    if (thread && assistant) {
      const stem = stemOf(assistant.connection.path);
      const name = fileNameOf(stem, thread.title);
      download(name, 'text/markdown', [transcriptOf(thread, trans)]);
    }
  }

  private _openKeys(isOpen: boolean): void {
    this._areKeysOpen = isOpen;
    this.update();
  }

  private _goTo(cellId: string): void {
    const { panel } = this._options.model;
    const index = panel?.content.widgets.findIndex(
      ({ model }) => model.id === cellId
    );
    if (panel && index !== undefined && index >= 0) {
      panel.content.activeCellIndex = index;
      void panel.content.scrollToItem(index);
    }
  }

  private _refresh(): void {
    if (this.isVisible) {
      this.update();
    }
  }

  /**
   * What grows below is followed, unless the person scrolled up.
   */
  private readonly _keepEnd = (place: HTMLElement | null): void => {
    this._observer?.disconnect();
    this._observer = null;
    if (!place) {
      return;
    }
    let isAtEnd = true;
    place.onscroll = () => {
      const below = place.scrollHeight - place.scrollTop - place.clientHeight;
      isAtEnd = below < NEAR_PX;
    };
    this._observer = new MutationObserver(() => {
      if (isAtEnd) {
        place.scrollTop = place.scrollHeight;
      }
    });
    this._observer.observe(place, {
      childList: true,
      subtree: true,
      characterData: true
    });
    place.scrollTop = place.scrollHeight;
  };

  private readonly _menu: MenuSvg;
  private _observer: MutationObserver | null = null;
  private _areKeysOpen = false;
}

/**
 * So near to the end counts as there.
 */
const NEAR_PX = 48;

function folderOf(path: string): string {
  return path.split('/').slice(0, -1).join('/');
}
