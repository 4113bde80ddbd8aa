// A call of a tool: what it would do or did, and the question whether it may.

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type {
  IApproval,
  IApprovalAnswer,
  IReverted,
  IToolPart
} from '../api/conversations';
import type { IPicked } from './picked';
import { usePicked } from './picked';
import { countsOf, Diff, Revealed } from './revealed';
import { Revert } from './revert';
import {
  argumentsOf,
  editable,
  isRun,
  mayBeAlways,
  statusWord,
  toolWord
} from './toolwords';

/**
 * What a card shows, and whom it asks.
 */
export interface IToolCardProps {
  readonly part: IToolPart;

  /**
   * The question, once it is known.
   */
  readonly approval: IApproval | null;

  /**
   * Whether this person may answer it.
   */
  readonly mayAnswer: boolean;
  answer(approval: string, answer: IApprovalAnswer): Promise<void>;

  /**
   * Take back what the call changed; null where it cannot be.
   */
  readonly revert: (() => Promise<IReverted>) | null;

  /**
   * The text of a cell as it is now; null when it is not known.
   */
  sourceOf(cellId: string): string | null;
  readonly trans: TranslationBundle;
}

/**
 * The card of a call; one that waits is open, others are folded.
 */
export function ToolCard(props: IToolCardProps): React.ReactElement {
  const { part, trans } = props;
  const diff = part.diff ?? '';
  const { added, removed } = countsOf(diff);
  const isWaiting = part.status === 'waiting';
  const picked = usePicked(props);
  return (
    <details
      className="jp-Anode-tool"
      data-status={part.status}
      data-call={part.call_id}
      open={isWaiting || undefined}
    >
      <summary>
        <span className="jp-Anode-tool-name">{toolWord(part.tool, trans)}</span>
        {added + removed > 0 && (
          <span className="jp-Anode-tool-counts">
            +{added} −{removed}
          </span>
        )}
        <span className="jp-Anode-tool-status">
          {statusWord(part.status, trans)}
        </span>
      </summary>
      {diff === '' ? (
        <Arguments args={part.args} trans={trans} />
      ) : (
        <>
          <Diff diff={diff} picking={picked.picking} trans={trans} />
          <details className="jp-Anode-tool-all">
            <summary>{trans.__('All arguments')}</summary>
            <Arguments args={part.args} trans={trans} />
          </details>
        </>
      )}
      {isWaiting && props.approval && (
        <Question key={props.approval.args_hash} {...props} picked={picked} />
      )}
      <Result part={part} trans={trans} />
      {props.revert && (
        <Revert
          label={trans.__('Take back')}
          title={trans.__(
            'Undo this change; what people changed since then stays'
          )}
          revert={props.revert}
          trans={trans}
        />
      )}
    </details>
  );
}

