// The public face of the front end: what features (and other extensions) see of a live notebook.

import type { ISharedCell, ISharedNotebook } from '@jupyter/ydoc';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Awareness } from 'y-protocols/awareness';

import type { IStreamPiece } from './tokens/ai';
import type { INotebookRuns } from './tokens/runs';

/**
 * What a person may do in a notebook: read it, also write, also execute, also share and purge.
 */
export type Role = 'reader' | 'editor' | 'runner' | 'owner';

/**
 * How the changes made in this browser stand, from best to worst.
 */
export type SyncKind =
  'saved' | 'saving' | 'syncing' | 'offline' | 'read-only' | 'error';

/**
 * What a person can do about a sync state.
 */
export type SyncAction =
  'retry' | 'take-over' | 'reload-or-overwrite' | 'save-again' | 'reload-page';

/**
 * The sync state of one notebook, as shown to the person.
 */
export interface ISyncState {
  readonly kind: SyncKind;

  /**
   * Number of own changes that the server has not acknowledged.
   */
  readonly pending: number;

  /**
   * Whether this browser keeps them, also over a crash of the page.
   */
  readonly isKept: boolean;

  /**
   * When this state began, in milliseconds since the Unix epoch.
   */
  readonly since: number | null;

  /**
   * When the server last acknowledged a change, in milliseconds since the Unix epoch.
   */
  readonly lastAck: number | null;

  /**
   * Why: a sentence for the person, empty when there is nothing to say.
   */
  readonly reason: string;

  /**
   * What to do about it, if anything.
   */
  readonly action: SyncAction | null;

  /**
   * The whole state in lower-case words, e.g. `offline (12 changes kept in this browser)`: the value of `data-anode-sync`.
   */
  readonly label: string;
}

/**
 * Something that is wrong with a notebook at the moment, as told by the server.
 */
export interface ICondition {
  readonly code: string;
  readonly message: string;
  readonly hint: string;

  /**
   * When it began, ISO 8601.
   */
  readonly since: string | null;
}

/**
 * Who caused an event.
 */
export interface IActor {
  readonly kind: 'human' | 'assistant' | 'runtime' | 'api' | 'file' | 'server';
  readonly id: string;
  readonly name: string;
}

/**
 * An event with its place in the notebook's log.
 */
export interface IEnvelope {
  readonly seq: number;

  /**
   * ISO 8601, UTC. For people only; order is by `seq`.
   */
  readonly time: string;
  readonly actor: IActor;

  /**
   * The versioned name, e.g. `v1.CellCreated`.
   */
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;

  /**
   * The number of the connection that caused it, if any.
   */
  readonly client?: number;

  /**
   * The seq of the event that it follows from, if known.
   */
  readonly cause?: number;
}

/**
 * Text of a cell that could not be brought to the server by itself.
 */
export interface IRecoveredCell {
  readonly id: string;
  readonly cellType: string;
  readonly source: string;
}

/**
 * What this browser held when the server refused it, or when the notebook's history was replaced.
 */
export interface IRecoveredCopy {
  /**
   * When it was set aside, in milliseconds since the Unix epoch.
   */
  readonly time: number;

  /**
   * The code of the refusal (`read_only`, `other_lineage`, ...).
   */
  readonly code: string;

  /**
   * The sentence of the refusal.
   */
  readonly message: string;

  /**
   * The cells whose text differs from what the server has.
   */
  readonly cells: readonly IRecoveredCell[];

  /**
   * Whether the browser keeps it when the page goes.
   */
  readonly isLasting: boolean;
}

/**
 * What came together when the server was back.
 */
export interface IMergeAccount {
  /**
   * When, in milliseconds since the Unix epoch.
   */
  readonly time: number;

  /**
   * How many changes of this person had waited in this browser.
   */
  readonly own: number;

  /**
   * What others changed meanwhile.
   */
  readonly others: readonly { readonly name: string; readonly count: number }[];
}

export * from './tokens/runs';

/**
 * The connection of one open notebook to its room on the server.
 */
export interface INotebookConnection {
  /**
   * The contents path, without drive; follows renames.
   */
  readonly path: string;

  readonly notebookId: string;

  readonly role: Role;

  readonly lineage: string;

  /**
   * Position in the event log up to which this browser knows the notebook.
   */
  readonly seq: number;

  /**
   * Position up to which the log is durable on the server.
   */
  readonly savedSeq: number;

  /**
   * Position up to which the notebook's file holds the document.
   */
  readonly exportedSeq: number;

