// Text in which nothing hides, and differences of texts.

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { linesOf } from './pieces';
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
 * Which pieces of a diff are left out, and how that is changed.
 */
export interface IPicking {
  readonly leftOut: ReadonlySet<number>;
  toggle(piece: number): void;
}

/**
 * A unified diff; with a box at each piece when some may be left out.
 */
export function Diff(props: {
  readonly diff: string;
  readonly picking?: IPicking | null;
  readonly trans: TranslationBundle;
}): React.ReactElement {
  const { picking = null, trans } = props;
  const lines = linesOf(props.diff);
  return (
    <pre
      className="jp-Anode-diff"
      tabIndex={0}
      role="group"
      aria-label={trans.__('What would change')}
    >
      {lines.map(({ kind, text, piece }, index) => (
        <React.Fragment key={index}>
          {picking && piece !== null && piece !== lines[index - 1]?.piece && (
            <Box piece={piece} picking={picking} trans={trans} />
          )}
          <span
            data-kind={kind}
            data-left-out={piece !== null && picking?.leftOut.has(piece)}
          >
            <Revealed text={text} />
            {'\n'}
          </span>
        </React.Fragment>
      ))}
    </pre>
  );
}

function Box(props: {
  readonly piece: number;
  readonly picking: IPicking;
  readonly trans: TranslationBundle;
}): React.ReactElement {
  const { piece, picking, trans } = props;
  return (
    <label className="jp-Anode-diff-piece">
      <input
        type="checkbox"
        checked={!picking.leftOut.has(piece)}
        onChange={() => picking.toggle(piece)}
      />
      {trans.__('Change %1', piece + 1)}
    </label>
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
