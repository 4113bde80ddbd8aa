import { nullTranslator } from '@jupyterlab/translation';

import type { IRun } from '../../tokens';
import { lineOf } from '../model';
import { going, lasting, moment } from '../times';

const trans = nullTranslator.load('');

const NOW = new Date(2026, 0, 5, 10, 42, 7).getTime();

const RUN: IRun = {
  id: 'r',
  cellId: 'a',
  batchId: 'b',
  status: 'pending',
  requestedBy: { kind: 'human', id: 'ada', name: 'Ada' },
  requestedAt: new Date(NOW).toISOString(),
  startedAt: null,
  completedAt: null,
  durationMs: null,
  sessionId: null,
  executionCount: null,
  error: null,
  reason: '',
  detail: '',
  input: null
};

const CONTEXT = {
  place: 0,
  hasKernel: true,
  isOwn: true,
  isEdited: false,
  now: NOW
};

function text(
  run: Partial<IRun>,
  context: Partial<typeof CONTEXT> = {}
): string {
  return lineOf({ ...RUN, ...run }, { ...CONTEXT, ...context }, trans).text;
}

const ENDED = { completedAt: new Date(NOW).toISOString(), durationMs: 1234 };

/**
 * The time of `NOW` as this computer writes it.
 */
const TIME = moment(ENDED.completedAt, NOW, trans);

describe('the line of a run', () => {
  it('tells the place in the queue, and whose it is', () => {
    expect(text({})).toBe('Next in line');
    expect(text({}, { place: 2, isOwn: false })).toBe(
      'Queued, 2 before it · Ada'
    );
    expect(text({}, { hasKernel: false })).toBe('Waits for a kernel');
  });

  it('tells what it waits for while it runs', () => {
    const status = 'executing';
    const input = { prompt: '?', password: false };
    expect(text({ status })).toBe('Running');
    expect(text({ status, input })).toBe('Waits for your input');
    expect(text({ status, input }, { isOwn: false })).toBe(
      'Waits for input from Ada'
    );
  });

  it('begins with the run, or now when clocks differ', () => {
    const since = (ms: number) => {
      const startedAt = new Date(NOW + ms).toISOString();
      const run: IRun = { ...RUN, status: 'executing', startedAt };
      return lineOf(run, CONTEXT, trans).since;
    };
    expect(since(-9_000)).toBe(NOW - 9_000);
    expect(since(5_000)).toBe(NOW);
  });

  it('tells how long it took, when it ended, and whether the text is still that', () => {
    const done = { ...ENDED, status: 'completed' } as const;
    expect(text(done)).toBe(`1.2 s · ${TIME}`);
    expect(text(done, { isOwn: false, isEdited: true })).toBe(
      `1.2 s · Ada · ${TIME} · edited since run`
    );
  });

  it('tells why it did not go well', () => {
    const error = { name: 'ValueError', value: '' };
    const failed = { ...ENDED, status: 'failed', error } as const;
    expect(text(failed)).toBe(`Failed after 1.2 s · ${TIME}`);
    const died = { name: 'kernel_died', value: 'signal 9, SIGKILL' };
    expect(text({ ...failed, error: died })).toBe(
      `The kernel died: signal 9, SIGKILL · ${TIME}`
    );
    expect(
      text({ ...ENDED, status: 'cancelled', reason: 'batch_stopped' })
    ).toBe(`Not run: a cell before it failed · ${TIME}`);
  });

  it('offers to run again what was lost', () => {
    const run: IRun = { ...RUN, ...ENDED, status: 'lost' };
    expect(lineOf(run, CONTEXT, trans).again).toBe(true);
  });
});

describe('times', () => {
  it('are as long as they need to be', () => {
    expect(lasting(40, trans)).toBe('40 ms');
    expect(lasting(61_000, trans)).toBe('1 min 1 s');
    expect(going(9_900, trans)).toBe('9 s');
    expect(going(3_720_000, trans)).toBe('1 h 2 min');
  });

  it('have a day unless it is today', () => {
    const iso = new Date(NOW).toISOString();
    expect(moment(iso, NOW + 86_400_000, trans)).toContain(', ');
    expect(moment(iso, NOW, trans)).not.toContain(', ');
    expect(moment(null, NOW, trans)).toBe('');
  });
});
