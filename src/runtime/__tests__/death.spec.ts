import type { INotebookRuns, IRun, IRuntimeSession } from '../../tokens';
import { DeathWatch } from '../death';

function runs(
  id: string,
  reason: string | null,
  queue: number,
  detail = 'signal 9'
): INotebookRuns {
  const session: Partial<IRuntimeSession> = {
    id,
    reason,
    detail,
    endedAt: reason === null ? null : 't'
  };
  return {
    session,
    queue: Array<IRun>(queue)
  } as unknown as INotebookRuns;
}

describe('the death of a kernel', () => {
  it('is told with what waits, and that there is another one', () => {
    const watch = new DeathWatch();
    expect(watch.look(runs('a', null, 0))).toBeNull();
    expect(watch.look(runs('a', 'oom', 2))).toMatchObject({
      now: 'gone',
      held: 2
    });
    expect(watch.look(runs('b', null, 1))).toMatchObject({
      now: 'back',
      held: 0
    });
    watch.forget();
    expect(watch.look(runs('b', null, 0))).toBeNull();
    expect(watch.look(runs('b', 'error', 0))).toMatchObject({ now: 'gone' });
  });

  it('is no news when it was before the page, unless something waits', () => {
    expect(new DeathWatch().look(runs('a', 'error', 0))).toBeNull();
    expect(new DeathWatch().look(runs('a', 'error', 1))).not.toBeNull();
  });

  it('is none when somebody wished it', () => {
    const watch = new DeathWatch();
    expect(watch.look(runs('a', 'shutdown', 1))).toBeNull();
    expect(watch.look(runs('b', 'restart', 1))).toBeNull();
  });

  it('matters after a stop of the server only when something waits', () => {
    const watch = new DeathWatch();
    watch.look(runs('a', null, 0));
    expect(watch.look(runs('a', 'server_stop', 0))).toBeNull();
    expect(watch.look(runs('a', 'server_stop', 1))).toMatchObject({ held: 1 });
  });

  it('is another thing when it never began, and no news once one did', () => {
    const watch = new DeathWatch();
    watch.look(runs('a', null, 0));
    const sentence = 'The kernel ended at once.';
    expect(watch.look(runs('b', 'error', 0, sentence))).toMatchObject({
      now: 'unstarted'
    });
    expect(watch.look(runs('c', null, 0))).toBeNull();
  });
});
