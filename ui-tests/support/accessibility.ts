// What axe-core finds in what is ours; JupyterLab's own findings are not ours to mend.

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { expect } from './fixtures.ts';

const OURS = '[class*="jp-Anode"]';

/**
 * Widgets of JupyterLab's own that carry a class of ours, with everything in them.
 */
const THEIRS = '.jp-Cell, .jp-NotebookPanel, .jp-Notebook, .jp-FileEditor, .jp-DirListing-item';

const GRAVE = new Set(['serious', 'critical']);

/**
 * No serious finding in anything of ours that is on the screen.
 */
export async function expectAccessible(page: Page): Promise<void> {
  // Its other mode opens a page of its own, and ours is in the background meanwhile.
  const axe = new AxeBuilder({ page }).include(OURS).setLegacyMode();
  const { violations } = await axe.analyze();
  const found: string[] = [];
  for (const { id, impact, help, nodes } of violations) {
    for (const { target, html } of GRAVE.has(impact ?? '') ? nodes : []) {
      if (await isOurs(page, target.join(' '))) {
        found.push(`${id} (${help}): ${html.slice(0, 300)}`);
      }
    }
  }
  expect(found).toEqual([]);
}

function isOurs(page: Page, selector: string): Promise<boolean> {
  return page
    .locator(selector)
    .first()
    .evaluate(
      (node, [ours, theirs]) => {
        const nearest = node.closest(`${ours}, ${theirs}`);
        return nearest !== null && !nearest.matches(theirs);
      },
      [OURS, THEIRS] as const
    );
}
