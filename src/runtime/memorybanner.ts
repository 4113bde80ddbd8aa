// The banner above a notebook whose kernel's memory runs out: what takes most of it.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { INotebookConnection } from '../tokens';
import type { IBannerContent } from '../ui/banner';
import { Banner } from '../ui/banner';

/**
 * The server's code for it.
 */
const LOW = 'kernel_memory_low';

/**
 * The banner of one live notebook.
 */
export class MemoryBanner extends Banner {
  /**
   * @param _showPanel - show what uses the memory.
   */
  constructor(
    private readonly _connection: INotebookConnection,
    private readonly _showPanel: () => void,
    trans: TranslationBundle
  ) {
    super(trans);
    this.addClass('jp-Anode-memoryBanner');
    _connection.conditionsChanged.connect(this._onConditions, this);
    this.update();
  }

  protected content(): IBannerContent | null {
    const trans = this._trans;
    const low = this._low;
    return low && !this._isHidden
      ? {
          what: low.message,
          advice: low.hint,
          answers: [
            { label: trans.__('Show runtime panel'), act: this._showPanel }
          ],
          hideTitle: trans.__('Hide')
        }
      : null;
  }

  protected hideIt(): void {
    this._isHidden = true;
    this.update();
  }

  private get _low() {
    return this._connection.conditions.find(({ code }) => code === LOW) ?? null;
  }

  private _onConditions(): void {
    this._isHidden = this._isHidden && this._low !== null;
    this.update();
  }

  private _isHidden = false;
}
