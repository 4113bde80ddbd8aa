// What stands above a moment: when it was, whose change, and the way along the history.

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, runIcon, stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Moment } from './moment';

/**
 * The bar.
 */
export class MomentBar extends ReactWidget {
  constructor(
    private readonly _moment: Moment,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Anode-moment-bar');
    this.node.setAttribute('role', 'toolbar');
    this.node.setAttribute('aria-label', _trans.__('History'));
    _moment.changed.connect(this._refresh, this);
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
      </>
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
