// Text that is larger than a change may be does not get into an editor.

import type { TransactionSpec } from '@codemirror/state';
import { EditorState } from '@codemirror/state';

import { insertLimit } from '../insertlimit';

const LIMIT = 10_000;

function editor(limit = LIMIT) {
  const refused: number[] = [];
  let state = EditorState.create({
    doc: 'before',
    extensions: [
      insertLimit(
        () => limit,
        size => refused.push(size)
      )
    ]
  });
  return {
    refused,
    get text() {
      return state.doc.toString();
    },
    put(insert: string, userEvent?: string) {
      const changes = { from: 0, to: state.doc.length, insert };
      const spec: TransactionSpec = { changes };
      state = state.update(userEvent ? { ...spec, userEvent } : spec).state;
    }
  };
}

it('takes what is small enough', () => {
  const one = editor();
  one.put('x'.repeat(5_000), 'input.paste');
  expect(one.text).toHaveLength(5_000);
  one.put('', 'input.paste');
  expect(one.text).toBe('');
  expect(one.refused).toEqual([]);
});

it.each(['input.paste', 'input.drop', 'input'])('refuses by %s', event => {
  const one = editor();
  one.put('x'.repeat(LIMIT), event);
  expect(one.text).toBe('before');
  expect(one.refused).toEqual([LIMIT]);
});

it('counts bytes, not characters', () => {
  const one = editor();
  one.put('é'.repeat(4_000), 'input.paste');
  expect(one.text).toBe('before');
  expect(one.refused).toEqual([8_000]);
});

it('takes what comes from the shared document, and everything without a limit', () => {
  const one = editor();
  one.put('x'.repeat(LIMIT));
  expect(one.text).toHaveLength(LIMIT);
  const free = editor(Infinity);
  free.put('x'.repeat(LIMIT), 'input.paste');
  expect(free.text).toHaveLength(LIMIT);
});
