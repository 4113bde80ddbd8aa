// Calls in one card: what is over folds, what waits shows.

import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import type { IToolPart, MessagePart } from '../../api/conversations';
import { Calls, together } from '../calls';
import { show, until } from './showing';

const trans = nullTranslator.load('anode_jlab');

function call(
  call_id: string,
  tool: string,
  status: IToolPart['status'],
  diff = ''
): IToolPart {
  return { type: 'tool', call_id, tool, args: {}, status, diff };
}

function framed(...calls: IToolPart[]): Promise<HTMLElement> {
  return show(
    <Calls
      calls={calls}
      card={({ call_id }) => <p>{call_id}</p>}
      trans={trans}
    />
  );
}

function cards(node: HTMLElement): (string | null)[] {
  return [...node.querySelectorAll('p')].map(one => one.textContent);
}

describe('calls that follow one another', () => {
  it('are together, also over nothing but what was said before and after', () => {
    const text: MessagePart = { type: 'text', text: 'So.' };
    const [a, b, c] = [
      call('a', 'outline', 'done'),
      call('b', 'search', 'done'),
      call('c', 'history', 'done')
    ];
    expect(together([text, a, b, text, c])).toEqual([text, [a, b], text, [c]]);
  });

  it('fold into a line that says what they were, until somebody opens it', async () => {
    const node = await framed(
      call('a', 'read_cells', 'done'),
      call('b', 'modify_cell', 'done', '@@\n-x\n+y\n+z'),
      call('c', 'modify_cell', 'failed', '@@\n-x')
    );
    const head = node.querySelector('button')!;
    expect(head.textContent).toBe('Read cells, Change a cell ×2+2 −2Failed');
    expect(cards(node)).toEqual([]);
    head.click();
    await until(() => head.getAttribute('aria-expanded') === 'true');
    expect(cards(node)).toEqual(['a', 'b', 'c']);
  });

  it('show what waits, folded or not', async () => {
    const node = await framed(
      call('a', 'outline', 'done'),
      call('b', 'execute_cell', 'waiting')
    );
    expect(cards(node)).toEqual(['b']);
    expect(node.querySelector('button')!.textContent).toBe(
      'Read the outline, Run a cell'
    );
  });

  it('need no line when there is one', async () => {
    const node = await framed(call('a', 'outline', 'done'));
    expect(cards(node)).toEqual(['a']);
    expect(node.querySelector('button')).toBeNull();
  });
});
