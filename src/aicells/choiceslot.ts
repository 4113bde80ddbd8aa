// A place in the toolbar for one of two widgets: ours while there is an assistant, else JupyterLab's.

import type { ISignal } from '@lumino/signaling';
import { PanelLayout, Widget } from '@lumino/widgets';

/**
 * Shows one of two widgets, each made when it is needed.
 */
export class ChoiceSlot extends Widget {
  constructor(
    private readonly _isOurs: () => boolean,
    changed: ISignal<unknown, unknown>,
    private readonly _ours: () => Widget,
    private readonly _other: () => Widget
  ) {
    super();
    this.addClass('jp-Anode-slot');
    this.layout = new PanelLayout();
    changed.connect(this._choose, this);
    this._choose();
  }

  private _choose(): void {
    const isOurs = this._isOurs();
    if (isOurs !== this._wasOurs && !this.isDisposed) {
      this._wasOurs = isOurs;
      this._shown?.dispose();
      this._shown = isOurs ? this._ours() : this._other();
      (this.layout as PanelLayout).addWidget(this._shown);
    }
  }

  private _wasOurs: boolean | null = null;
  private _shown: Widget | null = null;
}
