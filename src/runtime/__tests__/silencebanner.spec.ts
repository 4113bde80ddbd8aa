// The banner of a kernel that does not answer: what it offers first, and when it starts over.

import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import type { INotebookConnection } from '../../tokens';
import { SilenceBanner } from '../silencebanner';

function open(role = 'owner') {
  const asked: string[] = [];
  const runs = {
    session: { status: 'busy' },
    queue: [{ status: 'executing' }, { status: 'pending' }],
    interrupt: () => Promise.resolve(asked.push('interrupt')),
    restart: () => Promise.resolve(asked.push('restart')),
    changed: new Signal<object, void>({})
  };
  const connection = { role, runs } as unknown as INotebookConnection;
  class Shown extends SilenceBanner {
    get said() {
      return this.content();
    }
    dismiss(): void {
      this.hideIt();
    }
  }
  const banner = new Shown(
    connection,
    error => {
      throw error;
    },
    nullTranslator.load('')
  );
  const become = (status: string): void => {
    runs.session = { status };
    runs.changed.emit();
  };
  return { asked, banner, become };
}

describe('the banner of a kernel that does not answer', () => {
  it('offers an interrupt, and after it only a restart', () => {
    const { asked, banner, become } = open();
    expect(banner.said).toBeNull();
    become('unresponsive');
    expect(banner.said?.advice).toContain('1 run waits.');
    const [interrupt, restart] = banner.said!.answers;
    expect(restart?.label).toMatch(/^Restart/);
    interrupt!.act();
    expect(asked).toEqual(['interrupt']);
    expect(banner.said?.answers.map(({ label }) => label)).toEqual([
      restart!.label
    ]);
    banner.said!.answers[0]!.act();
    expect(asked).toEqual(['interrupt', 'restart']);
    become('ready');
    expect(banner.said).toBeNull();
    become('unresponsive');
    expect(banner.said?.answers).toHaveLength(2);
  });

  it('comes back after it was hidden only for another silence', () => {
    const { banner, become } = open();
    become('unresponsive');
    banner.dismiss();
    expect(banner.said).toBeNull();
    become('unresponsive');
    expect(banner.said).toBeNull();
    become('busy');
    become('unresponsive');
    expect(banner.said).not.toBeNull();
  });

  it('offers nothing to those who may not run code', () => {
    const { banner, become } = open('reader');
    become('unresponsive');
    expect(banner.said?.answers).toEqual([]);
  });
});
