// What was allowed for good, what is taken back, and a conversation as a file.

import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import type {
  IAllowance,
  IConversation,
  IReverted,
  IThread,
  IToolPart
} from '../../api/conversations';
import { Allowances } from '../allowances';
import { Revert, revertedWords } from '../revert';
import { mayBeReverted } from '../toolwords';
import { fileNameOf, transcriptOf } from '../transcript';
import { show, until } from './showing';

const trans = nullTranslator.load('anode_jlab');

describe('the list of what is always allowed', () => {
  const allowances = [
    { allowance_id: 'a1', tool: 'execute_cell', conversation_id: 'c' },
    { allowance_id: 'a2', tool: 'modify_cell', conversation_id: 'gone' }
  ].map(one => ({
    ...one,
    person: { kind: 'human', id: 'ada', name: 'Ada' },
    since: '2026-01-01T00:00:00Z'
  })) as IAllowance[];
  const conversations = [
    { conversation_id: 'c', title: 'Ducks' }
  ] as IConversation[];

  it('is not there while everything is asked for', async () => {
    const node = await show(
      <Allowances
        allowances={[]}
        conversations={[]}
        mayRevoke={() => true}
        revoke={() => Promise.resolve()}
        trans={trans}
      />
    );
    expect(node.textContent).toBe('');
  });

  it('says what, for whom and where, and lets those take it back who may', async () => {
    const node = await show(
      <Allowances
        allowances={allowances}
        conversations={conversations}
        mayRevoke={({ allowance_id }) => allowance_id === 'a1'}
        revoke={id => Promise.reject(new Error(`Not ${id}.`))}
        trans={trans}
      />
    );
    const rows = [...node.querySelectorAll('li span')];
    expect(rows.map(({ textContent }) => textContent)).toEqual([
      'Run cells for Ada in “Ducks”',
      'Change a cell for Ada'
    ]);
    const buttons = [...node.querySelectorAll('button')];
    expect(buttons).toHaveLength(1);
    buttons[0]!.click();
    await until(() => node.textContent.includes('Not a1.'));
  });
});

describe('taking changes back', () => {
  it('is offered for calls that changed the notebook', () => {
    const call = { tool: 'modify_cell', status: 'done', events: [4] };
    const calls = [
      call,
      { ...call, tool: 'execute_cell' },
      { ...call, events: [] },
      { ...call, status: 'failed' }
    ] as unknown as IToolPart[];
    expect(calls.map(mayBeReverted)).toEqual([true, false, false, false]);
  });

  it('says what stays', () => {
    const words = (reverted: string[], ...reasons: ('edited' | 'gone')[]) =>
      revertedWords(
        {
          reverted,
          kept: reasons.map(reason => ({ cell_id: reason, reason }))
        },
        trans
      );
    expect(words(['a'])).toBe('Taken back in one cell.');
    expect(words(['a', 'b'], 'edited')).toBe(
      'Taken back in 2 cells. One cell stays: it was changed since then.'
    );
    expect(words([], 'gone')).toBe(
      'Nothing was taken back. One cell is not there any more.'
    );
  });

  it('shows what came of it, and what went wrong', async () => {
    const answers: (() => Promise<IReverted>)[] = [
      () => Promise.reject(new Error('Not now.')),
      () => Promise.resolve({ reverted: ['a'], kept: [] })
    ];
    const node = await show(
      <Revert
        label="Take back"
        title=""
        revert={() => answers.shift()!()}
        trans={trans}
      />
    );
    const button = node.querySelector('button')!;
    button.click();
    await until(
      () => node.textContent.includes('Not now.') && !button.disabled
    );
    button.click();
    await until(() => node.textContent.includes('Taken back in one cell.'));
    expect(node.textContent).not.toContain('Not now.');
  });
});

describe('a conversation as a file', () => {
  it('has what was said and done, between fences that nothing closes', () => {
    const thread = {
      title: 'Ducks',
      messages: [
        {
          role: 'user',
          actor: { name: 'Ada' },
          time: 'T1',
          status: 'complete',
          parts: [{ type: 'text', text: 'Count.' }]
        },
        {
          role: 'assistant',
          model: 'small',
          time: 'T2',
          status: 'failed',
          error: { code: 'x', message: 'Cut.', hint: 'Again.' },
          parts: [
            { type: 'thinking', text: 'hm' },
            {
              type: 'tool',
              tool: 'modify_cell',
              status: 'done',
              args: '{"a": 1}',
              diff: '+```\n',
              result: 'ok'
            },
            { type: 'text', text: 'One.' }
          ]
        }
      ]
    } as unknown as IThread;
    expect(transcriptOf(thread, trans)).toBe(
      [
        '# Ducks',
        '## Ada, T1',
        'Count.',
        '## small, T2',
        '**Change a cell** (Done)',
        '````diff\n+```\n````',
        '```\nok\n```',
        'One.',
        '**Cut.** Again.\n'
      ].join('\n\n')
    );
  });

  it('has a name that every system takes', () => {
    expect(fileNameOf('a', 'Why? C:/x')).toBe('a.Why-C-x.md');
    expect(fileNameOf('a', '???')).toBe('a.chat.md');
  });
});
