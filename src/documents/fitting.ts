// Sentences in the length that a notification shows.

/**
 * JupyterLab cuts what is longer.
 */
const SHOWN_LENGTH = 140;

/**
 * As many of these sentences as a notification shows whole, the first in any case; it shows text
 * only, so that marks of code would be seen.
 */
export function fitting(...sentences: string[]): string {
  const [first = '', ...rest] = sentences
    .filter(sentence => sentence !== '')
    .map(sentence => sentence.replaceAll('`', ''));
  return rest.reduce((text, sentence) => {
    const longer = `${text} ${sentence}`;
    return longer.length <= SHOWN_LENGTH ? longer : text;
  }, first);
}
