// A moment of a notebook as a notebook that nobody can change, beside the present one.

import type { Cell } from '@jupyterlab/cells';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { NotebookModel, StaticNotebook } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { historyIcon } from '@jupyterlab/ui-components';
import type { PanelLayout } from '@lumino/widgets';
import { BoxLayout, Widget } from '@lumino/widgets';

import type { Comparing } from './comparing';
import { DifferenceBar } from './differencebar';
import type { Moment } from './moment';
import type { IRestoring } from './momentbar';
import { MomentBar } from './momentbar';
import { patch } from './patch';

/**
 * What a notebook is drawn with.
 */
export interface IDrawing {
  readonly rendermime: IRenderMimeRegistry;
  readonly contentFactory: NotebookPanel.IContentFactory;
  readonly editors: IEditorServices;
  readonly translator: ITranslator;
}

/**
 * The view.
 */
export class MomentView extends Widget {
  constructor(
    readonly moment: Moment,
    drawing: IDrawing,
    private readonly _comparing: Comparing | null,
    restoring: IRestoring,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Anode-moment');
    this.title.icon = historyIcon;
    this.title.closable = true;
    this._model = new NotebookModel();
    this._notebook = drawn(drawing);
    this._notebook.model = this._model;
    this._trouble.addClass('jp-Anode-moment-trouble');
    this._trouble.node.setAttribute('role', 'status');
    this._trouble.hide();
    const layout = (this.layout = new BoxLayout({
      direction: 'top-to-bottom',
      spacing: 0
    }));
    this._bar = new MomentBar(moment, _comparing, restoring, _trans);
    for (const part of [this._bar, this._trouble, this._notebook]) {
      layout.addWidget(part);
      BoxLayout.setStretch(part, part === this._notebook ? 1 : 0);
    }
    moment.changed.connect(this._update, this);
    _comparing?.changed.connect(this._mark, this);
    this._update();
    this._mark();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._comparing?.dispose();
      this.moment.dispose();
      super.dispose();
      this._model.dispose();
    }
  }

  private _update(): void {
    const { content, trouble } = this.moment;
    const isEmpty = content?.cells.length === 0;
    const words = isEmpty ? this._trans.__('It had no cells yet.') : trouble;
    this._notebook.setHidden(words !== '');
    this._trouble.setHidden(words === '');
    this._trouble.node.textContent = words;
    if (content && !isEmpty && content !== this._content) {
      this._content = content;
      patch(this._model.sharedModel, content);
      for (const cell of this._notebook.widgets) {
        cell.readOnly = true;
      }
      this._mark();
    }
  }

  /**
   * A bar above each cell that differs from now.
   */
  private _mark(): void {
    if (!this._comparing) {
      return;
    }
    const { differences } = this._comparing.comparison;
    const marked = new Set(differences.map(({ id }) => id));
    for (const cell of this._notebook.widgets) {
      const bar = this._bars.get(cell);
      const isMarked = marked.has(cell.model.id);
      if (isMarked && !bar) {
        this._add(cell, this._comparing);
      } else if (!isMarked && bar) {
        bar.dispose();
        this._bars.delete(cell);
      }
      cell.toggleClass('jp-Anode-moment-differs', isMarked);
    }
  }

  private _add(cell: Cell, comparing: Comparing): void {
    const bar = new DifferenceBar(cell.model.id, comparing, this._trans);
    this._bars.set(cell, bar);
    cell.disposed.connect(() => bar.dispose());
    // Cells out of sight are made when they come into sight.
    void cell.ready.then(() => {
      if (!cell.isDisposed && !bar.isDisposed) {
        (cell.layout as PanelLayout).insertWidget(0, bar);
      }
    });
  }

  private readonly _bars = new Map<Cell, DifferenceBar>();
  private readonly _bar: MomentBar;
  private readonly _model: NotebookModel;
  private readonly _notebook: StaticNotebook;
  private readonly _trouble = new Widget();
  private _content: unknown = null;
}

function drawn(drawing: IDrawing): StaticNotebook {
  const { code, markdown, raw } = StaticNotebook.defaultEditorConfig;
  const notebook = new StaticNotebook({
    rendermime: drawing.rendermime,
    contentFactory: drawing.contentFactory,
    mimeTypeService: drawing.editors.mimeTypeService,
    translator: drawing.translator,
    editorConfig: {
      code: { ...code, readOnly: true },
      markdown: { ...markdown, readOnly: true },
      raw: { ...raw, readOnly: true }
    },
    notebookConfig: {
      ...StaticNotebook.defaultNotebookConfig,
      windowingMode: 'contentVisibility'
    }
  });
  notebook.addClass('jp-Anode-moment-notebook');
  return notebook;
}
