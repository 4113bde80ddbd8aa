// Completion at the caret: what is sent, what ends it, and what is said when it fails.

import { InlineCompletionTriggerKind } from '@jupyterlab/completer';
import { NotebookPanel } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { ApiError } from '../../api/errors';
import type { INotebookConnection } from '../../tokens';
import type { ICaret, ICompletionOptions } from '../completion';
import { AssistantCompletion, REST_MS } from '../completion';

const { Invoke, Automatic } = InlineCompletionTriggerKind;

function setup() {
  const sent: { caret: ICaret; signal: AbortSignal }[] = [];
  const reported: unknown[] = [];
  const world = {
    isSet: true,
    isLive: true,
    hasFocus: true,
    answer: (): Promise<string> => Promise.resolve('range(10):')
  };
  const options: ICompletionOptions = {
    ai: {
      get isSet() {
        return world.isSet;
      },
      choiceOf: () => ({ provider: 'local', model: 'small' })
    },
    rooms: {
      forModel: () =>
        world.isLive
          ? ({
              notebookId: 'n',
              sync: { pending: 0 },
              syncChanged: new Signal({}),
              disposed: new Signal({})
            } as unknown as INotebookConnection)
          : null
    },
    complete: (_, caret, signal) => {
      sent.push({ caret, signal });
      return world.answer();
    },
    report: error => reported.push(error),
    trans: nullTranslator.load('anode_jlab')
  };
  const provider = new AssistantCompletion(options);
  const ask = (text: string, offset: number, triggerKind = Automatic) => {
    const cell = { getSource: () => text, getId: () => 'c' };
    const widget = Object.create(NotebookPanel.prototype) as NotebookPanel;
    Object.defineProperty(widget, 'content', {
      value: {
        model: { sharedModel: {} },
        activeCell: {
          model: { sharedModel: cell },
          editor: { hasFocus: () => world.hasFocus }
        }
      }
    });
    return provider.fetch({ text, offset }, { widget, triggerKind });
  };
  return { provider, world, sent, reported, ask };
}

describe('completion by the assistant', () => {
  it('is off until somebody switches it on', () => {
    expect(setup().provider.schema.default.enabled).toBe(false);
  });

  it('sends the cell around the caret, which JupyterLab counts in code points', async () => {
    const { ask, sent } = setup();
    const found = await ask('🦆 = 1\nfor x in \nend', 15);
    expect(found.items).toEqual([{ insertText: 'range(10):' }]);
    expect(sent.map(({ caret }) => caret)).toEqual([
      {
        cell_id: 'c',
        before: '🦆 = 1\nfor x in ',
        after: '\nend',
        provider: 'local',
        model: 'small'
      }
    ]);
  });

  it('asks nobody without a provider and outside of live notebooks', async () => {
    const { ask, world, sent } = setup();
    world.isSet = false;
    expect((await ask('x', 1)).items).toEqual([]);
    world.isSet = true;
    world.isLive = false;
    expect((await ask('x', 1)).items).toEqual([]);
    expect(sent).toEqual([]);
  });

  it('asks nobody for what others type, but for who asks by hand', async () => {
    const { ask, world, sent } = setup();
    world.hasFocus = false;
    expect((await ask('x', 1)).items).toEqual([]);
    expect(sent).toEqual([]);
    expect((await ask('x', 1, Invoke)).items).toHaveLength(1);
  });

  it('ends when the next one is asked for, without a word', async () => {
    const { ask, world, sent, reported } = setup();
    let fail: (error: Error) => void = () => undefined;
    world.answer = () =>
      new Promise((_, reject) => {
        fail = reject;
      });
    const first = ask('x', 1);
    await new Promise(done => setTimeout(done));
    world.answer = () => Promise.resolve('y');
    const second = ask('xy', 2);
    await new Promise(done => setTimeout(done));
    expect(sent.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    fail(new Error('aborted'));
    expect((await first).items).toEqual([]);
    expect((await second).items).toEqual([{ insertText: 'y' }]);
    expect(reported).toEqual([]);
  });

  it('tells an error once, rests, and tries again when it is asked for by hand', async () => {
    jest.useFakeTimers({ now: 0 });
    try {
      const { ask, world, sent, reported } = setup();
      const error = new ApiError(502, 'key_refused', 'No.', 'Set another.');
      world.answer = () => Promise.reject(error);
      expect((await ask('x', 1)).items).toEqual([]);
      await ask('xy', 2);
      expect([sent.length, reported]).toEqual([1, [error]]);
      await ask('xy', 2, Invoke);
      expect([sent.length, reported.length]).toEqual([2, 2]);
      jest.setSystemTime(REST_MS);
      await ask('xyz', 3);
      expect([sent.length, reported.length]).toEqual([3, 2]);
      world.answer = () => Promise.resolve('y');
      await ask('xyz', 3, Invoke);
      expect((await ask('xyz', 3)).items).toHaveLength(1);
    } finally {
      jest.useRealTimers();
    }
  });
});
