// How the runtime of one notebook is, from what the server tells and what JupyterLab's session says.

import type { ISessionContext } from '@jupyterlab/apputils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { ConnectionFollower } from '../sync/follow';
import type { INotebookConnection, IRuntimeSession } from '../tokens';

/**
 * How a runtime is, in one word.
 */
export type RuntimeKind =
  | 'none'
  | 'starting'
  | 'idle'
  | 'busy'
  | 'unresponsive'
  | 'restarting'
  | 'terminated';

/**
 * What is shown of a runtime.
 */
export interface IRuntimeView {
  readonly kind: RuntimeKind;

  /**
   * The kernel's name for people; empty when there is none.
   */
  readonly kernel: string;

  /**
   * Whether it is busy with what did not come through the queue.
   */
  readonly foreign: boolean;

  /**
   * Why it ended, if it did: a word of the events, and what more is known.
   */
  readonly reason: string;
  readonly detail: string;

  /**
   * Runs that wait or go on.
   */
  readonly queued: number;
}

/**
 * What JupyterLab's session context tells.
 */
export type NativeSession = Pick<
  ISessionContext,
  'hasNoKernel' | 'kernelDisplayName' | 'kernelDisplayStatus' | 'session'
>;

/**
 * Put both together. The server knows best while it has a living session; before the first run it
 * may not know yet of a kernel that JupyterLab has.
 *
 * @param sessions - oldest first; only the last can be alive.
 * @param nameOf - a kernel's name for people.
 */
export function viewOf(
  sessions: readonly IRuntimeSession[],
  queued: number,
  native: NativeSession,
  nameOf: (kernelName: string) => string
): IRuntimeView {
  const session = sessions.at(-1);
  const base = { foreign: false, reason: '', detail: '', queued };
  if (native.kernelDisplayStatus === 'restarting') {
    return { ...base, kind: 'restarting', kernel: native.kernelDisplayName };
  }
  if (session && session.endedAt === null) {
    const { status, foreign } = session;
    const kind = status === 'ready' ? 'idle' : status;
    return { ...base, kind, foreign, kernel: nameOf(session.kernelName) };
  }
  if (!native.hasNoKernel && !hasEnded(sessions, native)) {
    const kind = ofNative(native.kernelDisplayStatus);
    return { ...base, kind, kernel: native.kernelDisplayName };
  }
  if (session) {
    const { reason, detail } = session;
    const kernel = nameOf(session.kernelName);
    return {
      ...base,
      kind: 'terminated',
      kernel,
      reason: reason ?? '',
      detail
    };
  }
  return { ...base, kind: 'none', kernel: '' };
}

/**
 * Whether JupyterLab's session still shows how its kernel was before it ended. One that was restarted
 * there is known here a moment later.
 */
function hasEnded(
  sessions: readonly IRuntimeSession[],
  native: NativeSession
): boolean {
  const id = native.session?.kernel?.id;
  const last = sessions.filter(({ kernelId }) => kernelId === id).at(-1);
  return (
    last !== undefined &&
    last.endedAt !== null &&
    last.reason !== 'restart' &&
    ofNative(native.kernelDisplayStatus) !== 'restarting'
  );
}

function ofNative(status: NativeSession['kernelDisplayStatus']): RuntimeKind {
  switch (status) {
    case 'busy':
      return 'busy';
    case 'idle':
      return 'idle';
    case 'starting':
    case 'initializing':
    case 'connecting':
      return 'starting';
    case 'restarting':
    case 'autorestarting':
      return 'restarting';
    case 'terminating':
    case 'dead':
      return 'terminated';
    default:
      return 'unresponsive';
  }
}

/**
 * Follows the runtime of the notebook of one panel.
 */
export class RuntimeModel implements IDisposable {
  constructor(
    private readonly _follower: ConnectionFollower,
    readonly context: ISessionContext
  ) {
    _follower.changed.connect(this._onConnection, this);
    context.statusChanged.connect(this._tell, this);
    context.connectionStatusChanged.connect(this._tell, this);
    context.kernelChanged.connect(this._tell, this);
    this.connection?.runs.changed.connect(this._tell, this);
  }

  /**
   * The notebook's connection; null while core is in charge of it.
   */
  get connection(): INotebookConnection | null {
    return this._follower.connection;
  }

  get view(): IRuntimeView {
    const { runs } = this.connection ?? {};
    return viewOf(
      runs?.sessions ?? [],
      runs?.queue.length ?? 0,
      this.context,
      name => this.nameOf(name)
    );
  }

  /**
   * A kernel's name for people.
   */
  nameOf(kernelName: string): string {
    const specs = this.context.specsManager.specs?.kernelspecs;
    return specs?.[kernelName]?.display_name ?? kernelName;
  }

  /**
   * Emitted when anything that is shown changed.
   */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._follower.dispose();
      Signal.clearData(this);
    }
  }

  private _onConnection(_: unknown, old: INotebookConnection | null): void {
    old?.runs.changed.disconnect(this._tell, this);
    this.connection?.runs.changed.connect(this._tell, this);
    this._tell();
  }

  private _tell(): void {
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _isDisposed = false;
}
