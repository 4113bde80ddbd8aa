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
import type { FileBrowser } from '@jupyterlab/filebrowser';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { DisposableDelegate } from '@lumino/disposable';
import type { Awareness } from 'y-protocols/awareness';

import { NotebooksApi } from '../api/notebooks';
import { IAnodeRooms } from '../tokens';
import { caretsIn } from './careteditor';
import type { Schedule } from './carets';
import { Carets } from './carets';
import { addCommands, CommandIDs } from './commands';
import { NotebookPeople } from './notebookpeople';
import { IOpenPeople, OpenPeople } from './openpeople';
import { PeopleWidget } from './people';
import { PeoplePanel } from './peoplepanel';
import { RowMarks } from './rowmarks';
import { sharedTextOf } from './sharedtext';

/**
 * The command that copies the link to the current notebook, if it is there.
 */
const SHARE = 'anode:copy-link';

const SHOW_PANEL = 'anode:show-people-panel';

/**
 * The place of the panel among those of the right side area: behind JupyterLab's own.
 */
const PANEL_RANK = 900;

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
const people: JupyterFrontEndPlugin<OpenPeople> = {
  id: 'anode-jlab:presence',
  description: 'Shows who is in a notebook when there are two or more.',
  autoStart: true,
  provides: IOpenPeople,
  requires: [IAnodeRooms, INotebookTracker, IToolbarWidgetRegistry],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    rooms: IAnodeRooms,
    notebooks: INotebookTracker,
    toolbars: IToolbarWidgetRegistry,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): OpenPeople => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const { commands } = app;
    const widgets = new WeakMap<NotebookPanel, PeopleWidget>();
    const open = new OpenPeople(
      panel => new NotebookPeople(rooms, panel, nextFrame, trans)
    );
    notebooks.widgetAdded.connect((_, panel) => {
      open.of(panel);
    });
    app.shell.currentChanged?.connect(() => {
      for (const { place } of open.notebooks) {
        place.touch();
      }
    });
    toolbars.addFactory<NotebookPanel>('Notebook', 'anodePeople', panel => {
      const widget = new PeopleWidget(open.of(panel), trans, () =>
        sharing(commands)
      );
      widgets.set(panel, widget);
      return widget;
    });
    addCommands(
      commands,
      {
        current: () => open.find(notebooks.currentWidget),
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
    return open;
  }
};

/**
 * What copies the link to the current notebook; null where nothing does.
 */
function sharing(commands: CommandRegistry): (() => void) | null {
  return commands.hasCommand(SHARE) ? () => void commands.execute(SHARE) : null;
}

/**
 * The people of all open notebooks in a panel of the right side area. Its icon comes when somebody
 * else does, or with the command.
 */
const panel: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:people-panel',
  description: 'Lists the people of all open notebooks in a side panel.',
  autoStart: true,
  requires: [IOpenPeople],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    open: OpenPeople,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const { commands, shell } = app;
    const panel = new PeoplePanel(
      open,
      notebook => shell.activateById(notebook.panel.id),
      () => sharing(commands),
      trans
    );
    const add = (): void => {
      if (!panel.isAttached) {
        shell.add(panel, 'right', { rank: PANEL_RANK });
      }
    };
    open.changed.connect(() => {
      if (open.notebooks.some(({ model }) => model.isShared)) {
        add();
      }
    });
    commands.addCommand(SHOW_PANEL, {
      label: trans.__('Show People Panel'),
      caption: trans.__('Show the people of all open notebooks'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        add();
        shell.activateById(panel.id);
      }
    });
    palette?.addItem({
      command: SHOW_PANEL,
      category: trans.__('Notebook Operations')
    });
  }
};

/**
 * Dots in the file browser, on notebooks that others have open.
 */
const files: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:people-in-files',
  description: 'Marks notebooks in the file browser that others have open.',
  autoStart: true,
  requires: [IAnodeRooms],
  optional: [IFileBrowserFactory, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    rooms: IAnodeRooms,
    browsers: IFileBrowserFactory | null,
    translator: ITranslator | null
  ): void => {
    if (!browsers || !rooms.serverState.ready) {
      return;
    }
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const { contents, serverSettings } = app.serviceManager;
    const api = new NotebooksApi(serverSettings);
    const mark = (browser: FileBrowser): void => {
      new RowMarks(browser, contents, () => api.inhabited(), trans);
    };
    browsers.tracker.forEach(mark);
    browsers.tracker.widgetAdded.connect((_, browser) => mark(browser));
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

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  people,
  panel,
  files,
  cursors
];

export default plugins;
