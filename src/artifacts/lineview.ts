// Shows very many lines: only those in the window are in the page.

import { Widget } from '@lumino/widgets';

import type { TextLines } from './textlines';

/**
 * Browsers have no higher elements than some 17 million pixels; a longer text scrolls faster.
 */
const HIGHEST = 10_000_000;

/**
 * Lines beyond the window that are rendered along.
 */
const AROUND = 20;

/**
 * Puts lines into an empty element.
 */
export type RenderLines = (host: HTMLElement, lines: readonly string[]) => void;

/**
 * The window on the lines. It is scrolled and has the focus; `goTo` brings a line into it.
 */
export class LineView extends Widget {
  constructor(
    private readonly _lines: TextLines,
    private readonly _render: RenderLines,
    private readonly _failed: (error: unknown) => void,
    label: string
  ) {
    super();
    this.addClass('jp-Anode-lineView');
    this.node.tabIndex = 0;
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', label);
    this.node.dataset.lmSuppressShortcuts = 'true';
    this._room.className = 'jp-Anode-lineView-room';
    this._mark.className = 'jp-Anode-lineView-mark';
    this._mark.hidden = true;
    // With the colours that JupyterLab gives to text of terminals.
    this._body.className = 'jp-Anode-lineView-body jp-RenderedText';
    this._room.append(this._mark, this._body);
    this.node.append(this._room);
  }

  /**
   * The first line in the window.
   */
  get first(): number {
    return this._first;
  }

  /**
   * Scroll so that a line is the first in the window, or as near to that as it gets.
   */
  goTo(line: number): void {
    this._measure();
    const last = Math.max(this._lines.count - this._visible, 0);
    this._first = Math.min(Math.max(Math.round(line), 0), last);
    this._asked = Math.round(this._topOf(this._first));
    this.node.scrollTop = this._asked;
    this._update();
  }

  /**
   * Mark a line, and scroll to where it is in sight; no line: no mark.
   */
  mark(line: number | null): void {
    this._marked = line;
    if (line === null) {
      this._update();
    } else if (
      line < this._first ||
      line >= this._first + Math.max(this._visible - 1, 1)
    ) {
      this.goTo(line - Math.floor(this._visible / 3));
    } else {
      this._update();
    }
  }

  /**
   * Handle DOM events.
   */
  handleEvent(event: Event): void {
    if (event.type === 'scroll') {
      this._scrolled();
    } else if (event instanceof KeyboardEvent) {
      this._key(event);
    }
  }

  protected override onAfterAttach(): void {
    this.node.addEventListener('scroll', this);
    this.node.addEventListener('keydown', this);
    if (typeof ResizeObserver !== 'undefined') {
      this._watcher = new ResizeObserver(() => this.goTo(this._first));
      this._watcher.observe(this.node);
    }
    this.goTo(this._first);
  }

  protected override onBeforeDetach(): void {
    this.node.removeEventListener('scroll', this);
    this.node.removeEventListener('keydown', this);
    this._watcher?.disconnect();
  }

  private _key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    const page = Math.max(this._visible - 1, 1);
    const moves: Record<string, number> = {
      ArrowDown: this._first + 1,
      ArrowUp: this._first - 1,
      PageDown: this._first + page,
      PageUp: this._first - page,
      ' ': this._first + (event.shiftKey ? -page : page),
      End: this._lines.count,
      Home: 0
    };
    const line = moves[event.key];
    if (line !== undefined) {
      event.preventDefault();
      this.goTo(line);
    }
  }

  private _scrolled(): void {
    const { scrollTop } = this.node;
    if (Math.abs(scrollTop - this._asked) <= 1) {
      return;
    }
    this._asked = -2;
    this._measure();
    const last = Math.max(this._lines.count - this._visible, 0);
    const line = this._isScaled
      ? (scrollTop / Math.max(this._height - this.node.clientHeight, 1)) * last
      : scrollTop / this._row;
    this._first = Math.min(Math.floor(line), last);
    this._update();
  }

  private _measure(): void {
    const style = getComputedStyle(this.node);
    const row = parseFloat(style.lineHeight);
    this._row = Number.isFinite(row) && row > 0 ? row : 17;
    const all = this._lines.count * this._row;
    this._height = Math.min(all, HIGHEST);
    this._isScaled = all > HIGHEST;
    this._room.style.height = `${this._height}px`;
    this._visible = Math.max(Math.floor(this.node.clientHeight / this._row), 1);
  }

  private _topOf(line: number): number {
    if (!this._isScaled) {
      return line * this._row;
    }
    const last = Math.max(this._lines.count - this._visible, 1);
    return (line / last) * (this._height - this.node.clientHeight);
  }

  /**
   * Show the lines around the window, at once if they are at hand.
   */
  private _update(): void {
    const around = this._isScaled ? 0 : AROUND;
    const from = Math.max(this._first - around, 0);
    const to = Math.min(
      this._first + this._visible + around + 1,
      this._lines.count
    );
    const turn = ++this._turn;
    const lines = this._lines.peek(from, to);
    if (lines !== null) {
      this._show(from, lines);
      return;
    }
    this.node.setAttribute('aria-busy', 'true');
    this._lines.lines(from, to).then(
      loaded => {
        if (turn === this._turn && !this.isDisposed) {
          this._show(from, loaded);
        }
      },
      (error: unknown) => {
        if (turn === this._turn && !this.isDisposed) {
          this._failed(error);
        }
      }
    );
  }

  private _show(from: number, lines: readonly string[]): void {
    this.node.removeAttribute('aria-busy');
    const base = this._isScaled
      ? this.node.scrollTop - (this._first - from) * this._row
      : from * this._row;
    this._body.replaceChildren();
    this._body.style.top = `${base}px`;
    this._render(this._body, lines);
    const marked = this._marked;
    this._mark.hidden =
      marked === null || marked < from || marked >= from + lines.length;
    if (marked !== null) {
      this._mark.style.top = `${base + (marked - from) * this._row}px`;
    }
  }

  private readonly _room = document.createElement('div');
  private readonly _mark = document.createElement('div');
  private readonly _body = document.createElement('div');
  private _watcher: ResizeObserver | null = null;
  private _first = 0;
  private _asked = -2;
  private _row = 17;
  private _height = 0;
  private _visible = 1;
  private _isScaled = false;
  private _marked: number | null = null;
  private _turn = 0;
}
