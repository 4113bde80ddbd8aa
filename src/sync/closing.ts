// Why the server hung up, and what follows from it.

/**
 * What to do after the server closed a connection.
 *
 * - `again`: connect again, waiting as usual.
 * - `slowly`: connect again, but give the server a rest first.
 * - `identify`: ask what the notebook is now (its id, our role) before connecting again.
 * - `replace`: the document here belongs to another history.
 * - `stop`: the same would happen again.
 */
export type AfterClose = 'again' | 'slowly' | 'identify' | 'replace' | 'stop';

/**
 * The close codes of the room (PROTOCOL); everything else is the network's.
 */
export function afterClose(code: number): AfterClose {
  switch (code) {
    case 4400:
    case 4413:
      return 'stop';
    case 4403:
    case 4404:
      return 'identify';
    case 4409:
      return 'replace';
    case 4429:
      return 'slowly';
    default:
      return 'again';
  }
}
