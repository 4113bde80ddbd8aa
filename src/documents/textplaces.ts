// Where text files could be taken over: every editor and viewer that shows the text of a file.

import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { ABCWidgetFactory } from '@jupyterlab/docregistry';

/**
 * The model of JupyterLab's editor and of all viewers of texts; they share it when they are open on
 * one file, so that all must come from one provider.
 */
const TEXT_MODEL = 'text';

/**
 * From now on texts of the default drive come from this provider, also in viewers that are added
 * later. Those that another extension provides stay as they are.
 */
export function takeTextsOver(
  registry: DocumentRegistry,
  providerId: string
): void {
  const take = (factory: DocumentRegistry.WidgetFactory | undefined): void => {
    if (
      factory instanceof ABCWidgetFactory &&
      factory.modelName === TEXT_MODEL &&
      factory.contentProviderId === undefined
    ) {
      factory.contentProviderId = providerId;
    }
  };
  for (const factory of registry.widgetFactories()) {
    take(factory);
  }
  registry.changed.connect((_, { type, change, name }) => {
    if (type === 'widgetFactory' && change === 'added' && name) {
      take(registry.getWidgetFactory(name));
    }
  });
}
