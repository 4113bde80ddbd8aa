// The banner above a notebook whose kernel ended by itself: why, and one click to go on.

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { INotebookConnection } from '../tokens';
import type { IBannerContent } from '../ui/banner';
import { Banner } from '../ui/banner';
import { report } from './commands';
import type { IDeath } from './death';
import { DeathWatch } from './death';

/**
 * What can be done with the whole notebook.
 */
export interface IBannerActions {
  /**
   * Run all cells.
   */
  runAll(): void;

  /**
   * Ask which kernel it shall have.
   */
  chooseKernel(): void;
}

/**
 * The banner of one live notebook.
 */
export class KernelBanner extends Banner {
  constructor(
    private readonly _connection: INotebookConnection,
    private readonly _actions: IBannerActions,
    trans: TranslationBundle
  ) {
    super(trans);
    this.addClass('jp-Anode-kernelBanner');
    _connection.runs.changed.connect(this.update, this);
    this.update();
  }

  protected content(): IBannerContent | null {
    const { role, runs } = this._connection;
    const death = this._watch.look(runs);
    const trans = this._trans;
    return (
      death && {
        what: whatHappened(death, trans),
        advice: meaningOf(death, trans),
        isWrong: death.now !== 'back',
        answers:
          role === 'reader' || role === 'editor' ? [] : this._answers(death),
        hideTitle: trans.__('Hide')
      }
    );
  }

  protected hideIt(): void {
    this._watch.forget();
    this.update();
  }

  private _answers({ now, held }: IDeath): IBannerContent['answers'] {
    const trans = this._trans;
    const { runs } = this._connection;
    const start = (label: string) => ({
      label,
      act: () => {
        runs.start().catch(report);
      }
    });
    switch (now) {
      case 'back':
        return [
          {
            label: trans.__('Run all cells again'),
            act: () => {
              this.hideIt();
              this._actions.runAll();
            }
          }
        ];
      case 'unstarted':
        return [
          start(trans.__('Try again')),
          {
            label: trans.__('Choose another kernel…'),
            act: () => this._actions.chooseKernel()
          }
        ];
      case 'gone':
        return held === 0
          ? [start(trans.__('Start a kernel'))]
          : [
              start(trans.__('Start a kernel and go on')),
              {
                label: trans.__('Take back what waits'),
                act: () => {
                  runs.cancelAll().catch(report);
                }
              }
            ];
    }
  }

  private readonly _watch = new DeathWatch();
}

function whatHappened(
  { now, session: { reason, detail } }: IDeath,
  trans: TranslationBundle
): string {
  if (now === 'unstarted') {
    return detail.split('\n', 1)[0]!;
  }
  const more = detail === '' ? '' : ` (${detail})`;
  switch (reason) {
    case 'oom':
      return trans.__('The kernel ran out of memory%1.', more);
    case 'timeout':
      return trans.__('The kernel did not answer%1.', more);
    case 'server_stop':
      return trans.__('The server was stopped, and the kernel with it.');
    default:
      return trans.__('The kernel died%1.', more);
  }
}

function meaningOf(
  { now, held, session: { detail } }: IDeath,
  trans: TranslationBundle
): React.ReactNode {
  if (now === 'unstarted') {
    const [, ...written] = detail.split('\n');
    return (
      <>
        {written.length > 0 && (
          <pre className="jp-Anode-kernelBanner-written">
            {written.join('\n')}
          </pre>
        )}
        {trans.__('Nothing was run.')}
      </>
    );
  }
  if (now === 'back') {
    return trans.__(
      'Another one was started; the variables are gone, all outputs so far are kept.'
    );
  }
  const kept = trans.__('All outputs so far are kept, its variables are gone.');
  if (held === 0) {
    return kept;
  }
  const waiting = trans._n('%1 run waits.', '%1 runs wait.', held, held);
  return `${kept} ${waiting}`;
}
