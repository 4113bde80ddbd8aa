// Mouse, touch and keyboard in a grid that stands among other things on a page.

import type { DataGrid } from '@lumino/datagrid';
import { BasicKeyHandler, BasicMouseHandler } from '@lumino/datagrid';

/**
 * Pixels near the edge of a head where its width is changed.
 */
const EDGE = 6;

/**
 * Pixels of a finger that is still a tap.
 */
const TAP = 8;

/**
 * What a grid tells of what people do.
 */
export interface IGridActions {
  /**
   * A column's head was clicked.
   */
  sort(column: number): void;
  copy(): void;

  /**
   * Leave the grid for what it stands in.
   */
  leave(): void;

  /**
   * What to tell of a column under the mouse.
   */
  tell(column: number): string;
}

/**
 * A click on a head sorts. The wheel scrolls the page until somebody clicked into the grid.
 */
export class GridMouse extends BasicMouseHandler {
  constructor(private readonly _actions: IGridActions) {
    super();
  }

  override onMouseDown(grid: DataGrid, event: MouseEvent): void {
    const hit = grid.hitTest(event.clientX, event.clientY);
    const isInside = hit.x > EDGE && hit.x < hit.width - EDGE;
    if (hit.region === 'column-header' && isInside && event.button === 0) {
      this._actions.sort(hit.column);
      return;
    }
    super.onMouseDown(grid, event);
  }

  override onMouseHover(grid: DataGrid, event: MouseEvent): void {
    super.onMouseHover(grid, event);
    const { region, column } = grid.hitTest(event.clientX, event.clientY);
    const text = region === 'column-header' ? this._actions.tell(column) : '';
    if (grid.viewport.node.title !== text) {
      grid.viewport.node.title = text;
    }
  }

  override onWheel(grid: DataGrid, event: WheelEvent): void {
    const isAcross = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (isAcross || grid.node.contains(document.activeElement)) {
      super.onWheel(grid, event);
    }
  }
}

/**
 * Tab leaves the grid, as on every page; Escape gives up the selection, then leaves.
 */
export class GridKeys extends BasicKeyHandler {
  constructor(private readonly _actions: IGridActions) {
    super();
  }

  override onKeyDown(grid: DataGrid, event: KeyboardEvent): void {
    if (event.key !== 'Tab') {
      super.onKeyDown(grid, event);
    }
  }

  protected override onEscape(grid: DataGrid, event: KeyboardEvent): void {
    if (grid.selectionModel?.isEmpty !== false) {
      event.preventDefault();
      this._actions.leave();
    }
    super.onEscape(grid, event);
  }

  protected override onKeyC(_: DataGrid, event: KeyboardEvent): void {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      this._actions.copy();
    }
  }
}

/**
 * A finger scrolls: across at once, down once the grid was tapped. At an end the page goes on.
 */
export function scrollByTouch(grid: DataGrid): void {
  let last: Touch | null = null;
  let isDrag = false;
  const node = grid.viewport.node;
  node.addEventListener(
    'touchstart',
    event => {
      last = event.touches.length === 1 ? (event.touches[0] ?? null) : null;
      isDrag = false;
    },
    { passive: true }
  );
  node.addEventListener(
    'touchmove',
    event => {
      const touch = event.touches[0];
      if (last === null || touch === undefined) {
        return;
      }
      const dx = last.clientX - touch.clientX;
      const dy = last.clientY - touch.clientY;
      isDrag ||= Math.abs(dx) > TAP || Math.abs(dy) > TAP;
      const isAcross = Math.abs(dx) > Math.abs(dy);
      const isMine = isAcross || grid.node.contains(document.activeElement);
      if (!isDrag || !isMine) {
        return;
      }
      const [x, y] = [grid.scrollX, grid.scrollY];
      const to = (value: number, most: number) =>
        Math.min(Math.max(value, 0), most);
      const nextX = to(x + dx, grid.maxScrollX);
      const nextY = to(y + dy, grid.maxScrollY);
      last = touch;
      if (event.cancelable && (nextX !== x || nextY !== y)) {
        event.preventDefault();
        grid.scrollTo(nextX, nextY);
      }
    },
    { passive: false }
  );
}
