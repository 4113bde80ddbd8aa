import type { INotebookContent } from '@jupyterlab/nbformat';

import type { IEnvelope } from '../../tokens';
import { Moment } from '../moment';

class Past {
  readonly asked: number[] = [];
  readonly waiting: (() => void)[] = [];

  async document(_: string, seq: number): Promise<INotebookContent> {
    this.asked.push(seq);
    if (seq === 13) {
      throw new Error('That stretch of the history was purged.');
    }
    await new Promise<void>(resolve => this.waiting.push(resolve));
    return { at: seq } as unknown as INotebookContent;
  }

  event(_: string, seq: number): Promise<IEnvelope | null> {
    return Promise.resolve({ seq } as unknown as IEnvelope);
  }

  async answer(): Promise<void> {
    this.waiting.shift()?.();
    await new Promise(resolve => setTimeout(resolve));
  }
}

const NOW = { notebookId: 'n', seq: 20 };

describe('Moment', () => {
  it('reads the last of those that were asked for while one was read', async () => {
    const past = new Past();
    const moment = new Moment(NOW, past, 5);
    for (const seq of [6, 7, 8]) {
      moment.seq = seq;
    }
    await past.answer();
    await past.answer();
    expect(past.asked).toEqual([5, 8]);
    expect(moment.content).toEqual({ at: 8 });
    expect(moment.event?.seq).toBe(8);
  });

  it('stays within the history', () => {
    const moment = new Moment(NOW, new Past(), 5);
    moment.seq = 0;
    expect(moment.seq).toBe(1);
    moment.seq = 99;
    expect(moment.seq).toBe(20);
  });

  it('says why a moment cannot be shown, and shows the next one that can', async () => {
    const past = new Past();
    const moment = new Moment(NOW, past, 13);
    await past.answer();
    expect(moment.trouble).toContain('purged');
    expect(moment.content).toBeNull();
    moment.seq = 14;
    await past.answer();
    expect(moment.trouble).toBe('');
    expect(moment.content).toEqual({ at: 14 });
  });
});
