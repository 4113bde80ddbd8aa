// The calls that are not asked for any more, each with a way to have it asked for again.

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IAllowance, IConversation } from '../api/conversations';
import { allowedWord } from './toolwords';

/**
 * What the list shows.
 */
export interface IAllowancesProps {
  readonly allowances: readonly IAllowance[];
  readonly conversations: readonly IConversation[];
  mayRevoke(allowance: IAllowance): boolean;
  revoke(allowance: string): Promise<void>;
  readonly trans: TranslationBundle;
}

/**
 * The list, folded; nothing while everything is asked for.
 */
export function Allowances(props: IAllowancesProps): React.ReactElement | null {
  const { allowances, trans } = props;
  const [problem, setProblem] = React.useState('');
  if (allowances.length === 0) {
    return null;
  }
  return (
    <details className="jp-Anode-allowances">
      <summary>
        {trans._n(
          'One thing is always allowed',
          '%1 things are always allowed',
          allowances.length
        )}
      </summary>
      <ul>
        {allowances.map(allowance => (
          <li key={allowance.allowance_id}>
            <span>
              {allowedWord(allowance.tool, trans)}{' '}
              <small title={whereWords(allowance, props)}>
                {whereWords(allowance, props)}
              </small>
            </span>
            {props.mayRevoke(allowance) && (
              <button
                type="button"
                className="jp-mod-styled jp-mod-minimal"
                aria-label={trans.__(
                  'Ask again: %1',
                  allowedWord(allowance.tool, trans)
                )}
                onClick={() => {
                  setProblem('');
                  props
                    .revoke(allowance.allowance_id)
                    .catch((error: unknown) => {
                      setProblem(
                        error instanceof Error ? error.message : String(error)
                      );
                    });
                }}
              >
                {trans.__('Ask again')}
              </button>
            )}
          </li>
        ))}
      </ul>
      <p className="jp-Anode-tool-note" role="alert">
        {problem}
      </p>
    </details>
  );
}

/**
 * For whom, and in which conversation.
 */
function whereWords(
  { person, conversation_id }: IAllowance,
  { conversations, trans }: IAllowancesProps
): string {
  const known = conversations.find(
    one => one.conversation_id === conversation_id
  );
  return known && known.title !== ''
    ? trans.__('for %1 in “%2”', person.name, known.title)
    : trans.__('for %1', person.name);
}
