// Wires the renderer of outputs that lie outside the document.

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ArtifactsApi } from '../api/artifacts';
import { IAnodeRooms } from '../tokens';
import { LONG_TEXT_MIME } from '../documents/longtext';
import { REFERENCE_MIME } from '../documents/reference';
import { LongTextRenderer } from './longtextrenderer';
import { OpenedTexts } from './openedtexts';
import { ArtifactRenderer } from './renderer';
import type { IArtifactOptions } from './source';

/**
 * Outputs that are too large for the document.
 */
const plugin: JupyterFrontEndPlugin<void> = {
  id: 'anode-jlab:artifacts',
  description:
    'Shows large outputs of live notebooks, which are loaded when they come into view.',
  autoStart: true,
  requires: [IRenderMimeRegistry, IAnodeRooms],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    registry: IRenderMimeRegistry,
    rooms: IAnodeRooms,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('anode_jlab');
    const api = new ArtifactsApi(app.serviceManager.serverSettings);
    const options: IArtifactOptions = {
      registry,
      trans,
      source: path => {
        const id = path === null ? null : rooms.get(path)?.notebookId;
        return id
          ? {
              url: sha256 => api.url(id, sha256),
              load: sha256 => api.load(id, sha256)
            }
          : null;
      }
    };
    const opened = new OpenedTexts();
    registry.addFactory(
      {
        safe: true,
        mimeTypes: [REFERENCE_MIME],
        createRenderer: mime => new ArtifactRenderer(mime, options)
      },
      0
    );
    registry.addFactory(
      {
        safe: true,
        mimeTypes: [LONG_TEXT_MIME],
        createRenderer: mime => new LongTextRenderer(mime, options, opened)
      },
      0
    );
  }
};

export default plugin;
