// Text in which nothing hides, and differences of texts.

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { piecesOf } from './visible';

/**
 * A text with every unseen character shown by its number.
 */
export function Revealed(props: { readonly text: string }): React.ReactElement {
  return (
    <>
      {piecesOf(props.text).map(({ text, isUnseen }, index) =>
        isUnseen ? (
          <mark key={index} className="jp-Anode-unseen">
            {text}
          </mark>
        ) : (
          <React.Fragment key={index}>{text}</React.Fragment>
        )
      )}
    </>
  );
}

/**
 * The kinds of lines of a unified diff, by how they begin.
 */
function kindOf(line: string): 'add' | 'remove' | 'place' | 'same' {
  if (line.startsWith('@@')) {
    return 'place';
  }
  if (line.startsWith('+')) {
    return 'add';
  }
  return line.startsWith('-') ? 'remove' : 'same';
}

/**
 * A unified diff.
 */
export function Diff(props: {
  readonly diff: string;
  readonly trans: TranslationBundle;
}): React.ReactElement {
  const lines = props.diff
    .replace(/\n$/, '')
    .split('\n')
    .filter((line, index) => index > 1 || !/^(\+\+\+|---)/.test(line));
  return (
    <pre
      className="jp-Anode-diff"
      tabIndex={0}
      role="group"
      aria-label={props.trans.__('What would change')}
    >
      {lines.map((line, index) => (
        <span key={index} data-kind={kindOf(line)}>
          <Revealed text={line} />
          {'\n'}
        </span>
      ))}
    </pre>
  );
}

/**
 * How many lines a diff adds and removes.
 */
export function countsOf(diff: string): { added: number; removed: number } {
  const lines = diff.split('\n');
  const count = (sign: string): number =>
    lines.filter(
      line => line.startsWith(sign) && !line.startsWith(sign.repeat(3))
    ).length;
  return { added: count('+'), removed: count('-') };
}
