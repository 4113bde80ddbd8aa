// The banner above a notebook whose kernel ended by itself: why, and one click to go on.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { INotebookConnection } from '../tokens';
import type { IBannerContent } from '../ui/banner';
import { Banner } from '../ui/banner';
import { report } from './commands';
import type { IDeath } from './death';
import { DeathWatch } from './death';

/**
 * The banner of one live notebook.
 */
export class KernelBanner extends Banner {
  /**
   * @param _runAll - run all cells of the notebook.
   */
  constructor(
    private readonly _connection: INotebookConnection,
    private readonly _runAll: () => void,
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

  private _answers(death: IDeath): IBannerContent['answers'] {
    const trans = this._trans;
    const { runs } = this._connection;
    if (death.now === 'back') {
      return [
        {
          label: trans.__('Run all cells again'),
          act: () => {
            this.hideIt();
            this._runAll();
          }
        }
      ];
    }
    const start = {
      label:
        death.held > 0
          ? trans.__('Start a kernel and go on')
          : trans.__('Start a kernel'),
      act: () => {
        runs.start().catch(report);
      }
    };
    const drop = {
      label: trans.__('Take back what waits'),
      act: () => {
        runs.cancelAll().catch(report);
      }
    };
    return death.held > 0 ? [start, drop] : [start];
  }

  private readonly _watch = new DeathWatch();
}

function whatHappened(
  { session: { reason, detail } }: IDeath,
  trans: TranslationBundle
): string {
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

function meaningOf({ now, held }: IDeath, trans: TranslationBundle): string {
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
