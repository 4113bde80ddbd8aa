// Shows at the cells of a notebook which are questions, and which the assistant does not see.

import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IAnodeAi } from '../tokens';
import { eyeIcon, hiddenIcon } from '../ui/icons';
import { ShownInFrames } from '../ui/inframes';
import type { ContextMode } from './contextmode';
import { choiceIn, choose, isAiCell, isHiddenFromAi } from './kind';
import { modelPicker, showModels } from './modelpicker';

const AI_CLASS = 'jp-Anode-aiCell';
const HIDDEN_CLASS = 'jp-Anode-aiHidden';
const MODE_CLASS = 'jp-Anode-contextMode';

/**
 * What people write in an AI cell is text for people, which may have code in it.
 */
const QUESTION_MIME = 'text/x-ipythongfm';

/**
 * The marks of one notebook; what changed in one frame of the screen is shown together.
 */
export class CellMarks extends ShownInFrames {
  /**
   * @param _toggle - hide a cell, or show it.
   */
  constructor(
    private readonly _panel: NotebookPanel,
    private readonly _notebookId: () => string,
    private readonly _ai: IAnodeAi,
    private readonly _mode: ContextMode,
    private readonly _toggle: (cell: Cell) => void,
    private readonly _trans: TranslationBundle
  ) {
    super();
    _ai.changed.connect(this.later, this);
    _mode.changed.connect(this.later, this);
    _panel.content.model?.cells.changed.connect(this.later, this);
    this.later();
  }

  protected show(): void {
    const { content } = this._panel;
    const isMode = this._ai.isSet && this._mode.isOn;
    content.node.classList.toggle(MODE_CLASS, isMode);
    for (const cell of content.widgets) {
      const { model } = cell;
      if (!this._watched.has(cell)) {
        this._watched.add(cell);
        model.metadataChanged.connect(this.later, this);
        model.mimeTypeChanged.connect(this.later, this);
      }
      const isAi = isAiCell(model.sharedModel);
      cell.toggleClass(AI_CLASS, isAi);
      this._speak(cell, isAi);
      this._showModels(cell, isAi && this._ai.isSet);
      const isHidden = this._ai.isSet && isHiddenFromAi(model.sharedModel);
      cell.toggleClass(HIDDEN_CLASS, isHidden);
      this._mark(cell, isMode || isHidden ? isHidden : null);
    }
  }

  /**
   * Set the language of a cell's editor: an AI cell has none of the kernel's.
   */
  private _speak(cell: Cell, isAi: boolean): void {
    const { model } = cell;
    if (isAi) {
      model.mimeType = QUESTION_MIME;
    } else if (model.type === 'code' && model.mimeType === QUESTION_MIME) {
      model.mimeType = this._panel.content.codeMimetype;
    }
  }

  /**
   * An AI cell has a list of models, which says whom it asks.
   */
  private _showModels(cell: Cell, isShown: boolean): void {
    const { sharedModel } = cell.model;
    let list = this._lists.get(cell);
    if (!isShown) {
      list?.remove();
      this._lists.delete(cell);
      return;
    }
    const place = cell.inputArea?.node;
    if (!list && place) {
      list = modelPicker(choice => {
        choose(sharedModel, choice);
        this._ai.choose(this._notebookId(), choice);
      }, this._trans);
      place.append(list);
      this._lists.set(cell, list);
    }
    if (list) {
      const choice =
        choiceIn(sharedModel) ?? this._ai.choiceOf(this._notebookId());
      showModels(list, this._ai.providers, choice, this._trans);
    }
  }

  /**
   * @param isHidden - whether the cell is hidden; null when nothing is to be said.
   */
  private _mark(cell: Cell, isHidden: boolean | null): void {
    const before = this._marks.get(cell);
    if (isHidden === null) {
      before?.remove();
      this._marks.delete(cell);
      return;
    }
    const state = isHidden ? 'hidden' : 'shown';
    if (before?.dataset['state'] === state) {
      return;
    }
    const trans = this._trans;
    const mark = before ?? document.createElement('button');
    mark.type = 'button';
    mark.className = 'jp-Anode-aiMark';
    mark.dataset['state'] = state;
    mark.setAttribute('aria-pressed', String(isHidden));
    mark.title = isHidden
      ? trans.__(
          'The assistant does not see this cell. Code that it runs can still read the variables. Click to show the cell to it.'
        )
      : trans.__('The assistant sees this cell. Click to hide it.');
    const text = document.createElement('span');
    text.textContent = isHidden
      ? trans.__('Hidden from the assistant')
      : trans.__('Seen by the assistant');
    const icon = (isHidden ? hiddenIcon : eyeIcon).element({
      tag: 'span',
      elementSize: 'small'
    });
    mark.replaceChildren(icon, text);
    // It must not take the focus from an editor, nor change the selection of cells.
    mark.onmousedown = event => {
      event.preventDefault();
      event.stopPropagation();
    };
    mark.onclick = event => {
      event.stopPropagation();
      this._toggle(cell);
    };
    if (!before) {
      cell.node.append(mark);
      this._marks.set(cell, mark);
    }
  }

  private readonly _watched = new WeakSet<Cell>();
  private readonly _lists = new WeakMap<Cell, HTMLSelectElement>();
  private readonly _marks = new WeakMap<Cell, HTMLButtonElement>();
}
