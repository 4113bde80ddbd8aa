// What runs and what waits, as a list in which one can be moved or taken back.

import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon, moveUpIcon, moveDownIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { INotebookRuns, IRun } from '../tokens';
import { lasting } from './amounts';

/**
 * What the list needs of the notebook.
 */
export interface IQueueHome {
  readonly runs: INotebookRuns;

  /**
   * Whether this person may move and cancel.
   */
  readonly mayExecute: boolean;

  /**
   * The first line of a cell; empty when there is none.
   */
  lineOf(cellId: string): string;
  goTo(cellId: string): void;
  report(error: unknown): void;
}

/**
 * The list.
 */
export function QueueList(props: {
  home: IQueueHome;
  now: number;
  trans: TranslationBundle;
}): React.ReactElement {
  const { home, now, trans } = props;
  const { queue } = home.runs;
  const [dragged, setDragged] = React.useState<string | null>(null);
  const [target, setTarget] = React.useState<string | null>(null);
  if (queue.length === 0) {
    return (
      <p className="jp-Anode-runtimePanel-note">
        {trans.__('Nothing runs or waits.')}
      </p>
    );
  }
  const waiting = queue.filter(({ status }) => status === 'pending');
  const drop = (before: string): void => {
    if (dragged !== null && dragged !== before) {
      home.runs.reorder(dragged, before).catch(home.report);
    }
    setDragged(null);
    setTarget(null);
  };
  return (
    <ol className="jp-Anode-queue">
      {queue.map((run, index) => (
        <li
          key={run.id}
          className="jp-Anode-queue-item"
          data-status={run.status}
          data-target={target === run.id && dragged !== run.id}
          draggable={home.mayExecute && run.status === 'pending'}
          onDragStart={event => {
            event.dataTransfer.effectAllowed = 'move';
            event.dataTransfer.setData('text/plain', home.lineOf(run.cellId));
            setDragged(run.id);
          }}
          onDragEnd={() => {
            setDragged(null);
            setTarget(null);
          }}
          onDragOver={event => {
            if (dragged !== null && run.status === 'pending') {
              event.preventDefault();
              setTarget(run.id);
            }
          }}
          onDrop={event => {
            event.preventDefault();
            drop(run.id);
          }}
        >
          <QueueItem
            run={run}
            place={index + 1}
            waiting={waiting}
            home={home}
            now={now}
            trans={trans}
          />
        </li>
      ))}
    </ol>
  );
}

function QueueItem(props: {
  run: IRun;
  place: number;
  waiting: readonly IRun[];
  home: IQueueHome;
  now: number;
  trans: TranslationBundle;
}): React.ReactElement {
  const { run, place, home, now, trans } = props;
  const line = home.lineOf(run.cellId) || trans.__('(empty cell)');
  return (
    <>
      <span className="jp-Anode-queue-place">{place}</span>
      <span className="jp-Anode-queue-text">
        <button
          className="jp-Anode-queue-line"
          title={line}
          onClick={() => home.goTo(run.cellId)}
        >
          {line}
        </button>
        <span
          className="jp-Anode-runtimePanel-more"
          title={stateOf(run, now, trans)}
        >
          {stateOf(run, now, trans)}
        </span>
      </span>
      {home.mayExecute && <QueueActions {...props} line={line} />}
    </>
  );
}

function stateOf(run: IRun, now: number, trans: TranslationBundle): string {
  const who = run.requestedBy.name;
  const { startedAt, requestedAt } = run;
  if (startedAt !== null) {
    const time = lasting(now - Date.parse(startedAt), trans);
    return run.input === null
      ? trans.__('runs for %1 · %2', time, who)
      : trans.__('waits for input for %1 · %2', time, who);
  }
  const time = lasting(now - Date.parse(requestedAt), trans);
  return trans.__('waits for %1 · %2', time, who);
}

/**
 * Up, down, away: what dragging does, for keyboards and fingers.
 */
function QueueActions(props: {
  run: IRun;
  waiting: readonly IRun[];
  home: IQueueHome;
  line: string;
  trans: TranslationBundle;
}): React.ReactElement {
  const { run, waiting, home, line, trans } = props;
  const { runs, report } = home;
  const at = waiting.indexOf(run);
  const move = (before: IRun | undefined): void => {
    runs.reorder(run.id, before?.id ?? null).catch(report);
  };
  return (
    <span className="jp-Anode-queue-actions">
      {at > 0 && (
        <button
          title={trans.__('Run earlier')}
          aria-label={trans.__('Run earlier: %1', line)}
          onClick={() => move(waiting[at - 1])}
        >
          <moveUpIcon.react tag="span" width="16px" />
        </button>
      )}
      {at >= 0 && at < waiting.length - 1 && (
        <button
          title={trans.__('Run later')}
          aria-label={trans.__('Run later: %1', line)}
          onClick={() => move(waiting[at + 2])}
        >
          <moveDownIcon.react tag="span" width="16px" />
        </button>
      )}
      <button
        title={at < 0 ? trans.__('Stop this run') : trans.__('Take it back')}
        aria-label={
          at < 0
            ? trans.__('Stop this run: %1', line)
            : trans.__('Take it back: %1', line)
        }
        onClick={() => void runs.cancel(run.id).catch(report)}
      >
        <closeIcon.react tag="span" width="16px" />
      </button>
    </span>
  );
}
