// The conversations of one notebook: loaded when somebody looks, and followed by its events.

import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  IAllowance,
  IApproval,
  IApprovalAnswer,
  IContextRequest,
  IConversation,
  IManifest,
  IQuestion,
  IReverted,
  IThread,
  RevertRequest
} from '../api/conversations';
import type { IEnvelope, INotebookConnection, IStreamPiece } from '../tokens';
import type { ILiveStep } from './livetext';
import { LiveTexts } from './livetext';
import { LookedAt } from './lookedat';

/**
 * The part of the server's routes that is needed.
 */
export interface IConversationSource {
  list(notebook: string): Promise<readonly IConversation[]>;
  start(notebook: string, title: string): Promise<IConversation>;
  read(notebook: string, conversation: string): Promise<IThread>;
  rename(notebook: string, conversation: string, title: string): Promise<void>;
  archive(notebook: string, conversation: string): Promise<void>;
  ask(
    notebook: string,
    conversation: string,
    question: IQuestion
  ): Promise<void>;
  stop(notebook: string, conversation: string, run: string): Promise<void>;
  context(notebook: string, asked: IContextRequest): Promise<IManifest>;
  approvals(notebook: string): Promise<readonly IApproval[]>;
  answer(
    notebook: string,
    approval: string,
    answer: IApprovalAnswer
  ): Promise<void>;
  allowances(notebook: string): Promise<readonly IAllowance[]>;
  revoke(notebook: string, allowance: string): Promise<void>;
  revert(notebook: string, what: RevertRequest): Promise<IReverted>;
}

/**
 * What an event of these families makes old: everything of a conversation, or a call's.
 */
const OF_ASSISTANT =
  /^v1\.(Conversation|Message|AssistantRun|Tool|UsageRecorded)/;
const OF_TOOLS = /^v1\.Tool/;

/**
 * A conversation that somebody looks at.
 */
interface IFollowed {
  thread: IThread | null;
  isStale: boolean;
  isLoading: boolean;
  error: Error | null;
}

/**
 * What is known of the assistant in one notebook.
 */
export class NotebookAssistant implements IDisposable {
  constructor(
    readonly connection: INotebookConnection,
    private readonly _source: IConversationSource
  ) {
    connection.events.connect(this._onEvents, this);
    connection.stream.connect(this._onStream, this);
    connection.syncChanged.connect(this._onSync, this);
    connection.disposed.connect(this.dispose, this);
  }

  /**
   * The conversations that were not put away; null before they are known.
   */
  get conversations(): readonly IConversation[] | null {
    return this._conversations.value;
  }

  /**
   * Why the last question to the server had no answer; null when it had.
   */
  get error(): Error | null {
    const { _conversations, _approvals, _allowances } = this;
    return _conversations.error ?? _approvals.error ?? _allowances.error;
  }

  /**
   * A conversation with its messages; null before it is known.
   */
  thread(id: string): IThread | null {
    const known = this._followed.get(id);
    if (known) {
      return known.thread;
    }
    const followed = {
      thread: null,
      isStale: true,
      isLoading: false,
      error: null
    };
    this._followed.set(id, followed);
    void this._load(id, followed);
    return null;
  }

  /**
   * Why a conversation is not known.
   */
  errorOf(id: string): Error | null {
    return this._followed.get(id)?.error ?? null;
  }

  /**
   * What came of a step of an answer so far.
   */
  live(run: string, step: number): ILiveStep {
    return this._live.of(run, step);
  }

  /**
   * What the assistant asks for.
   */
  approval(id: string): IApproval | null {
    return this._approvals.value.get(id) ?? null;
  }

  /**
   * The calls that are not asked for any more.
   */
  get allowances(): readonly IAllowance[] {
    return this._allowances.value;
  }

  /**
   * Whether this person may answer a question of the assistant.
   */
  mayAnswer({ requester }: IApproval): boolean {
    return this._isMine(requester.id);
  }

  /**
   * Whether this person may have a call asked for again.
   */
  mayRevoke({ person }: IAllowance): boolean {
    return this._isMine(person.id);
  }

