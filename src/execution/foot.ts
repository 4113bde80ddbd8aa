// What hangs below a cell: the line about its run, a notice, and the box for a line of input.

import type { Cell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';
import { AttachedProperty } from '@lumino/properties';
import { PanelLayout, Widget } from '@lumino/widgets';

import type { ILine } from './model';
import { going } from './times';

/**
 * How often a running timer moves.
 */
const TICK_MS = 1_000;

/**
 * An answer to what a foot says.
 */
export interface IAnswer {
  readonly label: string;
  act(): void;
}

/**
 * The foot of one cell. It takes no room while it says nothing.
 */
export class CellFoot extends Widget {
  constructor(private readonly _trans: TranslationBundle) {
    super();
    this.addClass('jp-Anode-run');
    this._text.className = 'jp-Anode-run-text';
    this._timer.className = 'jp-Anode-run-timer';
    this._again.className = 'jp-Anode-run-again';
    this._again.type = 'button';
    this._again.textContent = _trans.__('Run again');
    this._again.addEventListener('click', () => this._onAgain?.());
    const row = document.createElement('div');
    row.className = 'jp-Anode-run-line';
    row.append(this._text);
    this._row = row;
    this.layout = new PanelLayout();
    this.node.append(row);
    this._render();
  }

  /**
   * Say what a run of the cell is about; null for nothing.
   *
   * @param onAgain - run the cell again.
   */
  tellRun(line: ILine | null, onAgain: () => void): void {
    this._line = line;
    this._onAgain = onAgain;
    this._render();
  }

  /**
   * Say something that matters more than the run, until it is taken back with an empty text.
   *
   * @param answers - what the person can do about it.
   */
  say(notice: string, answers: readonly IAnswer[] = []): void {
    this._notice = notice;
    this._answers = answers.map(({ label, act }) => {
      const button = document.createElement('button');
      button.className = 'jp-Anode-run-again';
      button.type = 'button';
      button.textContent = label;
      button.addEventListener('click', act);
      return button;
    });
    this._render();
  }

  /**
   * Hang the box for a line of input above the line, or take it away.
   */
  ask(box: Widget | null): void {
    if (this._box === box) {
      return;
    }
    this._box?.dispose();
    this._box = box;
    if (box) {
      (this.layout as PanelLayout).insertWidget(0, box);
    }
    this._render();
  }

  get box(): Widget | null {
    return this._box;
  }

  override dispose(): void {
    window.clearInterval(this._ticking);
    super.dispose();
  }

  private _render(): void {
    const line = this._line;
    const isNotice = this._notice !== '';
    const text = isNotice ? this._notice : (line?.text ?? '');
    const isTiming = !isNotice && line?.since != null;
    setText(this._text, text);
    this._text.setAttribute('role', isNotice ? 'alert' : 'note');
    this._row.replaceChildren(
      this._text,
      ...(isNotice ? this._answers : []),
      ...(isTiming ? [this._timer] : []),
      ...(!isNotice && line?.again ? [this._again] : [])
    );
    this.node.title = isNotice ? '' : (line?.title ?? '');
    this.node.dataset['kind'] = isNotice ? 'notice' : (line?.kind ?? '');
    this.setHidden(text === '' && this._box === null);
    window.clearInterval(this._ticking);
    if (isTiming) {
      this._tick();
      this._ticking = window.setInterval(() => this._tick(), TICK_MS);
    }
  }

  private _tick(): void {
    const elapsed = Math.max(0, Date.now() - (this._line?.since ?? Date.now()));
    setText(this._timer, ` · ${going(elapsed, this._trans)}`);
  }

  private readonly _row: HTMLElement;
  private readonly _text = document.createElement('span');
  private readonly _timer = document.createElement('span');
  private readonly _again = document.createElement('button');
  private _line: ILine | null = null;
  private _notice = '';
  private _answers: readonly HTMLElement[] = [];
  private _box: Widget | null = null;
  private _onAgain: (() => void) | null = null;
  private _ticking: number | undefined;
}

/**
 * The feet of cells; a cell gets one when there is something to say.
 */
export class CellFeet {
  constructor(private readonly _trans: TranslationBundle) {}

  /**
   * Say below a cell what became of a request to run it.
   */
  tell(cell: Cell, notice: string, answers: readonly IAnswer[] = []): void {
    void cell.ready.then(() => {
      if (!cell.isDisposed) {
        this.of(cell).say(notice, answers);
      }
    });
  }

  /**
   * It is asked for again.
   */
  clear(cell: Cell): void {
    this.find(cell)?.say('');
  }

  /**
   * The foot of a cell, if it has one.
   */
  find(cell: Cell): CellFoot | null {
    return footProperty.get(cell);
  }

  /**
   * The foot of a cell, which is in the page.
   */
  of(cell: Cell): CellFoot {
    const present = footProperty.get(cell);
    if (present) {
      return present;
    }
    const foot = new CellFoot(this._trans);
    footProperty.set(cell, foot);
    if (cell.layout instanceof PanelLayout) {
      cell.layout.addWidget(foot);
    }
    return foot;
  }
}

function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

const footProperty = new AttachedProperty<Cell, CellFoot | null>({
  name: 'anodeCellFoot',
  create: () => null
});
