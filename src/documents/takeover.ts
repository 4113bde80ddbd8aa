// Taking notebooks over from JupyterLab's core, or leaving them where they are.

import { ABCWidgetFactory } from '@jupyterlab/docregistry';
import type { NotebookWidgetFactory } from '@jupyterlab/notebook';
import type { Contents, IContentProviderRegistry } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IServerState } from '../tokens';
import type { AnodeContentProvider } from './contentprovider';
import { PROVIDER_ID } from './contentprovider';
import { stateOfServer } from './serverstate';

/**
 * Where notebooks could be taken over.
 *
 * - `none`: this page shows no notebooks.
 * - `closed`: this JupyterLab has no such place.
 * - `taken`: another extension was first.
 */
export type Place =
  | { readonly kind: 'none' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'taken'; readonly by: string }
  | {
      readonly kind: 'free';
      readonly drive: Contents.IDrive;
      readonly registry: IContentProviderRegistry;
      readonly factory: { contentProviderId: string | undefined };
    };

/**
 * Look for the place.
 */
export function placeToTakeOver(
  drive: Contents.IDrive | null,
  factory: NotebookWidgetFactory.IFactory | null
): Place {
  if (factory === null) {
    return { kind: 'none' };
  }
  const registry = drive?.contentProviderRegistry;
  if (!drive || !registry || !(factory instanceof ABCWidgetFactory)) {
    return { kind: 'closed' };
  }
  const by = factory.contentProviderId;
  return by === undefined
    ? { kind: 'free', drive, registry, factory }
    : { kind: 'taken', by };
}

/**
 * The state of the server half, or why the page cannot use it although it is ready.
 */
export function stateOfPage(
  place: Place,
  trans: TranslationBundle
): IServerState {
  const state = stateOfServer(trans);
  const blocked = state.ready ? reasonAgainst(place, trans) : null;
  return blocked === null
    ? state
    : { ready: false, reason: blocked, disabled: false };
}

/**
 * From now on notebooks of the default drive come through us.
 */
export function takeOver(
  place: Place & { kind: 'free' },
  provider: AnodeContentProvider
): void {
  place.registry.register(PROVIDER_ID, provider);
  place.factory.contentProviderId = PROVIDER_ID;
}

function reasonAgainst(place: Place, trans: TranslationBundle): string | null {
  switch (place.kind) {
    case 'none':
    case 'free':
      return null;
    case 'taken':
      return trans.__(
        'Another extension is in charge of notebooks (%1).',
        place.by
      );
    case 'closed':
      return trans.__(
        'This JupyterLab does not let extensions provide notebooks.'
      );
  }
}
