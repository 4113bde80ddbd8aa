// How much goes to the model with a question, and what exactly.

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IContextItem, IManifest } from '../api/conversations';
import { count } from './messageview';
import { Revealed } from './revealed';

/**
 * The meter: a button that opens the list.
 */
export function ContextMeter(props: {
  readonly manifest: IManifest | null;
  readonly isOpen: boolean;
  toggle(): void;
  readonly trans: TranslationBundle;
}): React.ReactElement {
  const { manifest, isOpen, trans } = props;
  const share = manifest
    ? Math.min(1, manifest.tokens / Math.max(1, manifest.budget))
    : 0;
  return (
    <button
      type="button"
      className="jp-Anode-meter"
      aria-expanded={isOpen}
      title={trans.__('What will be sent')}
      onClick={props.toggle}
    >
      <meter
        min={0}
        max={1}
        high={0.9}
        value={share}
        aria-label={trans.__('Share of what the model takes')}
      />
      <span>
        {manifest
          ? trans.__('%1 tokens', count(manifest.tokens))
          : trans.__('Context')}
      </span>
    </button>
  );
}

/**
 * Everything that would be sent, each with its size and its text.
 */
export function SentList(props: {
  readonly manifest: IManifest | null;
  goTo(cellId: string): void;
  readonly trans: TranslationBundle;
}): React.ReactElement {
  const { manifest, trans } = props;
  if (!manifest) {
    return (
      <p className="jp-Anode-sent-note" role="status">
        {trans.__('Asking what would be sent…')}
      </p>
    );
  }
  const hidden = manifest.left_out.filter(({ reason }) => reason === 'hidden');
  const dropped = manifest.left_out.length - hidden.length;
  return (
    <section
      className="jp-Anode-sent"
      aria-label={trans.__('What will be sent')}
      tabIndex={0}
    >
      <h3>
        {trans.__(
          'What will be sent: %1 of %2 tokens',
          count(manifest.tokens),
          count(manifest.budget)
        )}
      </h3>
      <ul>
        {manifest.items.map((item, index) => (
          <Item key={index} item={item} goTo={props.goTo} trans={trans} />
        ))}
      </ul>
      {hidden.length > 0 && (
        <p className="jp-Anode-sent-note">
          {trans._n(
            '%1 hidden cell is not sent. Code that the assistant runs can still read its variables.',
            '%1 hidden cells are not sent. Code that the assistant runs can still read their variables.',
            hidden.length
          )}
        </p>
      )}
      {dropped > 0 && (
        <p className="jp-Anode-sent-note">
          {trans._n(
            '%1 cell does not fit and goes as a line of the outline.',
            '%1 cells do not fit and go as lines of the outline.',
            dropped
          )}
        </p>
      )}
    </section>
  );
}

function Item(props: {
  readonly item: IContextItem;
  goTo(cellId: string): void;
  readonly trans: TranslationBundle;
}): React.ReactElement {
  const { item, trans } = props;
  const { cell_id: cell = null } = item;
  return (
    <li>
      <details>
        <summary>
          <span className="jp-Anode-sent-title">
            <Revealed text={item.title} />
          </span>
          <span className="jp-Anode-sent-size">
            {item.truncated
              ? trans.__('%1, shortened', count(item.tokens))
              : count(item.tokens)}
          </span>
        </summary>
        <pre tabIndex={0}>
          <Revealed text={item.text} />
        </pre>
        {cell !== null && (
          <button
            type="button"
            className="jp-Anode-link"
            onClick={() => props.goTo(cell)}
          >
            {trans.__('Show the cell')}
          </button>
        )}
      </details>
    </li>
  );
}
