// What stands above a cell of an earlier moment that differs from now: how, and what to do.

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IDifference } from './compare';
import type { Comparing } from './comparing';
import { compareLines } from './lines';

/**
 * So many lines that both have are shown around a difference.
 */
const CONTEXT = 2;

/**
 * The bar of one cell.
 */
export class DifferenceBar extends ReactWidget {
  constructor(
    private readonly _id: string,
    private readonly _comparing: Comparing,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Anode-difference');
    _comparing.changed.connect(this._refresh, this);
  }

  protected override render(): React.ReactElement | null {
    const trans = this._trans;
    const difference = this._comparing.comparison.differences.find(
      ({ id }) => id === this._id
    );
    if (!difference) {
      return null;
    }
    const words = inWords(difference, trans);
    return (
      <>
        <div className="jp-Anode-difference-line">
          <label>
            <input
              type="checkbox"
              checked={this._comparing.chosen.includes(this._id)}
              onChange={event =>
                this._comparing.choose(this._id, event.target.checked)
              }
              aria-label={trans.__('Choose this cell (%1)', words)}
            />
            {words}
          </label>
          {difference.hasOtherText && (
            <button
              className="jp-mod-styled jp-mod-minimal"
              aria-expanded={this._isOpen}
              onClick={() => {
                this._isOpen = !this._isOpen;
                this.update();
              }}
            >
              {this._isOpen
                ? trans.__('Hide changes')
                : trans.__('Show changes')}
            </button>
          )}
        </div>
        {this._isOpen && difference.hasOtherText && (
          <Lines difference={difference} trans={trans} />
        )}
      </>
    );
  }

  private _refresh(): void {
    this.update();
  }

  private _isOpen = false;
}

/**
 * How a cell differs.
 */
function inWords(difference: IDifference, trans: TranslationBundle): string {
  if (difference.isGone) {
    return trans.__('Deleted since');
  }
  const parts: [boolean, string][] = [
    [difference.hasOtherText, trans.__('text')],
    [difference.hasOtherType, trans.__('type')],
    [difference.hasOtherOutputs, trans.__('outputs')],
    [difference.hasOtherMetadata, trans.__('settings')]
  ];
  const changed = parts.filter(([isOther]) => isOther).map(([, word]) => word);
  const said = [
    ...(changed.length > 0
      ? [trans.__('Changed since: %1', changed.join(', '))]
      : []),
    ...(difference.isMoved ? [trans.__('Moved since')] : [])
  ];
  return said.join(' · ');
}

function Lines(props: {
  difference: IDifference;
  trans: TranslationBundle;
}): React.ReactElement {
  const { difference, trans } = props;
  const lines = compareLines(difference.then, difference.now);
  const isNear = lines.map((_, index) =>
    lines
      .slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1)
      .some(({ sign }) => sign !== ' ')
  );
  return (
    <ul
      className="jp-Anode-difference-lines"
      aria-label={trans.__('From then to now')}
    >
      {lines.map(
        ({ sign, text }, index) =>
          isNear[index] && (
            <li key={index} data-sign={sign}>
              <span className="jp-Anode-difference-sign">{sign}</span>
              {text}
            </li>
          )
      )}
    </ul>
  );
}
