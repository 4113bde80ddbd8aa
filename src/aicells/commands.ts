// Commands of cells that have to do with the assistant; none shows before a provider is set.

import type { ISharedCell, ISharedNotebook } from '@jupyter/ydoc';
import type {
  INotebookTracker,
  Notebook,
  NotebookPanel
} from '@jupyterlab/notebook';
import { NotebookActions } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { IAnodeAi, IAnodeRooms } from '../tokens';
import { assistantIcon, eyeIcon, hiddenIcon } from '../ui/icons';
import type { ContextMode } from './contextmode';
import {
  hideFromAi,
  isAiCell,
  isHiddenFromAi,
  makeAiCells,
  makeCodeCells,
  newAiCell
} from './kind';

/**
 * The ids of the commands of this feature.
 */
export namespace CommandIDs {
  export const toggleContext = 'anode:toggle-ai-context';
  export const contextMode = 'anode:ai-context-mode';
  export const insertAbove = 'anode:insert-ai-cell-above';
  export const insertBelow = 'anode:insert-ai-cell-below';
  export const toAi = 'anode:change-cell-to-ai';
  export const toCode = 'anode:change-ai-cell-to-code';
}

/**
 * What the commands work on.
 */
export interface IAiCellsHome {
  readonly ai: IAnodeAi;
  readonly rooms: IAnodeRooms;
  readonly notebooks: INotebookTracker;
  readonly mode: ContextMode;
}

/**
 * A live notebook in front, and its selected cells.
 */
interface IPlace {
  readonly panel: NotebookPanel;
  readonly notebook: Notebook;
  readonly shared: ISharedNotebook;
  readonly cells: readonly ISharedCell[];
  readonly mayWrite: boolean;
}

const NO_ARGUMENTS = { args: { type: 'object' as const, properties: {} } };

/**
 * The notebook in front, when it is live; JupyterLab's own have no assistant.
 */
function placeOf({ rooms, notebooks }: IAiCellsHome): IPlace | null {
  const panel = notebooks.currentWidget;
  const shared = panel?.content.model?.sharedModel;
  const connection = shared && rooms.forModel(shared);
  if (!panel || !connection) {
    return null;
  }
  const notebook = panel.content;
  const cells = notebook.widgets
    .filter(cell => notebook.isSelectedOrActive(cell))
    .map(({ model }) => model.sharedModel);
  const mayWrite = connection.role !== 'reader';
  return { panel, notebook, shared, cells, mayWrite };
}

/**
 * Change the selected cells to questions for the assistant.
 */
export function changeToAi(notebook: Notebook): void {
  const shared = notebook.model?.sharedModel;
  if (!shared) {
    return;
  }
  const chosen = notebook.widgets.filter(cell =>
    notebook.isSelectedOrActive(cell)
  );
  if (chosen.some(({ model }) => model.type !== 'code')) {
    NotebookActions.changeCellType(notebook, 'code');
  }
  makeAiCells(shared, selected(notebook));
}

/**
 * Change those of the selected cells that are questions back to code.
 */
export function changeToCode(notebook: Notebook): void {
  const shared = notebook.model?.sharedModel;
  if (shared) {
    makeCodeCells(shared, selected(notebook));
  }
}

/**
 * Put a new AI cell beside the active one, and the caret into it.
 */
export function insertAiCell(notebook: Notebook, offset: 0 | 1): void {
  const shared = notebook.model?.sharedModel;
  if (!shared) {
    return;
  }
  const at = Math.max(0, notebook.activeCellIndex) + offset;
  const index = Math.min(at, shared.cells.length);
  shared.insertCell(index, newAiCell());
  notebook.deselectAll();
  notebook.activeCellIndex = index;
  notebook.activate();
  notebook.mode = 'edit';
}

function selected(notebook: Notebook): ISharedCell[] {
  return notebook.widgets
    .filter(cell => notebook.isSelectedOrActive(cell))
    .map(({ model }) => model.sharedModel);
}

/**
 * Hide the selected cells from the assistant; show them when all of them are hidden.
 */
function toggleContext({ shared, cells }: IPlace): void {
  hideFromAi(shared, cells, !cells.every(isHiddenFromAi));
}

/**
 * Register the commands.
 */
export function addCommands(
  commands: CommandRegistry,
  home: IAiCellsHome,
  trans: TranslationBundle
): void {
  const { ai, mode } = home;
  const add = (
    id: string,
    execute: (place: IPlace) => void,
    options: Omit<CommandRegistry.ICommandOptions, 'execute'>
  ): void => {
    commands.addCommand(id, {
      describedBy: NO_ARGUMENTS,
      isVisible: () => ai.isSet && placeOf(home) !== null,
      isEnabled: () => {
        const place = placeOf(home);
        return ai.isSet && place !== null && place.mayWrite;
      },
      ...options,
      execute: () => {
        const place = placeOf(home);
        if (place) {
          execute(place);
        }
      }
    });
  };
  const isHidden = (): boolean => {
    const cells = placeOf(home)?.cells ?? [];
    return cells.length > 0 && cells.every(isHiddenFromAi);
  };
  const toggleLabel = (): string =>
    isHidden()
      ? trans.__('Show to the Assistant')
      : trans.__('Hide from the Assistant');
  add(CommandIDs.toggleContext, toggleContext, {
    label: toggleLabel,
    caption: toggleLabel,
    icon: () => (isHidden() ? hiddenIcon : eyeIcon),
    isToggled: isHidden
  });
  add(CommandIDs.insertAbove, ({ notebook }) => insertAiCell(notebook, 0), {
    label: trans.__('Insert AI Cell Above'),
    icon: assistantIcon
  });
  add(CommandIDs.insertBelow, ({ notebook }) => insertAiCell(notebook, 1), {
    label: trans.__('Insert AI Cell Below'),
    caption: trans.__('Insert a question for the assistant below'),
    icon: assistantIcon
  });
  add(CommandIDs.toAi, ({ notebook }) => changeToAi(notebook), {
    label: trans.__('Change to AI Cell Type')
  });
  add(CommandIDs.toCode, ({ notebook }) => changeToCode(notebook), {
    label: trans.__('Change AI Cell to Code'),
    isVisible: () => placeOf(home)?.cells.some(isAiCell) ?? false,
    isEnabled: () => placeOf(home)?.cells.some(isAiCell) ?? false
  });
  commands.addCommand(CommandIDs.contextMode, {
    label: trans.__('Show What the Assistant Sees'),
    caption: trans.__('Mark the cells that the assistant sees'),
    icon: eyeIcon,
    describedBy: NO_ARGUMENTS,
    isVisible: () => ai.isSet,
    isEnabled: () => ai.isSet && placeOf(home) !== null,
    isToggled: () => mode.isOn,
    execute: () => {
      mode.isOn = !mode.isOn;
    }
  });
}