  /**
   * Whether this person may change the notebook.
   */
  get mayWrite(): boolean {
    return this.connection.role !== 'reader';
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.clearData(this);
    }
  }

  start(title: string): Promise<IConversation> {
    return this._source.start(this._id, title);
  }

  rename(conversation: string, title: string): Promise<void> {
    return this._source.rename(this._id, conversation, title);
  }

  archive(conversation: string): Promise<void> {
    return this._source.archive(this._id, conversation);
  }

  ask(conversation: string, question: IQuestion): Promise<void> {
    return this._source.ask(this._id, conversation, question);
  }

  stop(conversation: string, run: string): Promise<void> {
    return this._source.stop(this._id, conversation, run);
  }

  context(asked: IContextRequest): Promise<IManifest> {
    return this._source.context(this._id, asked);
  }

  /**
   * Answer what the assistant asks for.
   */
  async answer(approval: string, answer: IApprovalAnswer): Promise<void> {
    try {
      await this._source.answer(this._id, approval, answer);
    } finally {
      // Whatever came of it, the question may be another now.
      this._approvals.refresh();
    }
  }

  async revoke(allowance: string): Promise<void> {
    try {
      await this._source.revoke(this._id, allowance);
    } finally {
      this._allowances.refresh();
    }
  }

  revert(what: RevertRequest): Promise<IReverted> {
    return this._source.revert(this._id, what);
  }

  private _isMine(person: string): boolean {
    const state = this.connection.awareness.getLocalState();
    const user = state?.['user'] as { username?: string } | undefined;
    return this.connection.role === 'owner' || person === user?.username;
  }

  private get _id(): string {
    return this.connection.notebookId;
  }

  private _onStream(_: unknown, piece: IStreamPiece): void {
    this._live.take(piece);
    this._changed.emit();
  }

  private _onEvents(_: unknown, events: readonly IEnvelope[]): void {
    const ours = events.filter(({ name }) => OF_ASSISTANT.test(name));
    if (ours.length === 0) {
      return;
    }
    const ids = new Set(ours.map(({ data }) => data['conversation_id']));
    // Some events about calls tell no conversation.
    const isAny = [...ids].some(id => typeof id !== 'string');
    for (const [id, followed] of this._followed) {
      if (isAny || ids.has(id)) {
        followed.isStale = true;
        void this._load(id, followed);
      }
    }
    if (ours.some(({ name }) => !OF_TOOLS.test(name))) {
      this._conversations.refresh();
    }
    if (ours.some(({ name }) => OF_TOOLS.test(name))) {
      this._approvals.refresh();
      this._allowances.refresh();
    }
  }

  /**
   * The server is back: what was missed is asked for.
   */
  private _onSync(): void {
    const { kind } = this.connection.sync;
    const isAway = kind === 'offline' || kind === 'syncing';
    if (this._wasAway && !isAway) {
      for (const [id, followed] of this._followed) {
        followed.isStale = true;
        void this._load(id, followed);
      }
      this._conversations.refresh();
      this._approvals.refresh();
      this._allowances.refresh();
    }
    this._wasAway = isAway;
  }

  private async _load(id: string, followed: IFollowed): Promise<void> {
    if (followed.isLoading) {
      return;
    }
    followed.isLoading = true;
    try {
      while (followed.isStale && !this._isDisposed) {
        followed.isStale = false;
        followed.thread = await this._source.read(this._id, id);
        followed.error = null;
        this._changed.emit();
      }
    } catch (error) {
      followed.error = error as Error;
      this._changed.emit();
    } finally {
      followed.isLoading = false;
    }
  }

  private readonly _live = new LiveTexts();
  private readonly _changed = new Signal<this, void>(this);
  private readonly _followed = new Map<string, IFollowed>();
  private readonly _tell = (): void => this._changed.emit();
  private readonly _conversations = new LookedAt<
    readonly IConversation[] | null
  >(
    async () => {
      const all = await this._source.list(this._id);
      return all.filter(({ archived }) => !archived);
    },
    null,
    this._tell
  );
  private readonly _approvals = new LookedAt<ReadonlyMap<string, IApproval>>(
    async () => {
      const all = await this._source.approvals(this._id);
      return new Map(all.map(one => [one.approval_id, one]));
    },
    new Map(),
    this._tell
  );
  private readonly _allowances = new LookedAt<readonly IAllowance[]>(
    () => this._source.allowances(this._id),
    [],
    this._tell
  );
  private _wasAway = false;
  private _isDisposed = false;
}
