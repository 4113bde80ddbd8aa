// What the side panel shows: the notebook in front, one of its conversations, and a question in the making.

import type { ISharedNotebook } from '@jupyter/ydoc';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  IChatMessage,
  IConversation,
  IManifest,
  IThread,
  Mention
} from '../api/conversations';
import { advised } from '../api/errors';
import { stored } from '../documents/stored';
import type { AiMode, IAiChoice, IAnodeAi, IAnodeRooms } from '../tokens';
import type { Assistants } from './assistants';
import type { NotebookAssistant } from './notebookassistant';
import type { SavedPrompts } from './prompts';
import { PlacedPrompts } from './prompts';

/**
 * A conversation gets its first words as title.
 */
const TITLE_CHARACTERS = 60;

/**
 * What a notebook tracker has that is needed.
 */
export interface IFrontNotebook {
  readonly currentWidget: NotebookPanel | null;
  readonly currentChanged: ISignal<unknown, NotebookPanel | null>;
}

/**
 * The notebook in front and its assistant.
 */
export class AssistantModel {
  constructor(
    readonly ai: IAnodeAi,
    private readonly _rooms: IAnodeRooms,
    private readonly _assistants: Assistants,
    private readonly _notebooks: IFrontNotebook,
    prompts: SavedPrompts,
    private readonly _trans: TranslationBundle
  ) {
    _notebooks.currentChanged.connect(this._follow, this);
    _rooms.added.connect(this._follow, this);
    _rooms.removed.connect(this._follow, this);
    ai.changed.connect(this._tell, this);
    prompts.changed.connect(this._tell, this);
    this.prompts = new PlacedPrompts(prompts, () => ({
      notebook: this._shared,
      mayWrite: this._assistant?.mayWrite ?? false
    }));
    this._follow();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get panel(): NotebookPanel | null {
    return this._notebooks.currentWidget;
  }

  /**
   * Null while no live notebook is in front.
   */
  get assistant(): NotebookAssistant | null {
    return this._assistant;
  }

  /**
   * The conversations of the notebook, the newest first; those of AI cells are at their cells.
   */
  get conversations(): readonly IConversation[] {
    const all = this._assistant?.conversations ?? [];
    return all.filter(({ cell_id }) => cell_id === null).reverse();
  }

  /**
   * The conversation that shows; null for one that begins with the next question.
   */
  get conversation(): IConversation | null {
    const { conversations } = this;
    const id = this._open.get(this._key);
    if (id === null) {
      return null;
    }
    const open = conversations.find(one => one.conversation_id === id);
    return open ?? conversations[0] ?? null;
  }

  /**
   * Null before it is known.
   */
  get thread(): IThread | null {
    const { conversation } = this;
    return conversation
      ? (this._assistant?.thread(conversation.conversation_id) ?? null)
      : null;
  }

  /**
   * The run that goes on in the conversation that shows.
   */
  get running(): string | null {
    const open = this.thread?.messages.find(
      ({ status }) => status === 'streaming'
    );
    return open?.run_id ?? this._asked;
  }

  get choice(): IAiChoice | null {
    return this._assistant ? this.ai.choiceOf(this._key) : null;
  }

  set choice(choice: IAiChoice | null) {
    if (choice && this._assistant) {
      this.ai.choose(this._key, choice);
    }
  }

  /**
   * How much the assistant may do; it is forgotten with the page.
   */
  get mode(): AiMode {
    return this._mode;
  }

  set mode(mode: AiMode) {
    this._mode = mode;
    this._tell();
  }

  get draft(): string {
    return this._drafts.get(this._key) ?? '';
  }

  set draft(text: string) {
    this._drafts.set(this._key, text);
    this._tell();
  }

  get mentions(): readonly Mention[] {
    return this._mentions;
  }

  set mentions(mentions: readonly Mention[]) {
    this._mentions = mentions;
    this._tell();
  }

  /**
   * Why the last thing that was asked for was not done; empty when it was.
   */
  get problem(): string {
    return this._problem;
  }

  /**
   * What would be sent, as it was known last; null before.
   */
  get manifest(): IManifest | null {
    return this._manifest;
  }

  /**
   * The questions that are kept under a name, as this person may keep and remove them.
   */
  readonly prompts: PlacedPrompts;

  /**
   * Show another conversation; null for a new one.
   */
  open(id: string | null): void {
    this._open.set(this._key, id);
    this._problem = '';
    this._tell();
  }

  /**
   * Ask what is in the draft.
   */
  async send(): Promise<void> {
    const text = this.draft.trim();
    if (text !== '') {
      await this._ask(text, this._mentions, () => {
        this.draft = '';
        this._mentions = [];
      });
    }
  }

  /**
   * Ask a question again.
   */
  async repeat(answer: IChatMessage): Promise<void> {
    const question = this.thread?.messages.find(
      ({ run_id, role }) => run_id === answer.run_id && role === 'user'
    );
    const [part] = question?.parts ?? [];
    if (part?.type === 'text') {
      await this._ask(part.text, [], () => undefined);
    }
  }

  /**
   * Ask something at once, as a command does.
   */
  async say(text: string, mentions: readonly Mention[]): Promise<void> {
    await this._ask(text, mentions, () => undefined);
  }

  /**
   * Break the answer off.
   */
  async stop(): Promise<void> {
    const { conversation, running } = this;
    if (conversation && running !== null) {
      const id = conversation.conversation_id;
      await this._try(async assistant => assistant.stop(id, running));
    }
  }

  /**
   * Give a conversation another title; it may be another that shows by now.
   */
  async rename(conversation: IConversation, title: string): Promise<void> {
    const { conversation_id } = conversation;
    await this._try(assistant => assistant.rename(conversation_id, title));
  }

  async archive(): Promise<void> {
    const id = this.conversation?.conversation_id;
    if (id !== undefined) {
      await this._try(async assistant => assistant.archive(id));
    }
  }

  /**
   * Have it told what would be sent now.
   */
  async weigh(): Promise<void> {
    const { assistant, choice, conversation } = this;
    if (!assistant || !choice) {
      return;
    }
    try {
      await this._untilStored(assistant);
      const manifest = await assistant.context({
        ...(conversation
          ? { conversation_id: conversation.conversation_id }
          : {}),
        text: this.draft,
        mentions: this._mentions,
        ...choice
      });
      if (assistant === this._assistant) {
        this._manifest = manifest;
      }
    } catch (error) {
      this._manifest = null;
      this._problem = advised(error);
    }
    this._tell();
  }

  private async _ask(
    text: string,
    mentions: readonly Mention[],
    taken: () => void
  ): Promise<void> {
    const { choice, mode } = this;
    if (!choice) {
      return;
    }
    if (this.running !== null) {
      this._problem = this._trans.__(
        'Not asked: wait for the answer that is on its way, or stop it.'
      );
      this._tell();
      return;
    }
    const run_id = UUID.uuid4();
    this._asked = run_id;
    this._tell();
    await this._try(async assistant => {
      const id =
        this.conversation?.conversation_id ??
        (await this._start(assistant, text));
      // What was typed or hidden just now counts.
      await this._untilStored(assistant);
      await assistant.ask(id, { run_id, text, mode, mentions, ...choice });
      taken();
    });
    this._asked = null;
    this._tell();
  }

  private _untilStored({ connection }: NotebookAssistant): Promise<void> {
    return stored(
      connection,
      this._trans.__('The server does not have your last changes yet.')
    );
  }

  private async _start(
    assistant: NotebookAssistant,
    text: string
  ): Promise<string> {
    const title = text.replace(/\s+/g, ' ').slice(0, TITLE_CHARACTERS);
    const started = await assistant.start(title);
    this._open.set(this._key, started.conversation_id);
    return started.conversation_id;
  }

  private async _try(
    act: (assistant: NotebookAssistant) => Promise<void>
  ): Promise<void> {
    const { assistant } = this;
    if (!assistant) {
      return;
    }
    try {
      await act(assistant);
      this._problem = '';
    } catch (error) {
      this._problem = advised(error);
    }
    this._tell();
  }

  private get _key(): string {
    return this._assistant?.connection.notebookId ?? '';
  }

  private get _shared(): ISharedNotebook | null {
    return this.panel?.content.model?.sharedModel ?? null;
  }

  private _follow(): void {
    const shared = this._shared;
    const connection = shared ? this._rooms.forModel(shared) : null;
    const assistant = connection ? this._assistants.of(connection) : null;
    if (assistant !== this._assistant) {
      this._assistant?.changed.disconnect(this._tell, this);
      this._assistant = assistant;
      this._manifest = null;
      this._mentions = [];
      this._problem = '';
      assistant?.changed.connect(this._tell, this);
    }
    if (shared !== this._watched) {
      // It holds the questions that are kept in the notebook.
      this._watched?.metadataChanged.disconnect(this._tell, this);
      this._watched = shared;
      shared?.metadataChanged.connect(this._tell, this);
    }
    this._tell();
  }

  private _tell(): void {
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _open = new Map<string, string | null>();
  private readonly _drafts = new Map<string, string>();
  private _assistant: NotebookAssistant | null = null;
  private _watched: ISharedNotebook | null = null;
  private _mentions: readonly Mention[] = [];
  private _mode: AiMode = 'ask';
  private _problem = '';
  private _manifest: IManifest | null = null;

  /**
   * A run that was asked for and that the server has not told of yet.
   */
  private _asked: string | null = null;
}
