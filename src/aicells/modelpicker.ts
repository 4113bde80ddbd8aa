// The list of models at an AI cell.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { IAiChoice, IAiProvider } from '../tokens';

/**
 * Stands between the ids of provider and model; neither has it.
 */
const SEPARATOR = '\n';

/**
 * A list of models as a control of its own.
 */
export function modelPicker(
  choose: (choice: IAiChoice) => void,
  trans: TranslationBundle
): HTMLSelectElement {
  const list = document.createElement('select');
  list.className = 'jp-Anode-aiModel';
  list.title = trans.__('Model that is asked');
  list.setAttribute('aria-label', list.title);
  // It must not take the notebook into another mode, nor change the selection of cells.
  list.addEventListener('mousedown', event => event.stopPropagation());
  list.addEventListener('change', () => {
    const [provider, model] = list.value.split(SEPARATOR);
    if (provider !== undefined && model !== undefined) {
      choose({ provider, model });
    }
  });
  return list;
}

/**
 * Have a list show these models, and this one as chosen.
 */
export function showModels(
  list: HTMLSelectElement,
  providers: readonly IAiProvider[],
  choice: IAiChoice | null,
  trans: TranslationBundle
): void {
  const value = choice ? choice.provider + SEPARATOR + choice.model : '';
  const key = JSON.stringify([providers.map(({ models }) => models), value]);
  if (list.dataset['shown'] === key) {
    return;
  }
  list.dataset['shown'] = key;
  const groups = providers
    .filter(({ models }) => models.length > 0)
    .map(({ id, title, models }) => {
      const group = document.createElement('optgroup');
      group.label = title;
      for (const model of models) {
        const name = model.title === '' ? model.id : model.title;
        const word = model.available
          ? name
          : trans.__('%1 (unavailable)', name);
        const option = new Option(word, id + SEPARATOR + model.id);
        option.disabled = !model.available;
        option.title = model.reason ?? '';
        group.append(option);
      }
      return group;
    });
  list.replaceChildren(...groups);
  const isThere = [...list.options].some(option => option.value === value);
  if (!isThere) {
    const name = choice?.model ?? trans.__('No model');
    const word = choice ? trans.__('%1 (unavailable)', name) : name;
    list.prepend(new Option(word, value));
  }
  list.value = value;
}
