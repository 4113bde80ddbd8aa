// Takes changes of the assistant back: those of one call, or of a whole answer.

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IReverted } from '../api/conversations';

/**
 * What a button that takes back needs.
 */
export interface IRevertProps {
  readonly label: string;
  readonly title: string;
  revert(): Promise<IReverted>;
  readonly trans: TranslationBundle;
}

/**
 * The button, and what came of it.
 */
export function Revert(props: IRevertProps): React.ReactElement {
  const { label, title, trans } = props;
  const [isSent, setSent] = React.useState(false);
  const [done, setDone] = React.useState('');
  const [problem, setProblem] = React.useState('');
  const take = (): void => {
    setSent(true);
    setProblem('');
    props
      .revert()
      .then(reverted => setDone(revertedWords(reverted, trans)))
      .catch((error: unknown) => {
        setProblem(error instanceof Error ? error.message : String(error));
      })
      .finally(() => setSent(false));
  };
  return (
    <div className="jp-Anode-revert">
      <button
        type="button"
        className="jp-mod-styled jp-mod-minimal"
        title={title}
        disabled={isSent}
        onClick={take}
      >
        {label}
      </button>
      <p className="jp-Anode-tool-note" role="status">
        {done}
      </p>
      <p className="jp-Anode-tool-note" role="alert">
        {problem}
      </p>
    </div>
  );
}

/**
 * What was taken back and what was not, in words.
 */
export function revertedWords(
  { reverted, kept }: IReverted,
  trans: TranslationBundle
): string {
  const edited = kept.filter(({ reason }) => reason === 'edited').length;
  const gone = kept.length - edited;
  const words = [
    reverted.length > 0
      ? trans._n(
          'Taken back in one cell.',
          'Taken back in %1 cells.',
          reverted.length
        )
      : trans.__('Nothing was taken back.'),
    edited > 0
      ? trans._n(
          'One cell stays: it was changed since then.',
          '%1 cells stay: they were changed since then.',
          edited
        )
      : '',
    gone > 0
      ? trans._n(
          'One cell is not there any more.',
          '%1 cells are not there any more.',
          gone
        )
      : ''
  ];
  return words.filter(word => word !== '').join(' ');
}
