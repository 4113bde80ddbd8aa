// The button at a cell's prompt: runs the cell, or stops its run.

import type { CodeCell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import { runIcon, stopIcon } from '@jupyterlab/ui-components';
import { AttachedProperty } from '@lumino/properties';

/**
 * What the button does.
 */
export interface IRunButton {
  run(): void;
  stop(): void;
}

/**
 * Have the button at a cell's prompt. It lies over the empty part of the prompt, so nothing moves.
 *
 * @param isActive - whether a run of the cell waits or goes on, so that it stops it.
 */
export function placeRunButton(
  cell: CodeCell,
  isActive: boolean,
  actions: IRunButton,
  trans: TranslationBundle
): void {
  const place = cell.inputArea?.node;
  if (!place) {
    return;
  }
  let button = buttonProperty.get(cell);
  if (!button) {
    button = document.createElement('button');
    button.type = 'button';
    button.className = 'jp-Anode-run-button';
    // It must not take the focus from the editor, nor change the selection of cells.
    button.addEventListener('mousedown', event => {
      event.preventDefault();
      event.stopPropagation();
    });
    buttonProperty.set(cell, button);
    place.append(button);
  }
  const isStop = button.dataset['action'] === 'stop';
  if (isStop !== isActive || !button.firstChild) {
    button.dataset['action'] = isActive ? 'stop' : 'run';
    const label = isActive
      ? trans.__('Stop this run')
      : trans.__('Run this cell');
    button.title = label;
    button.setAttribute('aria-label', label);
    const icon: LabIcon = isActive ? stopIcon : runIcon;
    icon.element({ container: button, elementSize: 'normal' });
  }
  button.onclick = event => {
    event.stopPropagation();
    if (isActive) {
      actions.stop();
    } else {
      actions.run();
    }
  };
}

const buttonProperty = new AttachedProperty<CodeCell, HTMLButtonElement | null>(
  { name: 'anodeRunButton', create: () => null }
);
