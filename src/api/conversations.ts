// Conversations with the assistant, its answers, and the questions that it asks back.

import type { ServerConnection } from '@jupyterlab/services';

import type { IActor } from '../generated/events';
import type { AiMode } from '../tokens/ai';
import { request } from './request';

/**
 * Tokens of a model, and what they cost in US dollars where that is known.
 */
export interface IUsageCount {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cached_tokens?: number;
  readonly cost?: number | null;
}

/**
 * A conversation.
 */
export interface IConversation {
  readonly conversation_id: string;
  readonly title: string;

  /**
   * The AI cell that it belongs to, if any.
   */
  readonly cell_id: string | null;
  readonly created_at: string;
  readonly archived: boolean;

  /**
   * How often somebody asked in it.
   */
  readonly runs: number;
  readonly usage?: IUsageCount | null;
}

/**
 * A call of a tool.
 */
export interface IToolPart {
  readonly type: 'tool';
  readonly call_id: string;
  readonly tool: string;

  /**
   * JSON, or its text.
   */
  readonly args: unknown;
  readonly status:
    | 'proposed'
    | 'waiting'
    | 'denied'
    | 'running'
    | 'done'
    | 'failed'
    | 'expired'
    | 'cancelled';

  /**
   * What was told to the model.
   */
  readonly result?: string | null;
  readonly code?: string;
  readonly approval_id?: string | null;
  readonly diff?: string | null;

  /**
   * The places in the log of what the call did to the notebook.
   */
  readonly events?: readonly number[];
}

/**
 * A part of a message.
 */
export type MessagePart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string }
  | IToolPart;

/**
 * What went wrong with an answer.
 */
export interface IRunError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/**
 * A message.
 */
export interface IChatMessage {
  readonly message_id: string;
  readonly run_id: string | null;
  readonly role: 'user' | 'assistant';
  readonly actor: IActor | null;
  readonly time: string;
  readonly parts: readonly MessagePart[];
  readonly status:
    'complete' | 'streaming' | 'failed' | 'cancelled' | 'interrupted';
  readonly error?: IRunError | null;
  readonly usage?: IUsageCount | null;
  readonly provider?: string;
  readonly model?: string;

  /**
   * While it is streaming: the step that the stream brings.
   */
  readonly step?: number;
}

/**
 * A conversation with all that was said in it.
 */
export interface IThread extends IConversation {
  readonly messages: readonly IChatMessage[];
}

/**
 * A cell or a file that a question names.
 */
export type Mention = { readonly cell_id: string } | { readonly path: string };

/**
 * A question.
 */
export interface IQuestion {
  readonly run_id: string;
  readonly text: string;
  readonly provider: string;
  readonly model: string;
  readonly mode: AiMode;
  readonly mentions?: readonly Mention[];
}

/**
 * Something that goes to the model with a question.
 */
export interface IContextItem {
  readonly kind: string;
  readonly cell_id?: string | null;
  readonly title: string;
  readonly tokens: number;
  readonly truncated: boolean;
  readonly text: string;
}

/**
 * All that would go to the model.
 */
export interface IManifest {
  readonly tokens: number;
  readonly budget: number;
  readonly items: readonly IContextItem[];
  readonly left_out: readonly {
    readonly cell_id: string;
    readonly reason: string;
  }[];
}

/**
 * What is asked for when one wants to know that.
 */
export interface IContextRequest {
  readonly conversation_id?: string;
  readonly text?: string;
  readonly provider: string;
  readonly model: string;
  readonly mentions?: readonly Mention[];
}

/**
 * A call that waits for a person's leave, or did.
 */
export interface IApproval {
  readonly approval_id: string;
  readonly call_id: string;
  readonly run_id: string | null;
  readonly conversation_id: string | null;
  readonly cell_id?: string | null;
  readonly tool: string;

  /**
   * JSON text, and its sha256: an answer holds for exactly these.
   */
  readonly args: unknown;
  readonly args_hash: string;
  readonly base_seq: number;
  readonly diff?: string | null;
  readonly requester: IActor;
  readonly requested_at: string;
  readonly expires_at: string;
  readonly status: string;
}

