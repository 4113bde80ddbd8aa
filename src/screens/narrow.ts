// On a narrow screen there is room for the notebook only: the side areas make way.

import type { ILabShell } from '@jupyterlab/application';

/**
 * Screens up to this width are narrow: with a side area open, nothing of a notebook can be read.
 */
export const NARROW_PX = 600;

/**
 * The part of the shell that is looked after.
 */
export type Sides = Pick<
  ILabShell,
  'collapseLeft' | 'collapseRight' | 'currentChanged'
>;

/**
 * Collapse the side areas on a narrow screen: when it becomes narrow, and when the person turned to
 * a document. In between they may be opened as everywhere.
 *
 * @param screen - tells whether the screen is narrow, and when that changes.
 */
export function collapseSides(shell: Sides, screen: MediaQueryList): void {
  const collapse = (): void => {
    if (screen.matches) {
      shell.collapseLeft();
      shell.collapseRight();
    }
  };
  screen.addEventListener('change', collapse);
  shell.currentChanged.connect((_, { newValue }) => {
    if (newValue) {
      collapse();
    }
  });
  collapse();
}
