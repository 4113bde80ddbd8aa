import { PromiseDelegate } from '@lumino/coreutils';

import { ApiError, NotReachedError } from '../../api/errors';
import type { IAfter, ICellBody } from '../../api/executions';
import { settled } from '../../sync/__tests__/simulation';
import type { Api } from './connected';
import { open, tell } from './connected';

type Asked = readonly [string, readonly ICellBody[], IAfter];

const CELL = { cellId: 'a', executionId: 'r', source: 'a = 1' };

/**
 * The route for requests; it answers with these errors first.
 */
function route(api: Api, ...errors: Error[]): Asked[] {
  const asked: Asked[] = [];
  const request = (...all: Asked): Promise<void> => {
    asked.push(all);
    const error = errors.shift();
    return error ? Promise.reject(error) : Promise.resolve();
  };
  Object.assign(api, { request });
  return asked;
}

describe('a request to run cells', () => {
  it('names the text, and the last change that was sent before', async () => {
    const { api, notebook, connection } = await open();
    const asked = route(api);
    notebook.cells[0]?.setSource('a = 2');
    await connection.runs.request([CELL]);
    expect(asked).toHaveLength(1);
    const [id, cells, after] = asked[0]!;
    expect(id).toBe('notebook');
    expect(cells).toEqual([
      { cell_id: 'a', execution_id: 'r', source: 'a = 1' }
    ]);
    // The answer to the room's step1 was the first.
    expect(after).toEqual({ client: 1, n: 2 });
  });

  it('is on its way at once when nothing has to be waited for', async () => {
    const { api, connection } = await open();
    const asked = route(api);
    const taken = connection.runs.request([CELL]);
    expect(asked).toHaveLength(1);
    await taken;
  });

  it('waits for the answer to the one before, whatever that is', async () => {
    const { api, connection } = await open();
    const asked: string[] = [];
    const answers: PromiseDelegate<void>[] = [];
    const request = (_: string, cells: readonly ICellBody[]) => {
      asked.push(cells[0]!.execution_id);
      answers.push(new PromiseDelegate());
      return answers.at(-1)!.promise;
    };
    Object.assign(api, { request });
    const [first, second, third] = ['1', '2', '3'].map(executionId =>
      connection.runs.request([{ ...CELL, executionId }])
    );
    await settled();
    expect(asked).toEqual(['1']);
    answers[0]!.reject(new ApiError(403, 'not_allowed', 'No.', ''));
    await expect(first).rejects.toThrow('No.');
    await settled();
    expect(asked).toEqual(['1', '2']);
    answers[1]!.resolve();
    await second;
    await settled();
    expect(asked).toEqual(['1', '2', '3']);
    answers[2]!.resolve();
    await third;
  });

  it('is not made without a line, not later either', async () => {
    const { api, room, connection, timers } = await open();
    const asked = route(api);
    room.isDown = true;
    room.last.hangUp(1006);
    await expect(connection.runs.request([CELL])).rejects.toBeInstanceOf(
      NotReachedError
    );
    room.isDown = false;
    await timers.pass(30_000);
    expect(connection.sync.kind).toBe('saved');
    expect(asked).toEqual([]);
  });

  it('is made once more when its answer is lost, with the same ids', async () => {
    const { api, connection } = await open();
    const asked = route(api, new NotReachedError(''));
    await connection.runs.request([CELL]);
    expect(asked.map(([, [cell]]) => cell?.execution_id)).toEqual(['r', 'r']);
  });

  it('is not repeated when it is refused', async () => {
    const { api, connection } = await open();
    const asked = route(api, new ApiError(403, 'not_allowed', 'No.', ''));
    await expect(connection.runs.request([CELL])).rejects.toThrow('No.');
    expect(asked).toHaveLength(1);
  });
});

describe('the end of a run', () => {
  it('is waited for', async () => {
    const { room, connection } = await open();
    const ended = connection.runs.ended('r');
    const data = { execution_id: 'r', cell_id: 'a', batch_id: 'b' };
    const actor = { kind: 'human', id: 'ada', name: 'Ada' };
    tell(room, 18, [
      { seq: 40, name: 'v1.ExecutionRequested', time: 't', actor, data }
    ]);
    await settled();
    expect(connection.runs.queue).toHaveLength(1);
    tell(room, 18, [
      {
        seq: 41,
        name: 'v1.ExecutionCancelled',
        time: 't',
        actor,
        data: { ...data, reason: 'requested' }
      }
    ]);
    expect((await ended)?.status).toBe('cancelled');
    expect((await connection.runs.ended('r'))?.status).toBe('cancelled');
  });

  it('is not waited for when the notebook is closed', async () => {
    const { notebook, connection } = await open();
    const ended = connection.runs.ended('r');
    notebook.dispose();
    expect(await ended).toBeNull();
  });
});