/**
 * An answer to it.
 */
export interface IApprovalAnswer {
  readonly answer: 'once' | 'always' | 'denied';
  readonly args_hash: string;

  /**
   * Other arguments than those that were asked for.
   */
  readonly args?: unknown;
}

/**
 * A call that a person allowed once and for all in a conversation.
 */
export interface IAllowance {
  readonly allowance_id: string;
  readonly tool: string;
  readonly person: IActor;
  readonly conversation_id: string | null;
  readonly since: string;
}

/**
 * What of the assistant's changes was taken back, and which cells stay as they are.
 */
export interface IReverted {
  readonly reverted: readonly string[];
  readonly kept: readonly {
    readonly cell_id: string;
    readonly reason: 'edited' | 'gone';
  }[];
}

/**
 * The calls that shall be taken back, or all of an answer.
 */
export type RevertRequest =
  { readonly call_ids: readonly string[] } | { readonly run_id: string };

/**
 * The routes under `notebooks/{id}/conversations`, and those of context and approvals.
 */
export class ConversationsApi {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  list(notebook: string): Promise<readonly IConversation[]> {
    return request(this._settings, 'GET', place(notebook));
  }

  start(notebook: string, title: string): Promise<IConversation> {
    return request(this._settings, 'POST', place(notebook), { title });
  }

  read(notebook: string, conversation: string): Promise<IThread> {
    return request(this._settings, 'GET', place(notebook, conversation));
  }

  async rename(
    notebook: string,
    conversation: string,
    title: string
  ): Promise<void> {
    const path = place(notebook, conversation);
    await request(this._settings, 'PATCH', path, { title });
  }

  /**
   * Put a conversation away.
   */
  async archive(notebook: string, conversation: string): Promise<void> {
    await request(this._settings, 'DELETE', place(notebook, conversation));
  }

  /**
   * Ask; asked twice with one id, it is asked once.
   */
  async ask(
    notebook: string,
    conversation: string,
    question: IQuestion
  ): Promise<void> {
    const path = `${place(notebook, conversation)}/runs`;
    await request(this._settings, 'POST', path, question);
  }

  /**
   * Break an answer off.
   */
  async stop(
    notebook: string,
    conversation: string,
    run: string
  ): Promise<void> {
    const path = `${place(notebook, conversation)}/runs/${run}/stop`;
    await request(this._settings, 'POST', path, {});
  }

  /**
   * What would be sent.
   */
  context(notebook: string, asked: IContextRequest): Promise<IManifest> {
    const path = `notebooks/${notebook}/context`;
    return request(this._settings, 'POST', path, asked);
  }

  approvals(notebook: string): Promise<readonly IApproval[]> {
    return request(this._settings, 'GET', `notebooks/${notebook}/approvals`);
  }

  /**
   * Answer a question of the assistant.
   *
   * @throws ApiError 403 `not_yours`, 409 `changed`, `used` or `expired`.
   */
  async answer(
    notebook: string,
    approval: string,
    answer: IApprovalAnswer
  ): Promise<void> {
    const path = `notebooks/${notebook}/approvals/${approval}`;
    await request(this._settings, 'POST', path, answer);
  }

  allowances(notebook: string): Promise<readonly IAllowance[]> {
    return request(this._settings, 'GET', `notebooks/${notebook}/allowances`);
  }

  /**
   * Have it asked for again.
   *
   * @throws ApiError 403 `not_yours`.
   */
  async revoke(notebook: string, allowance: string): Promise<void> {
    const path = `notebooks/${notebook}/allowances/${allowance}`;
    await request(this._settings, 'DELETE', path);
  }

  /**
   * Take changes of the assistant back; what people changed since then stays.
   *
   * @throws ApiError 400 when none of the calls changed anything.
   */
  revert(notebook: string, what: RevertRequest): Promise<IReverted> {
    const path = `notebooks/${notebook}/revert`;
    return request(this._settings, 'POST', path, what);
  }
}

function place(notebook: string, conversation?: string): string {
  const all = `notebooks/${notebook}/conversations`;
  return conversation === undefined ? all : `${all}/${conversation}`;
}
