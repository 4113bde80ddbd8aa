// Wires the renderer of tables.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IThemeManager } from '@jupyterlab/apputils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { TablesApi } from '../api/tables';
import { GRID_MIME } from '../documents/reference';
import { browserTimers } from '../sync/timers';
import { IAnodeRooms } from '../tokens';
import type { IGridOptions, When } from './renderer';
import { GridRenderer } from './renderer';

const ID = 'anode-jlab:grid';

/**
 * Tables of pandas, polars and arrow.
 */
const plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description:
    'Shows tables of live notebooks as grids that sort, filter and page from the kernel.',
  autoStart: true,
  requires: [IRenderMimeRegistry, IAnodeRooms],
  optional: [ISettingRegistry, IThemeManager, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    registry: IRenderMimeRegistry,
    rooms: IAnodeRooms,
    settings: ISettingRegistry | null,
    themes: IThemeManager | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const api = new TablesApi(app.serviceManager.serverSettings);
    let when: When = 'long';
    const options: IGridOptions = {
      get when() {
        return when;
      },
      registry,
      timers: browserTimers,
      trans,
      fetch: path => {
        const id = path === null ? null : rooms.get(path)?.notebookId;
        return id ? query => api.rows(id, query) : null;
      },
      onTheme: (widget, restyle) => {
        themes?.themeChanged.connect(restyle);
        widget.disposed.connect(() => {
          themes?.themeChanged.disconnect(restyle);
        });
      }
    };
    registry.addFactory(
      {
        safe: true,
        mimeTypes: [GRID_MIME],
        createRenderer: mime => new GridRenderer(mime, options)
      },
      0
    );
    void settings
      ?.load(ID)
      .then(loaded => {
        const read = () => {
          when = loaded.get('when').composite as When;
        };
        loaded.changed.connect(read);
        read();
      })
      .catch((error: unknown) => {
        console.warn('The settings of grids cannot be read.', error);
      });
  }
};

export default plugin;
