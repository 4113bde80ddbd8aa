// Wires the counts of what is hidden into notebooks.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { watchHidden } from './counts';

/**
 * How much of a cell is hidden, on the bar that stands for it.
 */
const plugin: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:hiding',
  description: 'Says how much of a cell is hidden.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ITranslator],
  activate: (
    _: JupyterFrontEnd,
    notebooks: INotebookTracker,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    notebooks.widgetAdded.connect((_, { content }) => {
      watchHidden(content, trans);
    });
  }
};

export default plugin;
