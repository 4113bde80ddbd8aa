// Dots on the rows of a file browser whose notebooks others have open.

import type { FileBrowser } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IInhabited } from '../api/notebooks';

const ROW = '.jp-DirListing-item';
const NAME = '.jp-DirListing-itemText';
const MARK_CLASS = 'jp-Anode-row-people';

/**
 * Marks the rows of one file browser. It asks who is where when the browser lists its folder anew,
 * which it does only while it is seen.
 */
export class RowMarks {
  constructor(
    private readonly _browser: FileBrowser,
    private readonly _contents: Contents.IManager,
    private readonly _ask: () => Promise<readonly IInhabited[]>,
    private readonly _trans: TranslationBundle
  ) {
    const { model } = _browser;
    model.refreshed.connect(this._look, this);
    // JupyterLab uses the nodes of rows again for other files, and tells nobody.
    const rows = new MutationObserver(() => this._mark());
    rows.observe(_browser.node, {
      childList: true,
      subtree: true,
      characterData: true
    });
    _browser.disposed.connect(() => {
      rows.disconnect();
      model.refreshed.disconnect(this._look, this);
    });
    this._look();
  }

  private _look(): void {
    if (!this._browser.isVisible) {
      return;
    }
    this._ask().then(
      found => {
        this._others = new Map(
          found.map(({ path, others }) => [path, others] as const)
        );
        this._mark();
      },
      () => {
        // The server is away: the sync word says so, and the next listing asks again.
        this._others = new Map();
        this._mark();
      }
    );
  }

  private _mark(): void {
    const folder = this._browser.model.path;
    const isOurs = this._contents.driveName(folder) === '';
    const local = this._contents.localPath(folder);
    for (const row of this._browser.node.querySelectorAll(ROW)) {
      const name = row.querySelector(NAME)?.textContent ?? '';
      const path = local ? `${local}/${name}` : name;
      const others = isOurs ? this._others.get(path) : undefined;
      this._show(row, others ?? []);
    }
  }

  private _show(row: Element, others: readonly string[]): void {
    const mark = row.querySelector(`.${MARK_CLASS}`);
    if (others.length === 0) {
      mark?.remove();
      return;
    }
    const names = others.join(', ');
    const label = this._trans._n(
      '%2 is here',
      '%2 are here',
      others.length,
      names
    );
    if (mark?.getAttribute('title') === label) {
      return;
    }
    mark?.remove();
    const dot = document.createElement('span');
    dot.className = MARK_CLASS;
    dot.title = label;
    dot.setAttribute('role', 'img');
    dot.setAttribute('aria-label', label);
    dot.textContent = others.length > 1 ? String(others.length) : '';
    row.querySelector(NAME)?.parentElement?.append(dot);
  }

  private _others: ReadonlyMap<string, readonly string[]> = new Map();
}
