// The carets of others in the editors of a notebook, as they are on the screen.

import { expect } from '@playwright/test';
import type { Locator } from '@playwright/test';

import type { NotebookPage } from './notebook.ts';

/**
 * The caret in a cell that bears a name.
 */
export function caretIn(
  notebook: NotebookPage,
  index: number,
  name: string
): Locator {
  return notebook
    .cell(index)
    .locator('.jp-Anode-caret')
    .filter({ has: notebook.page.getByText(name, { exact: true }) });
}

/**
 * A caret stands before the character at an offset of its cell's text (or after the last one).
 */
export async function expectAt(
  notebook: NotebookPage,
  index: number,
  name: string,
  offset: number
): Promise<void> {
  const caret = caretIn(notebook, index, name);
  await expect(caret).toHaveCount(1);
  await expect
    .poll(async () => {
      const box = (await caret.boundingBox())!;
      const place = await placeOf(notebook, index, offset);
      return [box.x - place.left, box.y - place.top].map(
        distance => Math.abs(distance) < 3
      );
    })
    .toEqual([true, true]);
}

/**
 * How much of the name on a caret is seen, from 0 to 1.
 */
export function flagOpacity(caret: Locator): Promise<number> {
  return caret
    .locator('.jp-Anode-caret-flag')
    .evaluate(flag => Number(getComputedStyle(flag).opacity));
}

async function placeOf(
  notebook: NotebookPage,
  index: number,
  offset: number
): Promise<{ left: number; top: number }> {
  return notebook.page.evaluate(
    ([cell, at]) => {
      const { widgets } = (window as unknown as IWindow).jupyterapp.shell
        .currentWidget.content;
      return widgets[cell]!.editor.editor.coordsAtPos(at);
    },
    [index, offset] as const
  );
}

interface IWindow {
  jupyterapp: {
    shell: {
      currentWidget: {
        content: {
          widgets: {
            editor: {
              editor: {
                coordsAtPos(offset: number): { left: number; top: number };
              };
            };
          }[];
        };
      };
    };
  };
}
