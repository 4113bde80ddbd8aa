// Shows a table as a grid where its other representation has only a part of it, or when asked to.

import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { MimeModel } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import { PanelLayout, Widget } from '@lumino/widgets';

import { GRID_MIME, without } from '../documents/reference';
import type { ITimers } from '../sync/timers';
import type { IDescription } from './description';
import { descriptionIn } from './description';
import type { Fetch } from './rows';
import { Rows } from './rows';
import type { TablePanel } from './tablepanel';

/**
 * When tables are grids: those that are not shown whole otherwise, all, or none.
 */
export type When = 'long' | 'always' | 'never';

/**
 * What a renderer works with.
 */
export interface IGridOptions {
  readonly when: When;

  /**
   * Asks the kernel of the notebook at a contents path; null when that is no live notebook.
   */
  fetch(path: string | null): Fetch | null;
  readonly registry: IRenderMimeRegistry;
  readonly timers: ITimers;
  readonly trans: TranslationBundle;

  /**
   * Call back when the theme is another, until the widget is disposed.
   */
  onTheme(widget: Widget, restyle: () => void): void;
}

/**
 * The renderer of tables.
 */
export class GridRenderer extends Widget implements IRenderMime.IRenderer {
  constructor(
    private readonly _mime: IRenderMime.IRendererOptions,
    private readonly _options: IGridOptions
  ) {
    super();
    this.addClass('jp-Anode-grid');
    this.layout = new PanelLayout();
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const { when } = this._options;
    const description = descriptionIn(model.data[GRID_MIME]);
    const other = this._otherOf(model);
    if (description === null) {
      await this._showOther(model, other, null);
      return;
    }
    const isGrid =
      other === undefined ||
      when === 'always' ||
      (when === 'long' && !description.shown_whole);
    await (isGrid
      ? this._showGrid(model, other, description)
      : this._showOther(model, other, description));
  }

  /**
   * The representation that would be shown without us; a text alone is no table.
   */
  private _otherOf(model: IRenderMime.IMimeModel): string | undefined {
    return this._options.registry.preferredMimeType(
      without(model.data, GRID_MIME),
      model.trusted ? 'any' : 'ensure'
    );
  }

  private async _showGrid(
    model: IRenderMime.IMimeModel,
    other: string | undefined,
    description: IDescription
  ): Promise<void> {
    const { trans, timers } = this._options;
    const { resolver } = this._mime;
    const path =
      resolver && 'path' in resolver && typeof resolver.path === 'string'
        ? resolver.path
        : null;
    let panel: TablePanel;
    try {
      const { TablePanel: Panel } = await import('./tablepanel');
      const rows = new Rows(description, this._options.fetch(path), timers);
      const back =
        other === undefined
          ? null
          : {
              label: other.startsWith('text/html')
                ? trans.__('Show as Table')
                : trans.__('Show as Text'),
              show: () => void this._showOther(model, other, description)
            };
      panel = new Panel(rows, trans, back);
    } catch {
      // The library did not load: the page is as it would be without us.
      await this._showOther(model, other, null);
      return;
    }
    this._options.onTheme(panel, () => panel.restyle());
    this._show(panel);
  }

  private async _showOther(
    model: IRenderMime.IMimeModel,
    other: string | undefined,
    description: IDescription | null
  ): Promise<void> {
    const { registry, trans, when } = this._options;
    if (other === undefined) {
      this._show();
      return;
    }
    const { resolver, linkHandler } = this._mime;
    const own = registry.clone({
      resolver: resolver ?? undefined,
      linkHandler: linkHandler ?? undefined
    });
    const renderer = own.createRenderer(other);
    const data = without(model.data, GRID_MIME);
    const { trusted, metadata } = model;
    const ready = renderer.renderModel(
      new MimeModel({ trusted, data, metadata })
    );
    const bars =
      description === null || when === 'never'
        ? []
        : [this._bar(trans, () => this._showGrid(model, other, description))];
    this._show(renderer, ...bars);
    await ready;
  }

  private _bar(trans: TranslationBundle, show: () => Promise<void>): Widget {
    const bar = document.createElement('div');
    bar.className = 'jp-Anode-grid-bar';
    const button = document.createElement('button');
    button.className = 'jp-Anode-grid-button';
    button.textContent = trans.__('Show as Grid');
    button.addEventListener('click', () => void show());
    bar.append(button);
    return new Widget({ node: bar });
  }

  private _show(...views: Widget[]): void {
    if (this.isDisposed) {
      views.forEach(view => view.dispose());
      return;
    }
    const layout = this.layout as PanelLayout;
    for (const old of [...layout.widgets]) {
      old.dispose();
    }
    views.forEach(view => layout.addWidget(view));
  }
}
