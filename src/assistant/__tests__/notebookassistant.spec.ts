// What a page knows of conversations: asked for when somebody looks, and again when events say so.

import { Signal } from '@lumino/signaling';

import type { IAllowance, IApproval, IThread } from '../../api/conversations';
import { ApiError } from '../../api/errors';
import type { INotebookConnection } from '../../tokens';
import type { IConversationSource } from '../notebookassistant';
import { NotebookAssistant } from '../notebookassistant';

/**
 * A notebook whose server answers when it is let.
 */
function open(role = 'runner') {
  const events = new Signal<object, readonly object[]>({});
  const syncChanged = new Signal<object, object>({});
  const sync = { kind: 'saved' };
  const connection = {
    notebookId: 'n',
    role,
    events,
    stream: new Signal<object, object>({}),
    syncChanged,
    sync,
    disposed: new Signal<object, void>({}),
    awareness: { getLocalState: () => ({ user: { username: 'ada' } }) }
  } as unknown as INotebookConnection;
  const reads: string[] = [];
  const waiting: (() => void)[] = [];
  const world = { answered: 0, allowed: 0, fails: null as Error | null };
  const source = {
    list: () => Promise.resolve([]),
    read: async (_: string, id: string) => {
      reads.push(id);
      await new Promise<void>(done => waiting.push(done));
      if (world.fails) {
        throw world.fails;
      }
      return { conversation_id: id, title: `${reads.length}` } as IThread;
    },
    approvals: () => {
      world.answered++;
      return Promise.resolve([]);
    },
    allowances: () => {
      world.allowed++;
      return Promise.resolve([]);
    },
    revoke: () => Promise.reject(new ApiError(403, 'not_yours', 'No.', '')),
    answer: () => Promise.reject(new ApiError(409, 'used', 'Used.', ''))
  } as unknown as IConversationSource;
  const assistant = new NotebookAssistant(connection, source);
  const happen = (name: string, data: object): void => {
    events.emit([{ name, data }]);
  };
  const settle = async (): Promise<void> => {
    waiting.splice(0).forEach(done => {
      done();
    });
    for (let turn = 0; turn < 10; turn++) {
      await Promise.resolve();
    }
  };
  const move = (kind: string): void => {
    sync.kind = kind;
    syncChanged.emit({});
  };
  return { assistant, reads, world, happen, settle, move };
}

describe('a conversation', () => {
  it('is read once it is looked at, and again once for many events', async () => {
    const { assistant, reads, happen, settle } = open();
    happen('v1.MessageCompleted', { conversation_id: 'c' });
    expect(reads).toEqual([]);
    expect([assistant.thread('c'), assistant.thread('c')]).toEqual([
      null,
      null
    ]);
    expect(reads).toEqual(['c']);
    for (let turn = 0; turn < 5; turn++) {
      happen('v1.MessageCompleted', { conversation_id: 'c' });
    }
    happen('v1.MessageCompleted', { conversation_id: 'other' });
    happen('v1.CellCreated', { cell_id: 'c' });
    await settle();
    await settle();
    expect(reads).toEqual(['c', 'c']);
    expect(assistant.thread('c')?.title).toBe('2');
  });

  it('is read again for a call that tells no conversation, and after an absence', async () => {
    const { assistant, reads, happen, settle, move } = open();
    assistant.thread('c');
    await settle();
    happen('v1.ToolCallCompleted', { call_id: 'x' });
    await settle();
    move('offline');
    move('saved');
    await settle();
    expect(reads).toEqual(['c', 'c', 'c']);
  });

  it('says why it cannot be read, until it can', async () => {
    const { assistant, world, happen, settle } = open();
    world.fails = new ApiError(404, 'no_conversation', 'Gone.', '');
    assistant.thread('c');
    await settle();
    expect(assistant.errorOf('c')?.message).toBe('Gone.');
    world.fails = null;
    happen('v1.ConversationRenamed', { conversation_id: 'c' });
    await settle();
    expect(assistant.errorOf('c')).toBeNull();
    expect(assistant.thread('c')).not.toBeNull();
  });
});

describe('a question of the assistant', () => {
  const asked = { requester: { id: 'ada' } } as IApproval;
  const ofOthers = { requester: { id: 'bob' } } as IApproval;

  it('is answered by whom it is put to, and by owners', () => {
    const { assistant } = open();
    expect([asked, ofOthers].map(one => assistant.mayAnswer(one))).toEqual([
      true,
      false
    ]);
    expect(open('owner').assistant.mayAnswer(ofOthers)).toBe(true);
  });

  it('is looked at again when an answer was refused', async () => {
    const { assistant, world, settle } = open();
    expect(assistant.approval('a')).toBeNull();
    await expect(
      assistant.answer('a', { answer: 'once', args_hash: 'h' })
    ).rejects.toThrow('Used.');
    await settle();
    expect(world.answered).toBe(2);
  });
});

describe('a lasting answer', () => {
  const mine = { person: { id: 'ada' } } as IAllowance;
  const ofOthers = { person: { id: 'bob' } } as IAllowance;

  it('is taken back by who gave it, and by owners', () => {
    const { assistant } = open();
    expect([mine, ofOthers].map(one => assistant.mayRevoke(one))).toEqual([
      true,
      false
    ]);
    expect(open('owner').assistant.mayRevoke(ofOthers)).toBe(true);
  });

  it('is asked for once somebody looks, and again with each that is given or taken back', async () => {
    const { assistant, world, happen, settle } = open();
    happen('v1.ToolApprovalResponded', { approval_id: 'a' });
    expect(world.allowed).toBe(0);
    expect(assistant.allowances).toEqual([]);
    await settle();
    happen('v1.ToolAllowanceRevoked', { approval_id: 'a' });
    await settle();
    expect(world.allowed).toBe(2);
    await expect(assistant.revoke('a')).rejects.toThrow('No.');
    expect(world.allowed).toBe(3);
  });
});
