// The saved questions: chosen, taken away, and the one in the field kept under a name.

import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IPrompt, PlacedPrompts, PromptPlace } from './prompts';
import { promptName } from './prompts';
import { Revealed } from './revealed';

/**
 * What the list works on.
 */
export interface IPromptListProps {
  readonly prompts: Pick<PlacedPrompts, 'all' | 'places' | 'save' | 'remove'>;

  /**
   * The question in the field.
   */
  readonly draft: string;

  /**
   * A question was chosen; nothing is asked yet.
   */
  use(text: string): void;

  /**
   * The list is done with.
   */
  close(): void;
  readonly trans: TranslationBundle;
}

/**
 * The list and the form below it.
 */
export function PromptList(props: IPromptListProps): React.ReactElement {
  const { prompts, draft, trans } = props;
  const [problem, setProblem] = React.useState('');
  const attempt = (work: Promise<void>): void => {
    setProblem('');
    work.catch((error: unknown) => {
      setProblem(error instanceof Error ? error.message : String(error));
    });
  };
  return (
    <section
      className="jp-Anode-prompts"
      aria-label={trans.__('Saved questions')}
    >
      <h3>{trans.__('Saved questions')}</h3>
      {prompts.all.length === 0 && (
        <p className="jp-Anode-sent-note">
          {trans.__('Write a question below, then keep it here under a name.')}
        </p>
      )}
      <ul>
        {prompts.all.map(prompt => (
          <Row
            key={`${prompt.place} ${prompt.name}`}
            {...props}
            prompt={prompt}
            attempt={attempt}
          />
        ))}
      </ul>
      {draft.trim() !== '' && prompts.places.length > 0 && (
        <Keep {...props} attempt={attempt} />
      )}
      <p className="jp-Anode-tool-note" role="alert">
        {problem}
      </p>
    </section>
  );
}

interface IAttempting extends IPromptListProps {
  attempt(work: Promise<void>): void;
}

function Row(
  props: IAttempting & { readonly prompt: IPrompt }
): React.ReactElement {
  const { prompts, prompt, trans } = props;
  return (
    <li>
      <button
        type="button"
        className="jp-Anode-prompt"
        title={prompt.text}
        onClick={() => {
          props.use(prompt.text);
          props.close();
        }}
      >
        /{prompt.name}{' '}
        <small>
          {prompt.place === 'notebook' && trans.__('(this notebook)')}{' '}
          <Revealed text={prompt.text.replace(/\s+/g, ' ').slice(0, 80)} />
        </small>
      </button>
      {prompts.places.includes(prompt.place) && (
        <button
          type="button"
          className="jp-Anode-iconButton"
          title={trans.__('Remove')}
          aria-label={trans.__('Remove %1', prompt.name)}
          onClick={() => props.attempt(prompts.remove(prompt))}
        >
          <closeIcon.react tag="span" elementSize="small" />
        </button>
      )}
    </li>
  );
}

/**
 * Keeps the question in the field. It stands within the composer's form: Enter keeps, nothing is sent.
 */
function Keep(props: IAttempting): React.ReactElement {
  const { prompts, trans } = props;
  const [name, setName] = React.useState('');
  const [chosen, setChosen] = React.useState<PromptPlace>('person');
  const { places } = prompts;
  const place = places.includes(chosen) ? chosen : places[0]!;
  const word = promptName(name);
  const keep = (): void => {
    if (word !== '') {
      const text = props.draft.trim();
      props.attempt(prompts.save({ name: word, text, place }));
      setName('');
    }
  };
  return (
    <div className="jp-Anode-prompts-keep">
      <input
        className="jp-mod-styled"
        aria-label={trans.__('Name for the question below')}
        placeholder={trans.__('Name')}
        value={name}
        onChange={event => setName(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            event.preventDefault();
            keep();
          }
        }}
      />
      <select
        className="jp-Anode-picker"
        aria-label={trans.__('Where to keep it')}
        value={place}
        onChange={event => setChosen(event.target.value as PromptPlace)}
      >
        {places.map(one => (
          <option key={one} value={one}>
            {one === 'person'
              ? trans.__('For me')
              : trans.__('In this notebook')}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="jp-mod-styled"
        disabled={word === ''}
        onClick={keep}
      >
        {trans.__('Keep')}
      </button>
    </div>
  );
}
