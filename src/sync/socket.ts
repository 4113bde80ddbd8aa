// The line itself: a browser's WebSocket behind a small port, so that tests can bring their own.

/**
 * What happens on a line.
 */
export interface ISocketListener {
  onOpen(): void;
  onFrame(data: Uint8Array): void;

  /**
   * The line is closed or was never opened. Said once.
   */
  onClose(code: number, reason: string): void;
}

/**
 * An open or opening line.
 */
export interface ISocket {
  send(frame: Uint8Array): void;

  /**
   * Bytes that are on their way out.
   */
  readonly buffered: number;

  /**
   * Hang up; the listener hears nothing any more.
   */
  close(): void;
}

/**
 * Open a line.
 */
export type OpenSocket = (url: string, listener: ISocketListener) => ISocket;

/**
 * Lines over the browser's WebSocket, or the class that the server settings name.
 */
export function webSockets(make: typeof WebSocket): OpenSocket {
  return (url, listener) => new BrowserSocket(new make(url), listener);
}

class BrowserSocket implements ISocket {
  constructor(
    private readonly _socket: WebSocket,
    private readonly _listener: ISocketListener
  ) {
    _socket.binaryType = 'arraybuffer';
    _socket.onopen = () => {
      this._listener.onOpen();
    };
    _socket.onmessage = event => {
      if (event.data instanceof ArrayBuffer) {
        this._listener.onFrame(new Uint8Array(event.data));
      }
    };
    _socket.onclose = event => {
      this._silence();
      this._listener.onClose(event.code, event.reason);
    };
  }

  get buffered(): number {
    return this._socket.bufferedAmount;
  }

  send(frame: Uint8Array): void {
    if (this._socket.readyState === this._socket.OPEN) {
      this._socket.send(frame);
    }
  }

  close(): void {
    this._silence();
    this._socket.close();
  }

  private _silence(): void {
    this._socket.onopen = null;
    this._socket.onmessage = null;
    this._socket.onclose = null;
  }
}
