// The stretches of work as a list, day by day, the newest first.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import {
  addIcon,
  clearIcon,
  editIcon,
  fileIcon,
  undoIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IStretch, StretchKind } from '../api/history';
import { day, deeds, span, spoken, whose } from './words';

const ICONS: Record<StretchKind, LabIcon> = {
  begun: addIcon,
  work: editIcon,
  file: fileIcon,
  restored: undoIcon,
  purged: clearIcon,
  damaged: clearIcon
};

/**
 * The list.
 *
 * @param shown - the event whose moment is open beside, if any.
 */
export function StretchList(props: {
  stretches: readonly IStretch[];
  shown: number | null;
  now: Date;
  open: (stretch: IStretch) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { stretches, now, trans } = props;
  const days: { name: string; stretches: IStretch[] }[] = [];
  for (const stretch of stretches) {
    const name = day(new Date(stretch.start), now, trans);
    if (days.at(-1)?.name !== name) {
      days.push({ name, stretches: [] });
    }
    days.at(-1)!.stretches.push(stretch);
  }
  return (
    <>
      {days.map(({ name, stretches: ofDay }, index) => (
        <section key={`${name}-${index}`} aria-label={name}>
          <h3>{name}</h3>
          <ol className="jp-Anode-history-list">
            {ofDay.map(stretch => (
              <Row
                key={`${stretch.kind}-${stretch.first}`}
                {...props}
                stretch={stretch}
              />
            ))}
          </ol>
        </section>
      ))}
    </>
  );
}

function Row(props: {
  stretch: IStretch;
  shown: number | null;
  open: (stretch: IStretch) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { stretch, shown, open, trans } = props;
  const Icon = ICONS[stretch.kind];
  const isShown =
    shown !== null && stretch.first <= shown && shown <= stretch.last;
  const exact = `${new Date(stretch.start).toLocaleString()} – ${new Date(stretch.end).toLocaleString()}`;
  return (
    <li data-kind={stretch.kind}>
      <button
        className="jp-Anode-history-row"
        aria-current={isShown}
        aria-label={`${span(stretch)}, ${spoken(stretch, trans)}`}
        title={exact}
        onClick={() => open(stretch)}
      >
        <Icon.react tag="span" className="jp-Anode-history-mark" />
        <span className="jp-Anode-history-who">{whose(stretch, trans)}</span>
        <time dateTime={stretch.end}>{span(stretch)}</time>
        <span className="jp-Anode-history-deeds">
          {deeds(stretch, trans).join(' · ')}
        </span>
      </button>
    </li>
  );
}
