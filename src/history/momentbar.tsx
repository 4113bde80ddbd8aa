// What stands above a moment: when it was, whose change, and the way along the history.

import type { TranslationBundle } from '@jupyterlab/translation';
import {
  downloadIcon,
  ReactWidget,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Comparing } from './comparing';
import type { Moment } from './moment';

/**
 * What can be brought back, and by whom.
 */
export interface IRestoring {
  isAllowed(): boolean;

  /**
   * Bring back cells of the moment, by id; null for all.
   */
  restore(cells: readonly string[] | null): void;

  /**
   * Save the moment as a notebook file of its own.
   */
  save(): void;
}

/**
 * The bar.
 */
export class MomentBar extends ReactWidget {
  constructor(
    private readonly _moment: Moment,
    private readonly _comparing: Comparing | null,
    private readonly _restoring: IRestoring,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Anode-moment-bar');
    this.node.setAttribute('role', 'toolbar');
    this.node.setAttribute('aria-label', _trans.__('History'));
    _moment.changed.connect(this._refresh, this);
    _comparing?.changed.connect(this._refresh, this);
  }

  protected override render(): React.ReactElement {
    const trans = this._trans;
    const moment = this._moment;
    const { isPlaying, seq, last } = moment;
    const when = this._when();
    const playLabel = isPlaying ? trans.__('Pause') : trans.__('Play');
    const Icon = isPlaying ? stopIcon : runIcon;
    return (
      <>
        <div className="jp-Anode-moment-line">
          <strong className="jp-Anode-moment-when" role="status">
            {when}
          </strong>
          <span className="jp-Anode-moment-tag">{trans.__('Read-only')}</span>
          <button
            className="jp-Anode-moment-button jp-mod-styled jp-mod-minimal"
            title={trans.__('Download this moment as a notebook')}
            aria-label={trans.__('Download this moment')}
            disabled={moment.content === null}
            onClick={() => this._restoring.save()}
          >
            <downloadIcon.react tag="span" />
          </button>
        </div>
        <div className="jp-Anode-moment-line">
          <button
            className="jp-Anode-moment-button jp-mod-styled jp-mod-minimal"
            title={
              isPlaying
                ? trans.__('Stay at this moment')
                : trans.__('Show how the notebook came to be what it is')
            }
            aria-label={playLabel}
            onClick={() => (isPlaying ? moment.pause() : void moment.play())}
          >
            <Icon.react tag="span" />
          </button>
          <input
            type="range"
            min={1}
            max={last}
            value={seq}
            aria-label={trans.__('Moment')}
            aria-valuetext={when}
            onChange={event => {
              moment.seq = Number(event.target.value);
            }}
          />
        </div>
        {this._comparing && this._difference(this._comparing)}
      </>
    );
  }

  /**
   * How much differs from now, and the way back.
   */
  private _difference({ comparison, chosen }: Comparing): React.ReactElement {
    const trans = this._trans;
    const { differences, added } = comparison;
    const parts = [
      ...(differences.length > 0
        ? [trans._n('1 cell differs', '%1 cells differ', differences.length)]
        : []),
      ...(added > 0
        ? [trans._n('1 cell came since', '%1 cells came since', added)]
        : [])
    ];
    const isSame = parts.length === 0;
    const isKnown = this._moment.content !== null;
    const summary = isSame ? trans.__('As it is now') : parts.join(' · ');
    return (
      <div className="jp-Anode-moment-line">
        <span className="jp-Anode-moment-difference">
          {isKnown ? summary : ''}
        </span>
        <button
          className="jp-Anode-moment-restore jp-mod-styled"
          disabled={!isKnown || isSame || !this._restoring.isAllowed()}
          title={
            this._restoring.isAllowed()
              ? trans.__('As a new change: nothing of the history is lost')
              : trans.__('You may read this notebook, but not change it.')
          }
          onClick={() =>
            this._restoring.restore(chosen.length > 0 ? chosen : null)
          }
        >
          {chosen.length > 0
            ? trans._n(
                'Bring back 1 cell',
                'Bring back %1 cells',
                chosen.length
              )
            : trans.__('Bring all back')}
        </button>
      </div>
    );
  }

  private _when(): string {
    const trans = this._trans;
    const { event, seq, last } = this._moment;
    if (event?.seq !== seq) {
      return trans.__('Change %1 of %2', seq, last);
    }
    const time = new Date(event.time).toLocaleString();
    return event.actor.kind === 'human'
      ? trans.__('%1 · %2', time, event.actor.name)
      : time;
  }

  private _refresh(): void {
    this.update();
  }
}
