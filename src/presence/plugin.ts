// Wires people into notebooks and editors.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import {
  EditorExtensionRegistry,
  IEditorExtensionRegistry
} from '@jupyterlab/codemirror';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { DisposableDelegate } from '@lumino/disposable';
import type { Awareness } from 'y-protocols/awareness';

import { IAnodeRooms } from '../tokens';
import { caretsIn } from './careteditor';
import type { Schedule } from './carets';
import { Carets } from './carets';
import { PeopleModel } from './model';
import { PeopleWidget } from './people';
import { sharedTextOf } from './sharedtext';

/**
 * The people of a notebook, as avatars in its toolbar.
 */
const toolbar: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:presence',
  description: 'Shows who is in a notebook when there are two or more.',
  autoStart: true,
  requires: [IAnodeRooms, IToolbarWidgetRegistry],
  optional: [ITranslator],
  activate: (
    _: JupyterFrontEnd,
    rooms: IAnodeRooms,
    toolbars: IToolbarWidgetRegistry,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    toolbars.addFactory<NotebookPanel>(
      'Notebook',
      'anodePeople',
      panel => new PeopleWidget(new PeopleModel(rooms, panel.context), trans)
    );
  }
};

/**
 * With the next picture of the screen; not at all while nobody sees one.
 */
const nextFrame: Schedule = then => {
  const id = requestAnimationFrame(then);
  return new DisposableDelegate(() => cancelAnimationFrame(id));
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

const plugins: JupyterFrontEndPlugin<void>[] = [toolbar, cursors];

export default plugins;
