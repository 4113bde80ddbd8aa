// The list of models, by provider; those that cannot be asked are marked and say why.

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IAiChoice, IAiModel, IAiProvider } from '../tokens';

/**
 * Stands between the ids of provider and model; neither has it.
 */
const SEPARATOR = '\n';

/**
 * The model of a choice.
 */
export function modelOf(
  providers: readonly IAiProvider[],
  choice: IAiChoice | null
): IAiModel | null {
  const provider = providers.find(({ id }) => id === choice?.provider);
  return provider?.models.find(({ id }) => id === choice?.model) ?? null;
}

/**
 * The picker.
 */
export function ModelPicker(props: {
  readonly providers: readonly IAiProvider[];
  readonly choice: IAiChoice | null;
  choose(choice: IAiChoice): void;
  readonly trans: TranslationBundle;
}): React.ReactElement {
  const { providers, choice, trans } = props;
  const value = choice ? choice.provider + SEPARATOR + choice.model : '';
  return (
    <select
      className="jp-Anode-picker"
      aria-label={trans.__('Model')}
      title={modelOf(providers, choice)?.title ?? trans.__('Model')}
      value={value}
      onChange={event => {
        const [provider, model] = event.target.value.split(SEPARATOR);
        if (provider !== undefined && model !== undefined) {
          props.choose({ provider, model });
        }
      }}
    >
      {choice === null && <option value="">{trans.__('No model')}</option>}
      {providers
        .filter(({ models }) => models.length > 0)
        .map(({ id, title, models }) => (
          <optgroup key={id} label={title}>
            {models.map(model => (
              <option
                key={model.id}
                value={id + SEPARATOR + model.id}
                disabled={!model.available}
                title={model.reason ?? ''}
              >
                {nameOf(model, trans)}
              </option>
            ))}
          </optgroup>
        ))}
    </select>
  );
}

function nameOf(model: IAiModel, trans: TranslationBundle): string {
  const title = model.title === '' ? model.id : model.title;
  return model.available ? title : trans.__('%1 (unavailable)', title);
}
