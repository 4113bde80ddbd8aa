// States of runtimes in the reader's language.

import type { TranslationBundle } from '@jupyterlab/translation';

import { hasNotStarted } from './death';
import type { IRuntimeView } from './model';

/**
 * One word or phrase for a state.
 */
export function stateWord(
  view: IRuntimeView,
  trans: TranslationBundle
): string {
  switch (view.kind) {
    case 'none':
      return trans.__('no kernel');
    case 'starting':
      return trans.__('starting');
    case 'idle':
      return trans.__('idle');
    case 'busy':
      return view.foreign ? trans.__('busy elsewhere') : trans.__('busy');
    case 'unresponsive':
      return trans.__('not responding');
    case 'restarting':
      return trans.__('restarting');
    case 'terminated':
      return hasNotStarted(view)
        ? trans.__('did not start')
        : endWord(view.reason, trans);
  }
}

/**
 * What the state means: one or two sentences.
 */
export function stateMeaning(
  view: IRuntimeView,
  trans: TranslationBundle
): string {
  const waiting =
    view.queued === 0
      ? ''
      : trans._n(
          '%1 run in the queue.',
          '%1 runs in the queue.',
          view.queued,
          view.queued
        );
  const first = meaning(view, trans);
  return [first, view.detail, waiting].filter(part => part !== '').join('\n');
}

function meaning(view: IRuntimeView, trans: TranslationBundle): string {
  switch (view.kind) {
    case 'none':
      return trans.__('The first run starts a kernel.');
    case 'starting':
      return trans.__('The kernel is starting; what is run now waits for it.');
    case 'idle':
      return trans.__('The kernel waits for something to run.');
    case 'busy':
      return view.foreign
        ? trans.__('The kernel runs what a console or another program sent.')
        : trans.__('The kernel runs a cell.');
    case 'unresponsive':
      return trans.__(
        'The kernel does not answer. Interrupt it; if that does not help, restart it.'
      );
    case 'restarting':
      return trans.__('The kernel is starting anew; its variables are gone.');
    case 'terminated':
      return trans.__('There is no kernel any more; the next run starts one.');
  }
}

/**
 * Why a session ended.
 */
export function endWord(reason: string, trans: TranslationBundle): string {
  switch (reason) {
    case 'oom':
      return trans.__('ended: out of memory');
    case 'error':
      return trans.__('died');
    case 'timeout':
      return trans.__('ended: it did not answer');
    case 'culled':
      return trans.__('ended: idle for long');
    case 'server_stop':
      return trans.__('ended with the server');
    default:
      return trans.__('stopped');
  }
}
