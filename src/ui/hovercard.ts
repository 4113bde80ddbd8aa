// A small card that shows while the pointer rests on something, and never takes the focus.

import type { Message } from '@lumino/messaging';
import { PanelLayout, Widget } from '@lumino/widgets';

/**
 * How long the pointer has to rest before the card shows: who passes by wants none.
 */
const REST_MS = 300;
const GAP_PX = 4;

/**
 * The one card of a group of things that have cards.
 */
export class HoverCard {
  /**
   * The pointer came to something.
   *
   * @param body - makes what stands on its card.
   */
  enter(anchor: Element, body: () => Widget): void {
    this.leave();
    this._timer = window.setTimeout(() => {
      if (anchor.isConnected) {
        this._card = new Card(anchor, body());
        Widget.attach(this._card, document.body);
      }
    }, REST_MS);
  }

  /**
   * The pointer went.
   */
  leave(): void {
    window.clearTimeout(this._timer);
    this._card?.dispose();
    this._card = null;
  }

  private _timer = 0;
  private _card: Card | null = null;
}

class Card extends Widget {
  constructor(
    private readonly _anchor: Element,
    body: Widget
  ) {
    super();
    this.addClass('jp-Anode-popover');
    this.addClass('jp-mod-hover');
    this.node.setAttribute('role', 'tooltip');
    const layout = new PanelLayout();
    layout.addWidget(body);
    this.layout = layout;
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    const { left, bottom } = this._anchor.getBoundingClientRect();
    const rightmost = window.innerWidth - this.node.offsetWidth - GAP_PX;
    this.node.style.left = `${Math.max(GAP_PX, Math.min(left, rightmost))}px`;
    this.node.style.top = `${bottom + GAP_PX}px`;
  }
}
