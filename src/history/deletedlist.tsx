// The deleted cells of a notebook, to be brought back.

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IDeletedCell, IDeletedCells } from '../api/history';
import { ago } from '../ui/times';

/**
 * How many are asked for at first, and each time that more are wanted.
 */
const STEP = 20;

/**
 * The list, which asks when it is opened.
 *
 * @param version - another one when something came or went.
 */
export function DeletedList(props: {
  ask: (limit: number) => Promise<IDeletedCells>;
  bringBack: ((cell: IDeletedCell) => Promise<void>) | null;
  version: number;
  trans: TranslationBundle;
}): React.ReactElement {
  const { ask, bringBack, version, trans } = props;
  const [isOpen, setOpen] = React.useState(false);
  const [limit, setLimit] = React.useState(STEP);
  const [found, setFound] = React.useState<IDeletedCells | null>(null);
  const [trouble, setTrouble] = React.useState('');
  React.useEffect(() => {
    let isCurrent = true;
    if (isOpen) {
      ask(limit).then(
        answer => {
          if (isCurrent) {
            setFound(answer);
            setTrouble('');
          }
        },
        (error: unknown) => {
          if (isCurrent) {
            setTrouble(error instanceof Error ? error.message : String(error));
          }
        }
      );
    }
    return () => {
      isCurrent = false;
    };
  }, [isOpen, limit, version, ask]);
  return (
    <details
      className="jp-Anode-history-deleted"
      onToggle={event => setOpen(event.currentTarget.open)}
    >
      <summary>{trans.__('Deleted cells')}</summary>
      {trouble !== '' && <p role="status">{trouble}</p>}
      {found?.cells.length === 0 && <p>{trans.__('None was deleted.')}</p>}
      <ul>
        {found?.cells.map(cell => (
          <li key={cell.id}>
            <pre title={cell.source ?? ''}>{beginning(cell, trans)}</pre>
            <span>
              {`${cell.deleted_by.name} · ${ago(Date.parse(cell.deleted_at), Date.now(), trans)}`}
            </span>
            <button
              className="jp-mod-styled"
              disabled={bringBack === null || cell.source === null}
              onClick={() => void bringBack?.(cell)}
            >
              {trans.__('Bring back')}
            </button>
          </li>
        ))}
      </ul>
      {found?.more === true && (
        <button
          className="jp-Anode-history-more jp-mod-styled"
          onClick={() => setLimit(limit + STEP)}
        >
          {trans.__('Show earlier')}
        </button>
      )}
    </details>
  );
}

/**
 * The first lines of what it held.
 */
function beginning(cell: IDeletedCell, trans: TranslationBundle): string {
  if (cell.source === null) {
    return trans.__('Its text is not in the history any more.');
  }
  const text = cell.source.trim();
  return text === ''
    ? trans.__('(empty)')
    : text.split('\n').slice(0, 3).join('\n');
}
