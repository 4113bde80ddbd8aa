// Whether the server half is in charge of notebooks, from the page's configuration.

import { PageConfig } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IServerState } from '../tokens';

/**
 * What the server extension says about itself in every page, once its self-test is over.
 */
interface IAnodePageConfig {
  readonly ready?: boolean;
  readonly reason?: string;
  readonly disabled?: boolean;
}

/**
 * Read the page's configuration.
 */
export function stateOfServer(trans: TranslationBundle): IServerState {
  const option = PageConfig.getOption('anode');
  if (option === '') {
    const reason = trans.__('The server extension of anode is not enabled.');
    return { ready: false, reason, disabled: false };
  }
  try {
    const config = JSON.parse(option) as IAnodePageConfig;
    const ready = config.ready === true;
    const reason = ready ? '' : (config.reason ?? '');
    return { ready, reason, disabled: config.disabled === true };
  } catch {
    const reason = trans.__('The configuration of the page is not valid.');
    return { ready: false, reason, disabled: false };
  }
}
