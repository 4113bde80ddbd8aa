// The box in which a person answers code that asks for a line, with JupyterLab's look.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import type { IRun } from '../tokens';
import { refusal } from './words';

/**
 * What is asked.
 */
export type Question = NonNullable<IRun['input']>;

/**
 * One question. It goes away when the server says that it was answered, by whatever window.
 */
export class InputBox extends Widget {
  /**
   * @param _answer - gives the line to the code.
   */
  constructor(
    readonly question: Question,
    private readonly _answer: (value: string) => Promise<void>,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Anode-input');
    const label = document.createElement('label');
    const prompt = document.createElement('pre');
    prompt.className = 'jp-Stdin-prompt';
    prompt.textContent = question.prompt;
    this._field.className = 'jp-Stdin-input';
    this._field.type = question.password ? 'password' : 'text';
    this._field.autocomplete = 'off';
    this._field.placeholder = question.password
      ? ''
      : _trans.__('Enter gives it to the code');
    // JupyterLab's shortcuts have no business here.
    this._field.dataset['lmSuppressShortcuts'] = 'true';
    if (question.prompt === '') {
      this._field.setAttribute('aria-label', _trans.__('Input for the code'));
    }
    this._error.className = 'jp-Anode-input-error';
    this._error.setAttribute('role', 'alert');
    label.append(prompt, this._field);
    this.node.append(label, this._error);
  }

  handleEvent(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      this._send();
    }
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._field.addEventListener('keydown', this);
    this._field.focus({ preventScroll: false });
  }

  protected override onBeforeDetach(msg: Message): void {
    this._field.removeEventListener('keydown', this);
    super.onBeforeDetach(msg);
  }

  private _send(): void {
    if (this._field.readOnly) {
      return;
    }
    this._field.readOnly = true;
    this._error.textContent = '';
    this._answer(this._field.value).catch((error: unknown) => {
      this._field.readOnly = false;
      this._error.textContent = refusal(error, this._trans);
    });
  }

  private readonly _field = document.createElement('input');
  private readonly _error = document.createElement('div');
}
