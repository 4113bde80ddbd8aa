// The runtime of the notebook in front, and what it uses of the machine while somebody looks.

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Poll } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IEnvironmentVariable, IUsage, IVariables } from '../api/usage';
import { ConnectionFollower } from '../sync/follow';
import type { IAnodeRooms, INotebookConnection } from '../tokens';
import { RuntimeModel } from './model';

/**
 * How often the server is asked to measure.
 */
const LOOK_MS = 2_000;

/**
 * How often it is asked for variables while nothing runs: widgets change them without a run.
 */
const VARIABLES_MS = 20_000;

/**
 * The part of the server's routes that is needed.
 */
export interface IUsageSource {
  of(notebookId: string): Promise<IUsage>;
  variables(notebookId: string): Promise<IVariables>;
  environment(notebookId: string): Promise<readonly IEnvironmentVariable[]>;
  setEnvironment(
    notebookId: string,
    variables: readonly IEnvironmentVariable[]
  ): Promise<readonly IEnvironmentVariable[]>;
}

/**
 * Follows the current notebook. Nothing is measured while it is not watched.
 */
export class CurrentRuntime {
  constructor(
    private readonly _rooms: IAnodeRooms,
    notebooks: INotebookTracker,
    readonly source: IUsageSource
  ) {
    notebooks.currentChanged.connect((_, panel) => this._follow(panel));
    this._follow(notebooks.currentWidget);
  }

  /**
   * The notebook's panel; null when there is none.
   */
  get panel(): NotebookPanel | null {
    return this._panel;
  }

  get model(): RuntimeModel | null {
    return this._model;
  }

  /**
   * Null while there is no notebook, or core is in charge of it.
   */
  get connection(): INotebookConnection | null {
    return this._model?.connection ?? null;
  }

  /**
   * The last answer about the living session; null before it, and after the session ended.
   */
  get usage(): IUsage | null {
    const session = this.connection?.runs.session ?? null;
    const isLiving = session !== null && session.endedAt === null;
    return isLiving && this._usage?.session_id === session.id
      ? this._usage
      : null;
  }

  /**
   * The variables of the living session as they were told last; null before.
   */
  get variables(): IVariables | null {
    const { session } = this.connection?.runs ?? {};
    return session?.endedAt === null &&
      this._variables?.session_id === session.id
      ? this._variables
      : null;
  }

  /**
   * Whether the last question stayed without an answer.
   */
  get isUnanswered(): boolean {
    return this._isUnanswered;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /**
   * Whether somebody looks.
   */
  set isWatched(isWatched: boolean) {
    this._isWatched = isWatched;
    if (isWatched) {
      void this._poll.refresh();
    }
  }

  private _follow(panel: NotebookPanel | null): void {
    this._model?.dispose();
    this._model = null;
    this._panel = panel;
    this._usage = this._variables = null;
    if (panel) {
      const follower = new ConnectionFollower(this._rooms, panel.context);
      const model = new RuntimeModel(follower, panel.sessionContext);
      model.changed.connect(this._onChanged, this);
      panel.disposed.connect(() => {
        if (this._panel === panel) {
          this._follow(null);
        }
      });
      this._model = model;
    }
    this._onChanged();
  }

  private _onChanged(): void {
    const { connection } = this;
    const { session } = connection?.runs ?? {};
    const asked =
      session && session.endedAt === null
        ? `${session.id} ${session.status}`
        : null;
    if (asked !== this._asked) {
      this._asked = asked;
      this._hasRun = true;
      if (this._isWatched) {
        void this._poll.refresh();
      }
    }
    this._changed.emit();
  }

  private async _ask(): Promise<void> {
    const { connection } = this;
    if (!this._isWatched || !connection) {
      return;
    }
    try {
      const usage = await this.source.of(connection.notebookId);
      this._isUnanswered = false;
      const variables = this._areVariablesDue
        ? await this.source.variables(connection.notebookId)
        : null;
      if (connection === this.connection) {
        this._usage = usage;
        if (variables) {
          this._variables = variables;
          this._variablesAt = Date.now();
        }
      }
    } catch {
      this._isUnanswered = true;
    }
    this._changed.emit();
  }

  /**
   * The kernel of the notebook is not asked while it is at work, but what it said before is told.
   */
  private get _areVariablesDue(): boolean {
    const { variables } = this;
    const { session, queue } = this.connection?.runs ?? {};
    if (!session || session.endedAt !== null) {
      return false;
    }
    const isBusy = session.status !== 'ready' || (queue?.length ?? 0) > 0;
    const isOld = Date.now() - this._variablesAt >= VARIABLES_MS;
    const known = variables?.fresh === true && !this._hasRun;
    this._hasRun = isBusy;
    return variables === null || isOld || (!isBusy && !known);
  }

  private readonly _poll = new Poll({
    factory: () => this._ask(),
    frequency: { interval: LOOK_MS, backoff: false },
    standby: () => !this._isWatched || document.hidden
  });
  private readonly _changed = new Signal<this, void>(this);
  private _panel: NotebookPanel | null = null;
  private _model: RuntimeModel | null = null;
  private _usage: IUsage | null = null;
  private _variables: IVariables | null = null;
  private _variablesAt = 0;

  /**
   * Whether the kernel was at work when it was looked at last.
   */
  private _hasRun = true;
  private _asked: string | null = null;
  private _isWatched = false;
  private _isUnanswered = false;
}
