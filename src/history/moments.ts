// The moments that are open beside their notebooks: one for each.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { INotebookConnection } from '../tokens';
import { Comparing } from './comparing';
import { saveMoment } from './downloads';
import type { IMomentSource } from './moment';
import { Moment } from './moment';
import type { IDrawing } from './momentview';
import { MomentView } from './momentview';
import type { Restores } from './restore';

/**
 * In a narrower window two notebooks have no room beside one another.
 */
const NARROW_PX = 760;

/**
 * Opens moments, and moves the open one when another is asked for.
 */
export class Moments {
  constructor(
    private readonly _shell: JupyterFrontEnd.IShell,
    private readonly _notebooks: INotebookTracker,
    private readonly _source: IMomentSource,
    private readonly _drawing: IDrawing,
    private readonly _restores: Restores,
    private readonly _trans: TranslationBundle
  ) {}

  /**
   * Emitted when another moment is shown.
   */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /**
   * The event whose moment is open beside a notebook; null when none is.
   */
  shown(notebookId: string): number | null {
    return this._views.get(notebookId)?.moment.seq ?? null;
  }

  /**
   * Show the notebook as it was after an event.
   */
  open(connection: INotebookConnection, seq: number): void {
    const known = this._views.get(connection.notebookId);
    if (known) {
      known.moment.seq = seq;
      this._shell.activateById(known.id);
      return;
    }
    const moment = new Moment(connection, this._source, seq);
    const panel = this._notebooks.currentWidget;
    const view = new MomentView(
      moment,
      this._drawing,
      panel ? new Comparing(moment, panel.context.model.sharedModel) : null,
      {
        isAllowed: () => this._restores.isAllowed(connection),
        restore: cells =>
          void this._restores.restore(connection, moment.seq, cells),
        save: () => {
          if (moment.content) {
            saveMoment(connection.path, moment.seq, moment.content);
          }
        }
      },
      this._trans
    );
    const name = connection.path.split('/').at(-1)!;
    view.id = `anode-moment-${connection.notebookId}`;
    view.title.label = this._trans.__('%1 (history)', name);
    view.title.caption = this._trans.__('How %1 was', connection.path);
    this._views.set(connection.notebookId, view);
    moment.changed.connect(() => this._changed.emit());
    view.disposed.connect(() => {
      this._views.delete(connection.notebookId);
      this._changed.emit();
    });
    panel?.disposed.connect(() => view.dispose());
    this._shell.add(view, 'main', {
      mode: window.innerWidth < NARROW_PX ? 'tab-after' : 'split-right',
      ...(panel ? { ref: panel.id } : {})
    });
    this._changed.emit();
  }

  private readonly _views = new Map<string, MomentView>();
  private readonly _changed = new Signal<this, void>(this);
}
