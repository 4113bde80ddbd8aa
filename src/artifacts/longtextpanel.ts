// All of a long text: the lines, and a search in them.

import { renderText } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import { PanelLayout, Widget } from '@lumino/widgets';

import type { ILongText } from '../documents/longtext';
import { LineView } from './lineview';
import type { OpenedTexts } from './openedtexts';
import { reasonOf } from './reason';
import type { IArtifactSource } from './source';
import { MOST_FOUND, TextLines } from './textlines';

/**
 * What is typed into the search is looked for when nothing more came for so long.
 */
const PAUSE_MS = 250;

/**
 * The opened text.
 */
export class LongTextPanel extends Widget {
  constructor(
    private readonly _long: ILongText,
    source: IArtifactSource,
    mime: IRenderMime.IRendererOptions,
    private readonly _trans: TranslationBundle,
    private readonly _opened: OpenedTexts
  ) {
    super();
    this.addClass('jp-Anode-longText-panel');
    const layout = new PanelLayout();
    this.layout = layout;
    this._lines = new TextLines(_long.pieces, async sha256 =>
      (await source.load(sha256)).text()
    );
    const sanitizer = {
      sanitize: mime.sanitizer.sanitize.bind(mime.sanitizer),
      getAutolink: () => false
    };
    this._view = new LineView(
      this._lines,
      (host, lines) => {
        // The last line needs a line feed of its own to have a height.
        const text = `${lines.join('\n')}\n`;
        void renderText({ host, sanitizer, source: text });
      },
      error => this.tell(error),
      _trans.__('All of the output, %1 lines', this._lines.count)
    );
    this._build();
    layout.addWidget(new Widget({ node: this._bar }));
    layout.addWidget(this._view);
    this._note.className = 'jp-Anode-longText-note';
    this._note.setAttribute('role', 'alert');
    layout.addWidget(new Widget({ node: this._note }));
  }

  /**
   * Say what went wrong.
   */
  tell(error: unknown): void {
    const again = document.createElement('button');
    again.className = 'jp-Anode-longText-button';
    again.textContent = this._trans.__('Try Again');
    again.addEventListener('click', () => {
      this._note.replaceChildren();
      this._view.goTo(this._view.first);
    });
    this._note.replaceChildren(reasonOf(error, this._trans), again);
  }

  override dispose(): void {
    clearTimeout(this._timer);
    this._turn += 1;
    super.dispose();
  }

  protected override onAfterAttach(): void {
    const place = this._opened.get(this._long);
    if (place === null) {
      this._view.node.focus({ preventScroll: true });
      return;
    }
    this._view.goTo(place.first);
    if (place.hasFocus) {
      this._view.node.focus({ preventScroll: true });
    }
    if (place.query !== '') {
      this._input.value = place.query;
      this._search(false);
    }
  }

  protected override onBeforeDetach(): void {
    this._opened.set(this._long, {
      first: this._view.first,
      query: this._input.value,
      hasFocus: this.node.contains(document.activeElement)
    });
  }

  private _build(): void {
    const { _trans: trans, _bar: bar, _input: input } = this;
    bar.className = 'jp-Anode-longText-search';
    bar.setAttribute('role', 'search');
    bar.dataset.lmSuppressShortcuts = 'true';
    input.type = 'search';
    input.className = 'jp-mod-styled';
    input.placeholder = trans.__('Find in this output');
    input.setAttribute('aria-label', input.placeholder);
    input.spellcheck = false;
    this._status.setAttribute('role', 'status');
    bar.append(
      input,
      this._step('‹', trans.__('Previous'), -1),
      this._step('›', trans.__('Next'), 1),
      this._status
    );
    input.addEventListener('input', () => {
      clearTimeout(this._timer);
      this._timer = setTimeout(() => this._search(true), PAUSE_MS);
    });
    input.addEventListener('keydown', event => {
      if (event.key === 'Enter' && !event.isComposing) {
        event.preventDefault();
        this._next(event.shiftKey ? -1 : 1);
      } else if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
        input.value = '';
        this._search(true);
        this._view.node.focus();
      }
    });
  }

  private _step(text: string, label: string, by: number): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'jp-Anode-longText-step';
    button.textContent = text;
    button.title = label;
    button.setAttribute('aria-label', label);
    button.addEventListener('click', () => this._next(by));
    return button;
  }

  /**
   * Look for what is in the box; `jump` to the first line that has it.
   */
  private _search(jump: boolean): void {
    const turn = ++this._turn;
    this._found = [];
    this._current = -1;
    this._view.mark(null);
    this._status.textContent = '';
    const query = this._input.value;
    if (query === '') {
      return;
    }
    this._status.textContent = this._trans.__('Searching …');
    const start = this._view.first;
    let mayJump = jump;
    this._lines
      .search(
        query,
        () => turn === this._turn,
        (found, isAll) => {
          this._found = found;
          const here = found.findIndex(line => line >= start);
          if (mayJump && (here >= 0 || (isAll && found.length > 0))) {
            mayJump = false;
            this._go(Math.max(here, 0));
          }
          this._count(isAll);
        }
      )
      .catch((error: unknown) => {
        if (turn === this._turn) {
          this._status.textContent = '';
          this.tell(error);
        }
      });
  }

  private _next(by: number): void {
    const many = this._found.length;
    if (many > 0) {
      this._go((this._current + by + many) % many);
      this._count(true);
    }
  }

  private _go(index: number): void {
    this._current = index;
    this._view.mark(this._found[index]!);
  }

  private _count(isAll: boolean): void {
    const { _trans: trans, _found: found } = this;
    const number = found.length.toLocaleString();
    const all = found.length >= MOST_FOUND ? `${number}+` : number;
    if (found.length === 0) {
      this._status.textContent = isAll
        ? trans.__('Not found')
        : trans.__('Searching …');
    } else {
      this._status.textContent = trans.__(
        'Line %1 (%2 of %3)',
        ((found[this._current] ?? 0) + 1).toLocaleString(),
        (this._current + 1).toLocaleString(),
        isAll ? all : `${all} …`
      );
    }
  }

  private readonly _lines: TextLines;
  private readonly _view: LineView;
  private readonly _bar = document.createElement('div');
  private readonly _input = document.createElement('input');
  private readonly _status = document.createElement('span');
  private readonly _note = document.createElement('div');
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _turn = 0;
  private _found: readonly number[] = [];
  private _current = -1;
}