function Arguments(props: {
  readonly args: unknown;
  readonly trans: TranslationBundle;
}): React.ReactElement | null {
  const rows = argumentsOf(props.args);
  return rows.length === 0 ? null : (
    <dl className="jp-Anode-tool-args">
      {rows.map(([name, text]) => (
        <React.Fragment key={name}>
          <dt>{name}</dt>
          <dd>
            <pre>
              <Revealed text={text} />
            </pre>
          </dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

function Result(props: {
  readonly part: IToolPart;
  readonly trans: TranslationBundle;
}): React.ReactElement | null {
  const text = props.part.result ?? '';
  return text === '' ? null : (
    <details className="jp-Anode-tool-all">
      <summary>{props.trans.__('What the assistant was told')}</summary>
      <pre className="jp-Anode-tool-result" tabIndex={0}>
        <Revealed text={text} />
      </pre>
    </details>
  );
}

/**
 * The question. In the card, y answers yes and n no, outside of the field for other arguments.
 */
function Question(
  props: IToolCardProps & { readonly picked: IPicked }
): React.ReactElement | null {
  const { approval, trans, mayAnswer, picked } = props;
  const [edited, setEdited] = React.useState<string | null>(null);
  const [problem, setProblem] = React.useState('');
  const [isSent, setSent] = React.useState(false);
  if (!approval) {
    return null;
  }
  const give = (answer: IApprovalAnswer['answer']): void => {
    let args: unknown = picked.args ?? undefined;
    if (picked.isEmpty && edited === null && answer !== 'denied') {
      setProblem(trans.__('Choose a change, or deny the call.'));
      return;
    }
    if (edited !== null && answer !== 'denied') {
      try {
        args = JSON.parse(edited) as unknown;
      } catch {
        setProblem(trans.__('The arguments are not valid JSON.'));
        return;
      }
    }
    setSent(true);
    setProblem('');
    props
      .answer(approval.approval_id, {
        answer,
        args_hash: approval.args_hash,
        ...(args === undefined || answer === 'denied' ? {} : { args })
      })
      .catch((error: unknown) => {
        setSent(false);
        setProblem(error instanceof Error ? error.message : String(error));
      });
  };
  if (!mayAnswer) {
    return (
      <p className="jp-Anode-tool-note">
        {trans.__(
          '%1 is asked, or an owner of the notebook.',
          approval.requester.name
        )}
      </p>
    );
  }
  const onKey = (event: React.KeyboardEvent): void => {
    const isText = event.target instanceof HTMLTextAreaElement;
    if (isText || isSent || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === 'y' || event.key === 'n') {
      event.preventDefault();
      event.stopPropagation();
      give(event.key === 'y' ? 'once' : 'denied');
    }
  };
  return (
    <div
      className="jp-Anode-tool-question"
      role="group"
      aria-label={trans.__(
        'The assistant asks: %1',
        toolWord(approval.tool, trans)
      )}
      tabIndex={0}
      onKeyDown={onKey}
    >
      {edited !== null && (
        <textarea
          className="jp-mod-styled"
          aria-label={trans.__('Arguments, as JSON')}
          spellCheck={false}
          rows={Math.min(12, edited.split('\n').length + 1)}
          value={edited}
          onChange={event => setEdited(event.target.value)}
        />
      )}
      <Answers
        isSent={isSent}
        isEditing={edited !== null}
        isPart={picked.args !== null && edited === null}
        always={
          mayBeAlways(approval.tool) ? alwaysWord(approval.tool, trans) : null
        }
        give={give}
        edit={() => setEdited(editable(picked.args ?? approval.args))}
        trans={trans}
      />
      <p className="jp-Anode-tool-note" role="alert">
        {problem}
      </p>
    </div>
  );
}

function alwaysWord(tool: string, trans: TranslationBundle): string {
  return isRun(tool)
    ? trans.__('Allow runs in this conversation')
    : trans.__('Always here');
}

function Answers(props: {
  readonly isSent: boolean;
  readonly isEditing: boolean;

  /**
   * Whether some of the change is left out.
   */
  readonly isPart: boolean;

  /**
   * What allows further calls, too; null where each is asked for.
   */
  readonly always: string | null;
  give(answer: IApprovalAnswer['answer']): void;
  edit(): void;
  readonly trans: TranslationBundle;
}): React.ReactElement {
  const { give, isSent, trans } = props;
  return (
    <div className="jp-Anode-tool-answers">
      <button
        className="jp-mod-styled jp-mod-accept"
        title={trans.__('Allow this call (y)')}
        disabled={isSent}
        onClick={() => give('once')}
      >
        {props.isPart ? trans.__('Allow the chosen') : trans.__('Allow')}
      </button>
      <button
        className="jp-mod-styled jp-mod-reject"
        title={trans.__('Do not allow this call (n)')}
        disabled={isSent}
        onClick={() => give('denied')}
      >
        {trans.__('Deny')}
      </button>
      {props.always !== null && (
        <button
          className="jp-mod-styled jp-mod-minimal"
          title={trans.__(
            'Allow this call and further ones of this kind for you in this conversation'
          )}
          disabled={isSent}
          onClick={() => give('always')}
        >
          {props.always}
        </button>
      )}
      {!props.isEditing && (
        <button
          className="jp-mod-styled jp-mod-minimal"
          disabled={isSent}
          onClick={props.edit}
        >
          {trans.__('Edit…')}
        </button>
      )}
    </div>
  );
}
