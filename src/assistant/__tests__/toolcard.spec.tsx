// The card of a change that waits: a part of it may be allowed.

import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import type {
  IApproval,
  IApprovalAnswer,
  IToolPart
} from '../../api/conversations';
import { ToolCard } from '../toolcard';
import { show, until } from './showing';

const BEFORE = 'a = 1\nb = 2\nc = 3';

const PART: IToolPart = {
  type: 'tool',
  call_id: 'call',
  tool: 'modify_cell',
  args: { cell_id: 'x', base_seq: 7, source: 'a = 10\nb = 2\nc = 30' },
  status: 'waiting',
  diff: '--- cell x\n+++ cell x\n@@ -1,3 +1,3 @@\n-a = 1\n+a = 10\n b = 2\n-c = 3\n+c = 30'
};

async function open(source: string | null, part = PART) {
  const given: IApprovalAnswer[] = [];
  const node = await show(
    <ToolCard
      part={part}
      approval={
        {
          approval_id: 'ask',
          tool: part.tool,
          args: part.args,
          args_hash: 'hash'
        } as IApproval
      }
      mayAnswer={true}
      answer={(_, answer) => {
        given.push(answer);
        return Promise.resolve();
      }}
      revert={null}
      sourceOf={() => source}
      trans={nullTranslator.load('anode_jlab')}
    />
  );
  const boxes = () => [
    ...node.querySelectorAll<HTMLInputElement>('input[type=checkbox]')
  ];
  const button = (name: string) =>
    [...node.querySelectorAll('button')].find(
      ({ textContent }) => textContent === name
    );
  return { node, given, boxes, button };
}

describe('the card of a change at several places', () => {
  it('allows the places that are ticked', async () => {
    const { given, boxes, button } = await open(BEFORE);
    expect(boxes()).toHaveLength(2);
    boxes()[0]!.click();
    await until(() => button('Allow the chosen') !== undefined);
    button('Allow the chosen')!.click();
    expect(given).toEqual([
      {
        answer: 'once',
        args_hash: 'hash',
        args: { cell_id: 'x', base_seq: 7, source: 'a = 1\nb = 2\nc = 30' }
      }
    ]);
  });

  it('allows all of it as it was asked for, and none of it not at all', async () => {
    const { node, given, boxes, button } = await open(BEFORE);
    boxes().forEach(box => {
      box.click();
    });
    await until(() => button('Allow the chosen') !== undefined);
    button('Allow the chosen')!.click();
    await until(() => node.textContent.includes('Choose a change'));
    boxes().forEach(box => {
      box.click();
    });
    await until(() => button('Allow') !== undefined);
    button('Allow')!.click();
    expect(given).toEqual([{ answer: 'once', args_hash: 'hash' }]);
  });

  it('has no boxes where the cell is another one, or nobody waits', async () => {
    expect((await open('something else')).boxes()).toEqual([]);
    expect((await open(null)).boxes()).toEqual([]);
    const done = { ...PART, status: 'done' } as const;
    expect((await open(BEFORE, done)).boxes()).toEqual([]);
  });
});
