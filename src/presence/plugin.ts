// Wires people into notebooks and editors.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import {
  EditorExtensionRegistry,
  IEditorExtensionRegistry
} from '@jupyterlab/codemirror';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { DisposableDelegate } from '@lumino/disposable';
import type { Awareness } from 'y-protocols/awareness';

import { IAnodeRooms } from '../tokens';
import { caretsIn } from './careteditor';
import type { Schedule } from './carets';
import { Carets } from './carets';
import { addCommands, CommandIDs } from './commands';
import { NotebookPeople } from './notebookpeople';
import { PeopleWidget } from './people';
import { sharedTextOf } from './sharedtext';

/**
 * The command that copies the link to the current notebook, if it is there.
 */
const SHARE = 'anode:copy-link';

/**
 * With the next picture of the screen; not at all while nobody sees one.
 */
const nextFrame: Schedule = then => {
  const id = requestAnimationFrame(then);
  return new DisposableDelegate(() => cancelAnimationFrame(id));
};

/**
 * The people of a notebook: avatars in its toolbar and at its cells, and the ways to them.
 */
const people: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:presence',
  description: 'Shows who is in a notebook when there are two or more.',
  autoStart: true,
  requires: [IAnodeRooms, INotebookTracker, IToolbarWidgetRegistry],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    rooms: IAnodeRooms,
    notebooks: INotebookTracker,
    toolbars: IToolbarWidgetRegistry,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const { commands } = app;
    const known = new WeakMap<NotebookPanel, NotebookPeople>();
    const widgets = new WeakMap<NotebookPanel, PeopleWidget>();
    const peopleOf = (panel: NotebookPanel): NotebookPeople => {
      const found =
        known.get(panel) ?? new NotebookPeople(rooms, panel, nextFrame, trans);
      known.set(panel, found);
      return found;
    };
    notebooks.widgetAdded.connect((_, panel) => {
      peopleOf(panel);
    });
    app.shell.currentChanged?.connect(() => {
      notebooks.forEach(panel => peopleOf(panel).place.touch());
    });
    toolbars.addFactory<NotebookPanel>('Notebook', 'anodePeople', panel => {
      const widget = new PeopleWidget(peopleOf(panel), trans, () =>
        commands.hasCommand(SHARE) ? () => void commands.execute(SHARE) : null
      );
      widgets.set(panel, widget);
      return widget;
    });
    addCommands(
      commands,
      {
        current: () => {
          const panel = notebooks.currentWidget;
          return (panel && known.get(panel)) ?? null;
        },
        toggleList: () => {
          const panel = notebooks.currentWidget;
          if (panel) {
            widgets.get(panel)?.toggleList();
          }
        }
      },
      trans
    );
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category: trans.__('Notebook Operations') });
    }
  }
};

/**
 * Carets and selections of the others, in every editor of a live document.
 */
const cursors: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:cursors',
  description: 'Shows where the others write and what they have selected.',
  autoStart: true,
  requires: [IEditorExtensionRegistry],
  optional: [ITranslator],
  activate: (
    _: JupyterFrontEnd,
    extensions: IEditorExtensionRegistry,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const known = new WeakMap<Awareness, Carets>();
    const caretsOf = (awareness: Awareness): Carets => {
      const carets = known.get(awareness) ?? new Carets(awareness, nextFrame);
      known.set(awareness, carets);
      return carets;
    };
    extensions.addExtension({
      name: 'anode-cursors',
      factory: ({ model }) => {
        const shared = sharedTextOf(model.sharedModel);
        return (
          shared &&
          EditorExtensionRegistry.createImmutableExtension(
            caretsIn({
              shared,
              carets: caretsOf(shared.awareness),
              schedule: nextFrame,
              label: ({ person, isSelf }) =>
                isSelf ? trans.__('%1 (you)', person.name) : person.name
            })
          )
        );
      }
    });
  }
};

const plugins: JupyterFrontEndPlugin<void>[] = [people, cursors];

export default plugins;
