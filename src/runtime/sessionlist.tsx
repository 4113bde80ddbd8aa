// The lives of a notebook's kernel: when each began and ended, and why.

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IRuntimeSession } from '../tokens';
import { lasting, moment } from './amounts';
import { hasNotStarted } from './death';

/**
 * Those that are shown until all are asked for.
 */
const SHOWN = 4;

/**
 * The sessions, newest first.
 */
export function SessionList(props: {
  sessions: readonly IRuntimeSession[];
  nameOf: (kernelName: string) => string;
  now: number;
  trans: TranslationBundle;
}): React.ReactElement {
  const { sessions, nameOf, now, trans } = props;
  const [isOpen, setOpen] = React.useState(false);
  const newest = [...sessions].reverse();
  const shown = isOpen ? newest : newest.slice(0, SHOWN);
  return (
    <>
      <ul className="jp-Anode-sessions">
        {shown.map(session => (
          <li key={session.id} data-reason={session.reason ?? 'none'}>
            <span className="jp-Anode-sessions-name">
              {nameOf(session.kernelName)}
              {' · '}
              {endOf(session, trans)}
            </span>
            <span className="jp-Anode-runtimePanel-more">
              {timesOf(session, now, trans)}
            </span>
            {session.detail !== '' && (
              <span className="jp-Anode-runtimePanel-more">
                {session.detail}
              </span>
            )}
          </li>
        ))}
      </ul>
      {newest.length > SHOWN && (
        <button
          className="jp-Anode-runtimePanel-link"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen
            ? trans.__('Show fewer')
            : trans.__('Show all %1', newest.length)}
        </button>
      )}
    </>
  );
}

function timesOf(
  { startedAt, endedAt }: IRuntimeSession,
  now: number,
  trans: TranslationBundle
): string {
  const start = moment(startedAt, now, trans);
  const time = lasting(
    (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt),
    trans
  );
  return endedAt === null
    ? trans.__('since %1, for %2', start, time)
    : trans.__('%1 to %2, for %3', start, moment(endedAt, now, trans), time);
}

/**
 * How it ended, in two or three words.
 */
export function endOf(
  session: IRuntimeSession,
  trans: TranslationBundle
): string {
  if (session.endedAt === null) {
    return trans.__('now');
  }
  if (hasNotStarted(session)) {
    return trans.__('did not start');
  }
  switch (session.reason) {
    case 'oom':
      return trans.__('out of memory');
    case 'error':
      return trans.__('died');
    case 'timeout':
      return trans.__('did not answer');
    case 'culled':
      return trans.__('idle for long');
    case 'server_stop':
      return trans.__('ended with the server');
    case 'restart':
      return trans.__('restarted');
    case 'displaced':
      return trans.__('replaced by another');
    default:
      return trans.__('stopped');
  }
}
