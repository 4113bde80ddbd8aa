// A small panel that hangs below the control that opened it.

import type { Message } from '@lumino/messaging';
import { PanelLayout, Widget } from '@lumino/widgets';

const MAX_HEIGHT_PX = 480;
const MIN_HEIGHT_PX = 40;
const GAP_PX = 4;

/**
 * A popover: closes on Escape, on a click elsewhere and when its anchor goes away, and gives the
 * focus back to its anchor.
 */
export class Popover extends Widget {
  constructor(options: Popover.IOptions) {
    super();
    this._anchor = options.anchor;
    this._bar = options.bar;
    this.addClass('jp-Anode-popover');
    this.node.setAttribute('role', 'dialog');
    this.node.setAttribute('aria-label', options.label);
    this.node.tabIndex = -1;
    const layout = new PanelLayout();
    layout.addWidget(options.body);
    this.layout = layout;
  }

  /**
   * Attach to the page and take the focus.
   */
  launch(): void {
    Widget.attach(this, document.body);
    this._anchor.setAttribute('aria-expanded', 'true');
    this.place();
    this.node.focus();
    this._follow();
  }

  /**
   * Move to below the anchor again, after the content changed its size.
   */
  place(): void {
    if (!this._anchor.isConnected) {
      this.dispose();
      return;
    }
    const box = this._anchor.getBoundingClientRect();
    const isSeen = box.width > 0;
    const { left, bottom } = isSeen ? box : this._bar.getBoundingClientRect();
    const { style } = this.node;
    const top = bottom + GAP_PX;
    const room = Math.max(MIN_HEIGHT_PX, window.innerHeight - top - GAP_PX);
    style.maxHeight = `${Math.min(MAX_HEIGHT_PX, room)}px`;
    const rightmost = window.innerWidth - this.node.offsetWidth - GAP_PX;
    style.left = `${Math.max(GAP_PX, Math.min(left, rightmost))}px`;
    style.top = `${top}px`;
  }

  handleEvent(event: Event): void {
    switch (event.type) {
      case 'keydown':
        if ((event as KeyboardEvent).key === 'Escape') {
          event.stopPropagation();
          this.dispose();
        }
        break;
      case 'pointerdown':
        this._onPointerDown(event.target as Node);
        break;
    }
  }

  /**
   * A toolbar moves its items some time after it changed its size, and tells nobody.
   */
  private _follow(): void {
    this._frame = requestAnimationFrame(() => {
      const { left, bottom } = this._anchor.getBoundingClientRect();
      const seen = [left, bottom, innerWidth, innerHeight].join();
      if (seen !== this._seen) {
        this._seen = seen;
        this.place();
      }
      if (!this.isDisposed) {
        this._follow();
      }
    });
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    cancelAnimationFrame(this._frame);
    const hadFocus = this.node.contains(document.activeElement);
    this._anchor.setAttribute('aria-expanded', 'false');
    super.dispose();
    if (hadFocus && this._anchor.isConnected) {
      this._anchor.focus();
    }
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.node.addEventListener('keydown', this);
    document.addEventListener('pointerdown', this, true);
  }

  protected override onBeforeDetach(msg: Message): void {
    this.node.removeEventListener('keydown', this);
    document.removeEventListener('pointerdown', this, true);
    super.onBeforeDetach(msg);
  }

  private _onPointerDown(target: Node): void {
    if (!this.node.contains(target) && !this._anchor.contains(target)) {
      this.dispose();
    }
  }

  private readonly _anchor: HTMLElement;
  private readonly _bar: HTMLElement;
  private _frame = 0;
  private _seen = '';
}

/**
 * The namespace for `Popover` statics.
 */
export namespace Popover {
  /**
   * What a popover is made of.
   */
  export interface IOptions {
    /**
     * The control that opened it.
     */
    anchor: HTMLElement;

    /**
     * What the anchor belongs to: the popover hangs from here while the anchor is put away.
     */
    bar: HTMLElement;
    body: Widget;

    /**
     * What it is, for screen readers.
     */
    label: string;
  }
}
