// Drops a file of this computer somewhere on a page.

import type { Locator } from '@playwright/test';

/**
 * What is in the files.
 */
export const LINES = 'x,y\n1,2\n3,4\n';

/**
 * Drag a file over a place and let it go.
 */
export async function drop(
  on: Locator,
  name: string,
  type: string
): Promise<void> {
  await on.evaluate(
    (node, [content, title, mime]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content], title, { type: mime }));
      for (const step of ['dragover', 'drop']) {
        node.dispatchEvent(
          new DragEvent(step, { bubbles: true, cancelable: true, dataTransfer })
        );
      }
    },
    [LINES, name, type] as const
  );
}
