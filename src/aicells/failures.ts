// Offers the assistant's help below cells whose outputs show an error.

import type { Cell } from '@jupyterlab/cells';
import { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IAnodeAi } from '../tokens';
import { assistantIcon } from '../ui/icons';
import { ShownInFrames } from '../ui/inframes';
import { isHiddenFromAi } from './kind';

/**
 * What can be asked about an error.
 */
export interface IFailureActions {
  fix(cell: Cell): void;
  explain(cell: Cell): void;
}

/**
 * Whether the outputs of a cell show an error.
 */
export function hasError(cell: Cell): boolean {
  if (!(cell instanceof CodeCell)) {
    return false;
  }
  const { outputs } = cell.model;
  for (let index = 0; index < outputs.length; index++) {
    if (outputs.get(index).type === 'error') {
      return true;
    }
  }
  return false;
}

/**
 * The offers of one notebook; what changed in one frame of the screen is shown together.
 */
export class FailureOffers extends ShownInFrames {
  constructor(
    private readonly _panel: NotebookPanel,
    private readonly _ai: IAnodeAi,
    private readonly _actions: IFailureActions,
    private readonly _trans: TranslationBundle
  ) {
    super();
    _ai.changed.connect(this.later, this);
    _panel.content.model?.cells.changed.connect(this.later, this);
    this.later();
  }

  protected show(): void {
    for (const cell of this._panel.content.widgets) {
      if (!(cell instanceof CodeCell)) {
        continue;
      }
      if (!this._watched.has(cell)) {
        this._watched.add(cell);
        cell.model.outputs.changed.connect(this.later, this);
        cell.model.metadataChanged.connect(this.later, this);
      }
      const isOffered =
        this._ai.isSet &&
        hasError(cell) &&
        !isHiddenFromAi(cell.model.sharedModel);
      const offer = this._offers.get(cell);
      if (!isOffered) {
        offer?.remove();
        this._offers.delete(cell);
      } else if (!offer) {
        const made = this._offer(cell);
        cell.node.append(made);
        this._offers.set(cell, made);
      }
    }
  }

  private _offer(cell: CodeCell): HTMLElement {
    const trans = this._trans;
    const row = document.createElement('div');
    row.className = 'jp-Anode-aiOffer';
    const button = (label: string, act: () => void): HTMLButtonElement => {
      const made = document.createElement('button');
      made.type = 'button';
      made.textContent = label;
      made.addEventListener('click', act);
      return made;
    };
    row.append(
      assistantIcon.element({ tag: 'span', elementSize: 'small' }),
      button(trans.__('Fix with AI'), () => this._actions.fix(cell)),
      button(trans.__('Explain'), () => this._actions.explain(cell))
    );
    return row;
  }

  private readonly _watched = new WeakSet<Cell>();
  private readonly _offers = new WeakMap<Cell, HTMLElement>();
}
