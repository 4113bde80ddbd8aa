// The place of the kernel's name in the toolbar: ours for live notebooks, JupyterLab's for others.

import { PanelLayout, Widget } from '@lumino/widgets';

import type { ConnectionFollower } from '../sync/follow';

/**
 * Shows one of two widgets, each made when it is first needed.
 */
export class LiveSlot extends Widget {
  constructor(
    private readonly _follower: ConnectionFollower,
    private readonly _live: () => Widget,
    private readonly _other: () => Widget
  ) {
    super();
    this.addClass('jp-Anode-slot');
    this.layout = new PanelLayout();
    _follower.changed.connect(this._choose, this);
    this._choose();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._follower.dispose();
      super.dispose();
    }
  }

  private _choose(): void {
    const isLive = this._follower.connection !== null;
    if (isLive !== this._isLive) {
      this._isLive = isLive;
      this._shown?.dispose();
      this._shown = isLive ? this._live() : this._other();
      (this.layout as PanelLayout).addWidget(this._shown);
    }
  }

  private _isLive: boolean | null = null;
  private _shown: Widget | null = null;
}
