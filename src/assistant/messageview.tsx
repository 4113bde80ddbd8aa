// One message of a conversation: its parts, how it ended, and what it cost.

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type {
  IChatMessage,
  IToolPart,
  IReverted,
  IUsageCount,
  MessagePart
} from '../api/conversations';
import { Calls, together } from './calls';
import type { ILiveStep } from './livetext';
import type { ITextRenderer } from './markdown';
import { Markdown } from './markdown';
import type { NotebookAssistant } from './notebookassistant';
import { Revert } from './revert';
import { ToolCard } from './toolcard';
import { mayBeReverted } from './toolwords';

/**
 * What shows messages.
 */
export interface IMessageContext {
  readonly assistant: NotebookAssistant;
  readonly renderer: ITextRenderer;
  readonly trans: TranslationBundle;

  /**
   * Ask again what an answer did not come to; null where it cannot be.
   */
  readonly retry: ((message: IChatMessage) => void) | null;

  /**
   * The text of a cell as it is now; null when it is not known.
   */
  readonly sourceOf: (cellId: string) => string | null;
}

/**
 * A question or an answer.
 */
export function MessageView(props: {
  readonly message: IChatMessage;
  readonly context: IMessageContext;
}): React.ReactElement {
  const { message, context } = props;
  const { trans } = context;
  const isOurs = message.role === 'user';
  const name = isOurs
    ? (message.actor?.name ?? trans.__('You'))
    : (message.model ?? message.actor?.name ?? trans.__('Assistant'));
  return (
    <article
      className="jp-Anode-message"
      data-role={message.role}
      data-status={message.status}
      aria-busy={message.status === 'streaming'}
    >
      <header className="jp-Anode-message-who">
        <span>{name}</span>
        <time dateTime={message.time} title={exact(message.time)}>
          {clock(message.time)}
        </time>
      </header>
      <Answer message={message} context={context} />
    </article>
  );
}

/**
 * The parts of a message and its end, without who said it.
 */
export function Answer(props: {
  readonly message: IChatMessage;
  readonly context: IMessageContext;
}): React.ReactElement {
  const { message, context } = props;
  const parts = [...message.parts, ...liveParts(message, context.assistant)];
  return (
    <>
      {together(parts).map((part, index) =>
        'type' in part ? (
          <Part
            key={index}
            part={part}
            isPlain={message.role === 'user'}
            context={context}
          />
        ) : (
          <Calls
            key={part[0]!.call_id}
            calls={part}
            card={call => <CallCard call={call} context={context} />}
            trans={context.trans}
          />
        )
      )}
      <End message={message} isEmpty={parts.length === 0} context={context} />
    </>
  );
}

/**
 * What of an answer is not in the log yet.
 */
function liveParts(
  message: IChatMessage,
  assistant: NotebookAssistant
): MessagePart[] {
  if (message.status !== 'streaming' || message.run_id === null) {
    return [];
  }
  const live: ILiveStep = assistant.live(message.run_id, message.step ?? 1);
  const parts: MessagePart[] = [
    { type: 'thinking', text: live.thinking },
    { type: 'text', text: live.text }
  ];
  return parts.filter(part => part.type !== 'tool' && part.text !== '');
}

function Part(props: {
  readonly part: Exclude<MessagePart, IToolPart>;
  readonly isPlain: boolean;
  readonly context: IMessageContext;
}): React.ReactElement {
  const { part, context, isPlain } = props;
  const { trans } = context;
  switch (part.type) {
    case 'text':
      return isPlain ? (
        <div className="jp-Anode-chat-text jp-mod-plain">{part.text}</div>
      ) : (
        <Markdown text={part.text} renderer={context.renderer} />
      );
    case 'thinking':
      return (
        <details className="jp-Anode-thinking">
          <summary>{trans.__('Thoughts')}</summary>
          <div>{part.text}</div>
        </details>
      );
  }
}

