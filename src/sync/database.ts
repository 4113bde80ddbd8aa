// IndexedDB in promises: the tables in which this browser keeps copies of documents.

/**
 * What is known of a copy without reading it.
 */
export interface ICopyHead {
  /**
   * Of user, document and lineage; see `keyOf`.
   */
  readonly key: string;
  readonly user: string;
  readonly id: string;
  readonly lineage: string;

  /**
   * The contents path when it was last open here.
   */
  readonly path: string;

  /**
   * The role that its person had.
   */
  readonly role: string;

  /**
   * Position in the event log up to which it is known.
   */
  readonly seq: number;

  /**
   * The file as the contents API describes it, without its content; null when it was never asked.
   */
  readonly file: unknown;

  /**
   * The tab that it belongs to; null when it outlives the tab.
   */
  readonly tab: string | null;

  /**
   * Grows with each use: what has the smallest goes first when room is short.
   */
  readonly used: number;

  /**
   * About how much room it takes.
   */
  readonly bytes: number;
}

/**
 * A change, in the order in which it was taken in.
 */
export interface IUpdateRow {
  /**
   * Given by the database.
   */
  readonly n?: number;

  /**
   * The copy that it belongs to.
   */
  readonly key: string;

  /**
   * Who wrote it: one life of one document in one tab.
   */
  readonly writer: string;
  readonly update: Uint8Array;

  /**
   * 1 while it is this person's and not known to be on the server.
   */
  readonly pending: 0 | 1;
}

/**
 * Many changes in one, before all rows.
 */
export interface ISnapshot {
  readonly key: string;

  /**
   * Who wrote it: one life of one document in one tab.
   */
  readonly writer: string;
  readonly update: Uint8Array;
}

/**
 * The table of heads.
 */
export const COPIES = 'copies';

/**
 * The table of changes, with an index by copy.
 */
export const UPDATES = 'updates';

/**
 * The table of snapshots.
 */
export const SNAPSHOTS = 'snapshots';

/**
 * The index of UPDATES.
 */
export const BY_COPY = 'copy';

const TABLES = [COPIES, UPDATES, SNAPSHOTS];
const VERSION = 1;

/**
 * The key of a copy.
 */
export function keyOf(user: string, id: string, lineage: string): string {
  return JSON.stringify([user, id, lineage]);
}

/**
 * The answer to a request.
 */
export function answer<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = () => reject(reason(request.error));
  });
}

/**
 * A database, opened when it is first needed.
 */
export class Database {
  /**
   * @param _factory - the browser's; null when it has none.
   * @param _name - one for each server of an origin.
   */
  constructor(
    private readonly _factory: IDBFactory | null,
    private readonly _name: string
  ) {}

  /**
   * Do some work in one transaction over all tables.
   *
   * @param work - asks for nothing but the tables before it is over.
   *
   * @throws an error when the browser keeps nothing, or has no room.
   */
  async transact<T>(
    mode: 'readonly' | 'readwrite',
    work: (table: (name: string) => IDBObjectStore) => Promise<T>
  ): Promise<T> {
    const database = await this._open();
    const transaction = database.transaction(TABLES, mode);
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(reason(transaction.error));
    });
    // It is awaited below; until then a failure is nobody's.
    done.catch(() => undefined);
    let result: T;
    try {
      result = await work(name => transaction.objectStore(name));
    } catch (error) {
      abort(transaction);
      throw error;
    }
    await done;
    return result;
  }

  private _open(): Promise<IDBDatabase> {
    this._opening ??= this._connect();
    this._opening.catch(() => {
      this._opening = null;
    });
    return this._opening;
  }

  private async _connect(): Promise<IDBDatabase> {
    if (!this._factory) {
      throw new Error('This browser has no IndexedDB.');
    }
    const request = this._factory.open(this._name, VERSION);
    request.onupgradeneeded = () => {
      const database = request.result;
      database.createObjectStore(COPIES, { keyPath: 'key' });
      database.createObjectStore(SNAPSHOTS, { keyPath: 'key' });
      database
        .createObjectStore(UPDATES, { keyPath: 'n', autoIncrement: true })
        .createIndex(BY_COPY, 'key');
    };
    const database = await answer<IDBDatabase>(request);
    const forget = () => {
      database.close();
      this._opening = null;
    };
    database.onversionchange = forget;
    database.onclose = forget;
    return database;
  }

  private _opening: Promise<IDBDatabase> | null = null;
}

function reason(error: DOMException | null): Error {
  return error ?? new Error('The browser gave up a transaction.');
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It is over already.
  }
}
