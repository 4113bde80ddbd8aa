import type { IRuntimeSession } from '../../tokens';
import type { NativeSession } from '../model';
import { viewOf } from '../model';

const SESSION: IRuntimeSession = {
  id: 's',
  kernelId: 'k',
  kernelName: 'python3',
  status: 'ready',
  foreign: false,
  startedAt: 't',
  endedAt: null,
  reason: null,
  detail: ''
};

const NONE: NativeSession = {
  hasNoKernel: true,
  kernelDisplayName: 'No Kernel',
  kernelDisplayStatus: 'unknown',
  session: null
};

const IDLE: NativeSession = {
  hasNoKernel: false,
  kernelDisplayName: 'Python 3 (ipykernel)',
  kernelDisplayStatus: 'idle',
  session: { kernel: { id: 'another' } } as NativeSession['session']
};

const SAME: NativeSession = {
  ...IDLE,
  session: { kernel: { id: SESSION.kernelId } } as NativeSession['session']
};

function view(session: IRuntimeSession | null, native: NativeSession) {
  return viewOf(session ? [session] : [], 0, native, name =>
    name.toUpperCase()
  );
}

describe('how a runtime is', () => {
  it('is told by the server while it has one', () => {
    expect(view(SESSION, NONE)).toMatchObject({
      kind: 'idle',
      kernel: 'PYTHON3'
    });
    expect(view({ ...SESSION, status: 'unresponsive' }, { ...IDLE }).kind).toBe(
      'unresponsive'
    );
    expect(
      view({ ...SESSION, status: 'busy', foreign: true }, IDLE)
    ).toMatchObject({ kind: 'busy', foreign: true });
  });

  it("is told by JupyterLab's session before the server knows of it", () => {
    expect(view(null, IDLE)).toMatchObject({
      kind: 'idle',
      kernel: 'Python 3 (ipykernel)'
    });
    const starting = { ...IDLE, kernelDisplayStatus: 'initializing' } as const;
    expect(view(null, starting).kind).toBe('starting');
    expect(view(null, NONE)).toMatchObject({ kind: 'none', kernel: '' });
  });

  it('is told with its reason when it ended and there is no other', () => {
    const ended = {
      ...SESSION,
      status: 'terminated',
      endedAt: 't',
      reason: 'oom',
      detail: 'signal 9'
    } as const;
    expect(view(ended, NONE)).toMatchObject({
      kind: 'terminated',
      kernel: 'PYTHON3',
      reason: 'oom',
      detail: 'signal 9'
    });
    expect(view(ended, IDLE).kind).toBe('idle');
    // JupyterLab has not heard of its end.
    expect(view(ended, SAME).kind).toBe('terminated');
    const unstarted = { ...ended, id: 't', kernelId: 'l', detail: 'It ended.' };
    expect(viewOf([ended, unstarted], 0, SAME, name => name)).toMatchObject({
      kind: 'terminated',
      detail: 'It ended.'
    });
    const autorestarting = {
      ...SAME,
      kernelDisplayStatus: 'autorestarting'
    } as const;
    expect(view(ended, autorestarting).kind).toBe('restarting');
    const restarted = { ...ended, reason: 'restart' };
    expect(view(restarted, SAME).kind).toBe('idle');
  });

  it('is a restart as long as JupyterLab is restarting it', () => {
    const restarting = { ...IDLE, kernelDisplayStatus: 'restarting' } as const;
    expect(view(SESSION, restarting).kind).toBe('restarting');
  });
});
