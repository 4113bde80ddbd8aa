import { Signal } from '@lumino/signaling';

import type {
  IAnodeRooms,
  INotebookConnection,
  ISyncState,
  SyncKind
} from '../../tokens';
import { CALM_MS, SyncModel } from '../model';

function state(kind: SyncKind): ISyncState {
  return {
    kind,
    isKept: false,
    pending: kind === 'saved' ? 0 : 1,
    since: 0,
    lastAck: null,
    reason: '',
    action: null,
    label: kind
  };
}

class Connection {
  sync = state('saved');
  syncChanged = new Signal<this, ISyncState>(this);
  mergedChanged = new Signal<this, void>(this);
  conditionsChanged = new Signal<this, never[]>(this);
  recoveredChanged = new Signal<this, never[]>(this);

  become(kind: SyncKind): void {
    this.sync = state(kind);
    this.syncChanged.emit(this.sync);
  }
}

class Rooms {
  current: Connection | null = null;
  added = new Signal<this, INotebookConnection>(this);
  removed = new Signal<this, INotebookConnection>(this);

  get(): INotebookConnection | null {
    return this.current as unknown as INotebookConnection | null;
  }

  open(connection: Connection): void {
    this.current = connection;
    this.added.emit(connection as unknown as INotebookConnection);
  }
}

function setUp(): { rooms: Rooms; connection: Connection; model: SyncModel } {
  const rooms = new Rooms();
  const source = {
    path: 'a.ipynb',
    pathChanged: new Signal<object, string>({})
  };
  const model = new SyncModel(rooms as unknown as IAnodeRooms, source);
  const connection = new Connection();
  rooms.open(connection);
  return { rooms, connection, model };
}

describe('SyncModel', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('finds a connection that is added later', () => {
    const { model, connection } = setUp();
    expect(model.connection).toBe(connection);
    expect(model.calmState?.kind).toBe('saved');
  });

  it('holds "saving" for a moment and never shows "saved" early', () => {
    const { model, connection } = setUp();
    connection.become('saving');
    expect(model.calmState?.kind).toBe('saving');
    connection.become('saved');
    expect(model.state?.kind).toBe('saved');
    expect(model.calmState?.kind).toBe('saving');
    jest.advanceTimersByTime(CALM_MS);
    expect(model.calmState?.kind).toBe('saved');
  });

  it('shows trouble at once', () => {
    const { model, connection } = setUp();
    connection.become('saving');
    connection.become('saved');
    connection.become('offline');
    expect(model.calmState?.kind).toBe('offline');
    jest.advanceTimersByTime(CALM_MS);
    expect(model.calmState?.kind).toBe('offline');
  });

  it('lets go of a connection that is removed', () => {
    const { model, rooms, connection } = setUp();
    rooms.current = null;
    rooms.removed.emit(connection as unknown as INotebookConnection);
    expect(model.calmState).toBeNull();
  });
});