function CallCard(props: {
  readonly call: IToolPart;
  readonly context: IMessageContext;
}): React.ReactElement {
  const { assistant, trans } = props.context;
  const { call } = props;
  const id = call.approval_id ?? null;
  const approval = id === null ? null : assistant.approval(id);
  return (
    <ToolCard
      part={call}
      approval={approval}
      mayAnswer={approval !== null && assistant.mayAnswer(approval)}
      answer={(approval, answer) => assistant.answer(approval, answer)}
      revert={revertOf(call, assistant)}
      sourceOf={props.context.sourceOf}
      trans={trans}
    />
  );
}

/**
 * How a call is taken back; null for one that changed nothing.
 */
function revertOf(
  part: IToolPart,
  assistant: NotebookAssistant
): (() => Promise<IReverted>) | null {
  return assistant.mayWrite && mayBeReverted(part)
    ? () => assistant.revert({ call_ids: [part.call_id] })
    : null;
}

/**
 * All that an answer changed, to be taken back at once.
 */
function RevertTurn(props: {
  readonly message: IChatMessage;
  readonly context: IMessageContext;
}): React.ReactElement | null {
  const { assistant, trans } = props.context;
  const { run_id, parts } = props.message;
  const changes = parts.filter(
    part => part.type === 'tool' && mayBeReverted(part)
  ).length;
  return run_id === null || changes === 0 || !assistant.mayWrite ? null : (
    <Revert
      label={trans._n(
        'Take the change back',
        'Take all %1 changes back',
        changes
      )}
      title={trans.__(
        'Undo what this answer changed; what people changed since then stays'
      )}
      revert={() => assistant.revert({ run_id })}
      trans={trans}
    />
  );
}

function End(props: {
  readonly message: IChatMessage;
  readonly isEmpty: boolean;
  readonly context: IMessageContext;
}): React.ReactElement | null {
  const { message, context, isEmpty } = props;
  const { trans, retry } = context;
  const { status, error, usage } = message;
  if (status === 'streaming') {
    const waits = message.parts.some(
      part => part.type === 'tool' && part.status === 'waiting'
    );
    return isEmpty || waits ? (
      <p className="jp-Anode-message-end" role="status">
        {waits ? trans.__('Waits for your answer') : trans.__('Asking…')}
      </p>
    ) : null;
  }
  const isWrong = status === 'failed' || status === 'interrupted';
  return (
    <>
      {isWrong && (
        <div className="jp-Anode-message-error" role="alert">
          <strong>{error?.message ?? trans.__('The answer broke off.')}</strong>{' '}
          {error?.hint ?? ''}
          {retry && (
            <button
              className="jp-mod-styled jp-mod-minimal"
              onClick={() => retry(message)}
            >
              {trans.__('Ask again')}
            </button>
          )}
        </div>
      )}
      <RevertTurn message={message} context={context} />
      {(status === 'cancelled' || usage) && (
        <p className="jp-Anode-message-end">
          {[
            status === 'cancelled' ? trans.__('Stopped') : '',
            usage ? usageWords(usage, trans) : ''
          ]
            .filter(word => word !== '')
            .join(' · ')}
        </p>
      )}
    </>
  );
}

/**
 * Tokens and cost in few words.
 */
export function usageWords(
  usage: IUsageCount,
  trans: TranslationBundle
): string {
  const tokens = trans.__(
    '%1 in, %2 out',
    count(usage.input_tokens),
    count(usage.output_tokens)
  );
  const cost = usage.cost ?? 0;
  return cost > 0 ? `${tokens} · $${cost.toFixed(4)}` : tokens;
}

/**
 * A number of tokens with at most four digits.
 */
export function count(tokens: number): string {
  return tokens < 1_000 ? `${tokens}` : `${(tokens / 1_000).toFixed(1)}k`;
}

function clock(time: string): string {
  const moment = new Date(time);
  return moment.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

function exact(time: string): string {
  return new Date(time).toLocaleString();
}
