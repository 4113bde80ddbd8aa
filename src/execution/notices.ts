// A line of words below a cell.

import type { Cell } from '@jupyterlab/cells';
import { AttachedProperty } from '@lumino/properties';
import { PanelLayout, Widget } from '@lumino/widgets';

/**
 * Says below a cell what became of a request to run it, until it is run again.
 */
export class CellNotices {
  /**
   * Say something below a cell.
   */
  tell(cell: Cell, text: string): void {
    void cell.ready.then(() => {
      if (!cell.isDisposed) {
        lineOf(cell).say(text);
      }
    });
  }

  /**
   * Say no more.
   */
  clear(cell: Cell): void {
    noticeProperty.get(cell)?.say('');
  }
}

/**
 * The line; it takes no room while it says nothing.
 */
class NoticeLine extends Widget {
  constructor() {
    super();
    this.addClass('jp-Anode-run-notice');
    this.node.setAttribute('role', 'alert');
    this.hide();
  }

  say(text: string): void {
    this.node.textContent = text;
    this.setHidden(text === '');
  }
}

function lineOf(cell: Cell): NoticeLine {
  const present = noticeProperty.get(cell);
  if (present) {
    return present;
  }
  const line = new NoticeLine();
  noticeProperty.set(cell, line);
  if (cell.layout instanceof PanelLayout) {
    cell.layout.addWidget(line);
  }
  return line;
}

const noticeProperty = new AttachedProperty<Cell, NoticeLine | null>({
  name: 'anodeRunNotice',
  create: () => null
});
