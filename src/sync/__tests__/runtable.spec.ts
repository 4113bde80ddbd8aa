import type { IEnvelope } from '../../tokens';
import { RunTable } from '../runtable';

const ADA = { kind: 'human', id: 'ada', name: 'Ada' } as const;

/**
 * Events with ascending seqs, from 11 on.
 */
function events(...facts: [name: string, data: object][]): IEnvelope[] {
  return facts.map(([name, data], at) => ({
    seq: 11 + at,
    time: `t${11 + at}`,
    actor: ADA,
    name: `v1.${name}`,
    data: data as IEnvelope['data']
  }));
}

function requested(id: string, cell = id): [string, object] {
  const data = { execution_id: id, cell_id: cell, batch_id: 'b' };
  return ['ExecutionRequested', { ...data, on_error: 'stop' }];
}

function statuses(table: RunTable): string[] {
  return table.queue.map(({ id, status }) => `${id} ${status}`);
}

describe('RunTable', () => {
  it('follows a run from its request to its end', () => {
    const table = new RunTable();
    const id = { execution_id: 'r' };
    const [asked, assigned, started, completed] = events(
      requested('r', 'a'),
      ['ExecutionAssigned', { ...id, session_id: 's' }],
      ['ExecutionStarted', { ...id, session_id: 's' }],
      [
        'ExecutionCompleted',
        {
          ...id,
          status: 'failed',
          duration_ms: 7,
          execution_count: 3,
          error: { name: 'E', value: 'v' }
        }
      ]
    );
    expect(table.apply([asked!])).toBe(true);
    expect(table.ofCell('a')).toMatchObject({
      status: 'pending',
      requestedBy: ADA,
      requestedAt: 't11'
    });
    table.apply([assigned!]);
    table.apply([started!]);
    expect(table.find('r')).toMatchObject({
      status: 'executing',
      startedAt: 't13'
    });
    table.apply([completed!]);
    expect(table.queue).toEqual([]);
    expect(table.find('r')).toBe(table.ofCell('a'));
    expect(table.ofCell('a')).toMatchObject({
      status: 'failed',
      durationMs: 7,
      executionCount: 3,
      error: { name: 'E', value: 'v' },
      completedAt: 't14'
    });
    // Known already.
    expect(table.apply([started!])).toBe(false);
  });

  it('shows of a cell what goes on, else what ended last', () => {
    const table = new RunTable();
    table.apply(
      events(
        requested('r1', 'a'),
        ['ExecutionCancelled', { execution_id: 'r1', reason: 'requested' }],
        requested('r2', 'a'),
        requested('r3', 'a')
      )
    );
    expect(table.ofCell('a')?.id).toBe('r2');
    expect(table.find('r1')?.reason).toBe('requested');
  });

  it('keeps the order of the queue as it is changed', () => {
    const table = new RunTable();
    table.apply(
      events(
        requested('r1'),
        requested('r2'),
        requested('r3'),
        ['ExecutionReordered', { execution_id: 'r3', before: 'r1' }],
        ['ExecutionReordered', { execution_id: 'r1', before: null }]
      )
    );
    expect(statuses(table)).toEqual(['r3 pending', 'r2 pending', 'r1 pending']);
  });

  it('gives back what a session had taken and not begun', () => {
    const table = new RunTable();
    table.apply(
      events(
        ['RuntimeSessionStarted', { session_id: 's', kernel_id: 'k' }],
        requested('r'),
        ['ExecutionAssigned', { execution_id: 'r', session_id: 's' }],
        [
          'RuntimeSessionStatusChanged',
          { session_id: 's', status: 'busy', foreign: true }
        ]
      )
    );
    expect(table.session).toMatchObject({ status: 'busy', foreign: true });
    table.apply([
      {
        ...events(['RuntimeSessionTerminated', {}])[0]!,
        seq: 20,
        data: { session_id: 's', reason: 'oom', detail: 'signal 9' }
      }
    ]);
    expect(statuses(table)).toEqual(['r pending']);
    expect(table.session).toMatchObject({
      status: 'terminated',
      reason: 'oom',
      detail: 'signal 9',
      endedAt: 't11'
    });
  });

  it('begins with a state, and passes over events that are in it', () => {
    const table = new RunTable();
    table.reset({
      seq: 12,
      executions: [
        {
          execution_id: 'r1',
          cell_id: 'a',
          batch_id: 'b',
          status: 'lost',
          requested_by: ADA,
          requested_at: 't1',
          reason: 'server_stopped'
        },
        {
          execution_id: 'r2',
          cell_id: 'a',
          batch_id: 'b',
          status: 'pending',
          requested_by: ADA,
          requested_at: 't2'
        }
      ],
      runtime_sessions: [
        {
          session_id: 's',
          kernel_id: 'k',
          kernel_name: 'python3',
          status: 'ready',
          started_at: 't'
        }
      ]
    });
    expect(table.apply(events(requested('r3'), requested('r4')))).toBe(false);
    expect(statuses(table)).toEqual(['r2 pending']);
    expect(table.find('r1')?.status).toBe('lost');
    expect(table.session?.kernelId).toBe('k');
  });
});
