// The one card that shows while there is nobody to ask, and where keys are set.

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { AiApi } from '../api/ai';
import { advised } from '../api/errors';
import type { IAiProvider, IAnodeAi } from '../tokens';
import { Prose } from '../ui/prose';

/**
 * Where Ollama listens.
 */
const EXAMPLE = 'http://localhost:11434/v1';

/**
 * A problem that the state of the key says already.
 */
const NO_KEY = 'no_key';

/**
 * The part of the server's routes that is needed.
 */
export type KeySource = Pick<AiApi, 'setKey' | 'forgetKey' | 'setProvider'>;

/**
 * The card.
 */
export function SetupCard(props: {
  readonly ai: IAnodeAi;
  readonly keys: KeySource;
  readonly trans: TranslationBundle;
}): React.ReactElement {
  const { ai, keys, trans } = props;
  return (
    <section className="jp-Anode-setup" aria-label={trans.__('Providers')}>
      {!ai.isSet && (
        <>
          <h3>{trans.__('No assistant is set up yet')}</h3>
          <p>
            <Prose
              text={
                ai.reason === ''
                  ? trans.__(
                      'Give the key of a provider, or the address of a server of your own such as Ollama. Until then nothing is sent anywhere.'
                    )
                  : ai.reason
              }
            />
          </p>
        </>
      )}
      {ai.providers.map(provider => (
        <ProviderForm
          key={provider.id}
          provider={provider}
          keys={keys}
          refresh={() => ai.refresh(true)}
          trans={trans}
        />
      ))}
      <AddressForm keys={keys} refresh={() => ai.refresh(true)} trans={trans} />
    </section>
  );
}

/**
 * What a form says about its last try.
 */
function useTry(refresh: () => Promise<void>): {
  readonly problem: string;
  readonly isBusy: boolean;
  attempt(act: () => Promise<unknown>): Promise<boolean>;
} {
  const [problem, setProblem] = React.useState('');
  const [isBusy, setBusy] = React.useState(false);
  const attempt = async (act: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setProblem('');
    try {
      await act();
      await refresh();
      return true;
    } catch (error) {
      setProblem(advised(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { problem, isBusy, attempt };
}

function ProviderForm(props: {
  readonly provider: IAiProvider;
  readonly keys: KeySource;
  refresh(): Promise<void>;
  readonly trans: TranslationBundle;
}): React.ReactElement {
  const { provider, keys, trans } = props;
  const [key, setKey] = React.useState('');
  const { problem, isBusy, attempt } = useTry(props.refresh);
  const save = async (): Promise<void> => {
    if (await attempt(() => keys.setKey(provider.id, key))) {
      setKey('');
    }
  };
  const isOurs =
    provider.key.set &&
    provider.key.source !== 'environment' &&
    provider.key.source !== 'command';
  return (
    <form
      className="jp-Anode-provider"
      onSubmit={event => {
        event.preventDefault();
        void save();
      }}
    >
      <h4 title={provider.base_url}>{provider.title}</h4>
      <p className="jp-Anode-provider-state">{stateOf(provider, trans)}</p>
      {provider.problem && provider.problem.code !== NO_KEY && (
        <p role="alert">
          {provider.problem.message} {provider.problem.hint}
        </p>
      )}
      <div className="jp-Anode-provider-row">
        <input
          className="jp-mod-styled"
          type="password"
          autoComplete="off"
          placeholder={trans.__('Key')}
          aria-label={trans.__('Key of %1', provider.title)}
          value={key}
          onChange={event => setKey(event.target.value)}
        />
        <button
          className="jp-mod-styled jp-mod-accept"
          disabled={isBusy || key.trim() === ''}
        >
          {trans.__('Save')}
        </button>
        {isOurs && (
          <button
            type="button"
            className="jp-mod-styled jp-mod-minimal"
            disabled={isBusy}
            onClick={() => void attempt(() => keys.forgetKey(provider.id))}
          >
            {trans.__('Forget')}
          </button>
        )}
      </div>
      <p role="alert">{problem}</p>
    </form>
  );
}

function stateOf(
  { key, models }: IAiProvider,
  trans: TranslationBundle
): string {
  const there = models.filter(({ available }) => available).length;
  const modelWords = there > 0 ? trans._n('%1 model', '%1 models', there) : '';
  return [keyWords(key, trans), modelWords]
    .filter(word => word !== '')
    .join(' · ');
}

function keyWords(
  { set, last4 = '', source }: IAiProvider['key'],
  trans: TranslationBundle
): string {
  if (!set) {
    return trans.__('No key');
  }
  const tail = last4 === '' ? '' : ` …${last4}`;
  switch (source) {
    case 'environment':
      return trans.__('Key%1 of the environment', tail);
    case 'command':
      return trans.__('Key%1 of a command', tail);
    case 'keyring':
      return trans.__('Key%1 in the keyring', tail);
    default:
      return trans.__('Key%1 on the server', tail);
  }
}

/**
 * A server of one's own, or a gateway.
 */
function AddressForm(props: {
  readonly keys: KeySource;
  refresh(): Promise<void>;
  readonly trans: TranslationBundle;
}): React.ReactElement {
  const { keys, trans } = props;
  const [address, setAddress] = React.useState('');
  const [kind, setKind] = React.useState<IAiProvider['kind']>('openai');
  const { problem, isBusy, attempt } = useTry(props.refresh);
  const save = async (): Promise<void> => {
    const base_url = address.trim();
    const id = base_url
      .replace(/^https?:\/\//, '')
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .toLowerCase();
    if (await attempt(() => keys.setProvider(id, { kind, base_url }))) {
      setAddress('');
    }
  };
  return (
    <details className="jp-Anode-provider">
      <summary>{trans.__('Add another address')}</summary>
      <form
        onSubmit={event => {
          event.preventDefault();
          void save();
        }}
      >
        <div className="jp-Anode-provider-row">
          <select
            className="jp-mod-styled"
            aria-label={trans.__('Kind of server')}
            value={kind}
            onChange={event =>
              setKind(event.target.value as IAiProvider['kind'])
            }
          >
            <option value="openai">{trans.__('Like OpenAI')}</option>
            <option value="anthropic">{trans.__('Like Anthropic')}</option>
          </select>
          <input
            className="jp-mod-styled"
            type="url"
            placeholder={EXAMPLE}
            aria-label={trans.__('Address')}
            value={address}
            onChange={event => setAddress(event.target.value)}
          />
          <button
            className="jp-mod-styled jp-mod-accept"
            disabled={isBusy || address.trim() === ''}
          >
            {trans.__('Add')}
          </button>
        </div>
        <p role="alert">{problem}</p>
      </form>
    </details>
  );
}
