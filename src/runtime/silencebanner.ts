// The banner above a notebook whose kernel does not answer: what that means, and how to end it.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { INotebookConnection } from '../tokens';
import type { IBannerContent } from '../ui/banner';
import { Banner } from '../ui/banner';

/**
 * The banner of one live notebook. First an interrupt is offered, which keeps the variables; after
 * it only a restart helps.
 */
export class SilenceBanner extends Banner {
  /**
   * @param _report - told what did not succeed.
   */
  constructor(
    private readonly _connection: INotebookConnection,
    private readonly _report: (error: unknown) => void,
    trans: TranslationBundle
  ) {
    super(trans);
    this.addClass('jp-Anode-silenceBanner');
    _connection.runs.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  protected content(): IBannerContent | null {
    const trans = this._trans;
    const { role, runs } = this._connection;
    if (!this._isSilent || this._isHidden) {
      return null;
    }
    const waiting = runs.queue.filter(({ status }) => status !== 'executing');
    const wait = waiting.length;
    return {
      what: trans.__('The kernel does not answer.'),
      advice: [
        this._isInterrupted
          ? trans.__('It did not heed the interrupt; a restart ends it.')
          : trans.__(
              'It may be at work that lets nothing else happen, or hang.'
            ),
        wait === 0 ? '' : trans._n('%1 run waits.', '%1 runs wait.', wait, wait)
      ]
        .filter(part => part !== '')
        .join(' '),
      isWrong: true,
      answers: role === 'reader' || role === 'editor' ? [] : this._answers(),
      hideTitle: trans.__('Hide')
    };
  }

  protected hideIt(): void {
    this._isHidden = true;
    this.update();
  }

  private _answers(): IBannerContent['answers'] {
    const { runs } = this._connection;
    const interrupt = {
      label: this._trans.__('Interrupt'),
      act: () => {
        this._isInterrupted = true;
        this.update();
        runs.interrupt().catch(this._report);
      }
    };
    const restart = {
      label: this._trans.__('Restart, variables are lost'),
      act: () => {
        runs.restart().catch(this._report);
      }
    };
    return this._isInterrupted ? [restart] : [interrupt, restart];
  }

  private get _isSilent(): boolean {
    return this._connection.runs.session?.status === 'unresponsive';
  }

  /**
   * It answered meanwhile, or is another one: the next time is told anew.
   */
  private _onChanged(): void {
    if (!this._isSilent) {
      this._isHidden = this._isInterrupted = false;
    }
    this.update();
  }

  private _isHidden = false;
  private _isInterrupted = false;
}