  /**
   * Whether own changes are on their way to a server that is there.
   */
  readonly isUnderWay: boolean;

  readonly sync: ISyncState;
  readonly syncChanged: ISignal<this, ISyncState>;

  /**
   * The last account of a time without the server; null when there was none.
   */
  readonly merged: IMergeAccount | null;
  readonly mergedChanged: ISignal<this, IMergeAccount>;

  /**
   * Everything that is wrong with the notebook at the moment; empty when all is well.
   */
  readonly conditions: readonly ICondition[];
  readonly conditionsChanged: ISignal<this, readonly ICondition[]>;

  /**
   * Who is here. Its local state is already set to the server's name for this person.
   */
  readonly awareness: Awareness;

  /**
   * The server's number of the current connection; 0 before the first.
   */
  readonly clientNumber: number;

  /**
   * Emitted with the events of the log, in seq order, after they are durable.
   */
  readonly events: ISignal<this, readonly IEnvelope[]>;

  /**
   * Emitted with what the assistant says while it says it.
   */
  readonly stream: ISignal<this, IStreamPiece>;

  /**
   * Its runs, and what executes them.
   */
  readonly runs: INotebookRuns;

  /**
   * What was set aside, the latest last.
   */
  readonly recovered: readonly IRecoveredCopy[];
  readonly recoveredChanged: ISignal<this, readonly IRecoveredCopy[]>;

  /**
   * The person has no more need of what was set aside.
   */
  forget(copy: IRecoveredCopy): void;

  readonly isDisposed: boolean;
  readonly disposed: ISignal<this, void>;

  /**
   * Connect now instead of waiting for the next attempt.
   */
  retry(): void;

  /**
   * Take the notebook from another server of the same person, which has it open.
   */
  takeOver(): Promise<void>;

  /**
   * Bring everything to the server and write the notebook's file now.
   *
   * @param overwrite - write over a file that another program changed.
   */
  exportNow(overwrite?: boolean): Promise<void>;

  /**
   * Take the file's content into the notebook, as a new change.
   */
  reloadFromFile(): Promise<void>;
}

/**
 * Whether the server half is in charge of notebooks, and if not, why.
 */
export interface IServerState {
  readonly ready: boolean;

  /**
   * A sentence for the person; empty when ready.
   */
  readonly reason: string;

  /**
   * True when an administrator switched anode off, so that nothing needs to be said.
   */
  readonly disabled: boolean;
}

/**
 * The live notebooks of this page.
 */
export interface IAnodeRooms {
  /**
   * The connection of the notebook at a contents path. Only those of the default drive have one.
   */
  get(path: string): INotebookConnection | null;

  /**
   * The connection of an open notebook's shared model.
   */
  forModel(model: ISharedNotebook): INotebookConnection | null;

  readonly added: ISignal<IAnodeRooms, INotebookConnection>;
  readonly removed: ISignal<IAnodeRooms, INotebookConnection>;

  /**
   * Whether any notebook is open through us.
   */
  readonly hasConnections: boolean;

  readonly serverState: IServerState;
}

/**
 * The live notebooks of this page.
 */
export const IAnodeRooms = new Token<IAnodeRooms>(
  'anode-jlab:IAnodeRooms',
  'The live connections of the open notebooks to their rooms on the server.'
);

/**
 * The live text files of this page, in the same form; none of them is run.
 */
export const IAnodeTexts = new Token<IAnodeRooms>(
  'anode-jlab:IAnodeTexts',
  'The live connections of the open text files to their rooms on the server.'
);

export { IAnodeAi } from './tokens/ai';
export type {
  AiMode,
  IAiChoice,
  IAiKey,
  IAiModel,
  IAiProblem,
  IAiProvider,
  IStreamPiece
} from './tokens/ai';

/**
 * Cells that are questions: they are asked, not run.
 */
export interface IAnodeQuestions {
  isQuestion(cell: ISharedCell): boolean;

  /**
   * Ask the question of a cell. Settled when the server has taken it up; the answer comes into the
   * cell's output.
   *
   * @param after - the execution that has to end well before; null for none.
   *
   * @throws ApiError, NotReachedError, or an error that says why there is nobody to ask.
   */
  ask(
    connection: INotebookConnection,
    cell: ISharedCell,
    after: string | null
  ): Promise<void>;
}

/**
 * Cells that are questions: they are asked, not run.
 */
export const IAnodeQuestions = new Token<IAnodeQuestions>(
  'anode-jlab:IAnodeQuestions',
  'Asks the assistant what stands in AI cells.'
);
