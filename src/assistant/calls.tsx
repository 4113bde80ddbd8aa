// The calls that follow one another in an answer, as one card: what waits for a person always shows.

import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IToolPart, MessagePart } from '../api/conversations';
import { countsOf } from './revealed';
import { statusWord, toolWord } from './toolwords';

/**
 * What a card of calls shows.
 */
export interface ICallsProps {
  readonly calls: readonly IToolPart[];

  /**
   * The card of one call.
   */
  card(call: IToolPart): React.ReactElement;
  readonly trans: TranslationBundle;
}

/**
 * The card. A call that is alone needs no frame; others fold into one line once they are over.
 */
export function Calls(props: ICallsProps): React.ReactElement {
  const { calls, card, trans } = props;
  const [isOpen, setOpen] = React.useState(false);
  const id = React.useId();
  const isOne = calls.length === 1;
  // The card of the one that waits, below, says so.
  const isWaiting = calls.some(({ status }) => status === 'waiting');
  const shown = calls.filter(
    ({ status }) => isOne || isOpen || status === 'waiting'
  );
  const Caret = isOpen ? caretDownIcon : caretRightIcon;
  return (
    <div className="jp-Anode-calls" data-count={calls.length}>
      {!isOne && (
        <button
          type="button"
          className="jp-Anode-calls-head"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setOpen(!isOpen)}
        >
          <Caret.react tag="span" elementSize="normal" />
          <span className="jp-Anode-calls-what">{whatWords(calls, trans)}</span>
          {!isWaiting && (
            <>
              <span className="jp-Anode-tool-counts">{linesWords(calls)}</span>
              <span className="jp-Anode-tool-status">
                {endWords(calls, trans)}
              </span>
            </>
          )}
        </button>
      )}
      <div id={id} className="jp-Anode-calls-all">
        {shown.map(call => (
          <React.Fragment key={call.call_id}>{card(call)}</React.Fragment>
        ))}
      </div>
    </div>
  );
}

/**
 * The parts of an answer, with the calls that follow one another together.
 */
export function together(
  parts: readonly MessagePart[]
): (Exclude<MessagePart, IToolPart> | readonly IToolPart[])[] {
  const rows: (Exclude<MessagePart, IToolPart> | IToolPart[])[] = [];
  for (const part of parts) {
    const last = rows.at(-1);
    if (part.type !== 'tool') {
      rows.push(part);
    } else if (Array.isArray(last)) {
      last.push(part);
    } else {
      rows.push([part]);
    }
  }
  return rows;
}

function whatWords(
  calls: readonly IToolPart[],
  trans: TranslationBundle
): string {
  const times = new Map<string, number>();
  for (const { tool } of calls) {
    const word = toolWord(tool, trans);
    times.set(word, (times.get(word) ?? 0) + 1);
  }
  return [...times]
    .map(([word, count]) => (count === 1 ? word : `${word} ×${count}`))
    .join(', ');
}

function linesWords(calls: readonly IToolPart[]): string {
  const counts = calls.map(({ diff }) => countsOf(diff ?? ''));
  const added = counts.reduce((sum, one) => sum + one.added, 0);
  const removed = counts.reduce((sum, one) => sum + one.removed, 0);
  return added + removed > 0 ? `+${added} −${removed}` : '';
}

/**
 * These stand for all: what is not over first, then what did not go well.
 */
const TELLING = [
  'running',
  'proposed',
  'failed',
  'denied',
  'expired',
  'cancelled'
] as const;

function endWords(
  calls: readonly IToolPart[],
  trans: TranslationBundle
): string {
  for (const status of TELLING) {
    const count = calls.filter(call => call.status === status).length;
    if (count > 0) {
      const word = statusWord(status, trans);
      return count === 1 ? word : `${word} ×${count}`;
    }
  }
  return statusWord('done', trans);
}
