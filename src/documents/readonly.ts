// Keeps what a person does in an editor out of a text that may not be changed at the moment.

import type { Extension } from '@codemirror/state';
import { EditorState } from '@codemirror/state';

/**
 * What a person does, as CodeMirror names it.
 */
const BY_PERSON: readonly string[] = [
  'input',
  'delete',
  'move',
  'undo',
  'redo'
];

/**
 * An editor in which a person changes nothing while this is so; changes of others still come in.
 */
export function readOnlyWhile(isReadOnly: () => boolean): Extension {
  return EditorState.transactionFilter.of(transaction => {
    const isByPerson = BY_PERSON.some(event => transaction.isUserEvent(event));
    return transaction.docChanged && isByPerson && isReadOnly()
      ? []
      : transaction;
  });
}
