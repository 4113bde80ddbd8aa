// One attempt to be connected: a socket, the session that speaks over it, and the look at the clock.

import type { IDisposable } from '@lumino/disposable';

import type { ISessionListener, ISessionOptions } from './session';
import { Session } from './session';
import type { ISocket, OpenSocket } from './socket';
import type { ITimers } from './timers';

/**
 * How often the line is looked at.
 */
const TICK_MS = 1_000;

/**
 * An attempt that is not open after this time is given up: some networks swallow the handshake.
 */
const OPENING_MS = 20_000;

/**
 * What a link works on, and with.
 */
export interface ILinkOptions extends Omit<
  ISessionOptions,
  'send' | 'buffered'
> {
  readonly url: string;
  readonly timers: ITimers;
  readonly openSocket: OpenSocket;

  /**
   * Whether the server is known to be waiting for its disk.
   */
  isSlow(): boolean;

  /**
   * Whether somebody looks.
   */
  isWatched(): boolean;
}

/**
 * Whom a link serves.
 */
export interface ILinkListener extends ISessionListener {
  /**
   * The link is over. Said at most once, and not after `dispose`.
   *
   * @param code - the server's close code; 1006 when the line just broke.
   */
  onEnd(code: number, reason: string): void;
}

/**
 * What a broken line is called in the WebSocket API.
 */
const BROKEN = 1006;

/**
 * A link, from dialling to hanging up.
 */
export class Link implements IDisposable {
  constructor(
    private readonly _options: ILinkOptions,
    private readonly _listener: ILinkListener
  ) {
    const { timers, openSocket, url } = _options;
    this._session = new Session(
      {
        ..._options,
        send: frame => {
          this._socket.send(frame);
        },
        buffered: () => this._socket.buffered
      },
      _listener
    );
    this._timer = timers.after(OPENING_MS, () => {
      this._end(BROKEN, 'no answer');
    });
    this._socket = openSocket(url, {
      onOpen: () => {
        if (!this._isDisposed) {
          this._session.open(timers.now());
          this._tick();
        }
      },
      onFrame: data => {
        this._receive(data);
      },
      onClose: (code, reason) => {
        this._end(code, reason);
      }
    });
  }

  /**
   * Whether both sides had all of each other's changes once, and the server made ours durable.
   */
  get isLive(): boolean {
    return this._session.isLive;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * A change was made here; it is already in the ledger.
   */
  change(update: Uint8Array): void {
    this._session.change(update);
  }

  /**
   * Presence changed here.
   */
  presence(update: Uint8Array): void {
    this._session.presence(update);
  }

  /**
   * Hang up.
   */
  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._timer.dispose();
      this._socket.close();
    }
  }

  private _receive(data: Uint8Array): void {
    if (this._isDisposed) {
      return;
    }
    try {
      this._session.receive(data);
    } catch (error) {
      console.error('anode: a frame of the server cannot be used', error);
      this._end(BROKEN, 'bad frame');
    }
  }

  private _tick(): void {
    const { timers, isSlow, isWatched } = this._options;
    this._timer.dispose();
    if (this._session.tick(timers.now(), isSlow(), isWatched())) {
      this._timer = timers.after(TICK_MS, () => {
        this._tick();
      });
    } else {
      this._end(BROKEN, 'silence');
    }
  }

  private _end(code: number, reason: string): void {
    if (!this._isDisposed) {
      this.dispose();
      this._listener.onEnd(code, reason);
    }
  }

  private readonly _session: Session;
  private readonly _socket: ISocket;
  private _timer: IDisposable;
  private _isDisposed = false;
}
