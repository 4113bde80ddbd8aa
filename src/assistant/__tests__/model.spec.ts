// What the panel asks, and when.

import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import type { IAnodeAi, IAnodeRooms } from '../../tokens';
import type { Assistants } from '../assistants';
import { AssistantModel } from '../model';
import { SavedPrompts } from '../prompts';

function setup() {
  const signal = () => new Signal<object, void>({});
  const syncChanged = signal();
  const sync = { kind: 'saving', pending: 1 };
  const sent: string[] = [];
  const sharedModel = { metadataChanged: signal() };
  const assistant = {
    connection: {
      notebookId: 'n',
      sync,
      syncChanged,
      isDisposed: false,
      disposed: signal()
    },
    conversations: [],
    changed: signal(),
    thread: () => null,
    start: () => Promise.resolve({ conversation_id: 'c' }),
    ask: (_: string, { text }: { text: string }) => {
      sent.push(text);
      return Promise.resolve();
    }
  };
  const model = new AssistantModel(
    {
      changed: signal(),
      choiceOf: () => ({ provider: 'local', model: 'small' })
    } as unknown as IAnodeAi,
    {
      added: signal(),
      removed: signal(),
      forModel: () => assistant.connection
    } as unknown as IAnodeRooms,
    { of: () => assistant } as unknown as Assistants,
    {
      currentWidget: { content: { model: { sharedModel } } },
      currentChanged: signal()
    } as never,
    new SavedPrompts(),
    nullTranslator.load('anode_jlab')
  );
  const move = (kind: string, pending: number): void => {
    Object.assign(sync, { kind, pending });
    syncChanged.emit();
  };
  return { model, sent, sharedModel, move };
}

describe('a question in the panel', () => {
  it('goes once the server has what was changed before, as a cell that was hidden', async () => {
    const { model, sent, move } = setup();
    model.draft = 'Why?';
    const end = model.send();
    await new Promise(done => setTimeout(done));
    expect(sent).toEqual([]);
    move('saved', 0);
    await end;
    expect([sent, model.draft]).toEqual([['Why?'], '']);
  });

  it('stays in the field when the server cannot have it', async () => {
    const { model, sent, move } = setup();
    model.draft = 'Why?';
    const end = model.send();
    move('offline', 1);
    await end;
    expect([sent, model.draft]).toEqual([[], 'Why?']);
    expect(model.problem).toContain('does not have your last changes');
  });
});

it('a question that is kept in the notebook is told of', () => {
  const { model, sharedModel } = setup();
  let told = 0;
  model.changed.connect(() => told++);
  sharedModel.metadataChanged.emit();
  expect(told).toBe(1);
});
