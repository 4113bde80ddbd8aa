// Questions under a name: a person's own, those of a notebook, and what hands wrote into either.

import { YNotebook } from '@jupyter/ydoc';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import * as React from 'react';

import { PromptList } from '../promptlist';
import type { IPrompt } from '../prompts';
import { PlacedPrompts, promptName, SavedPrompts } from '../prompts';
import { kept } from '../suggestions';
import { show, until } from './showing';

const trans = nullTranslator.load('anode_jlab');

/**
 * Settings as the registry keeps them.
 */
function settings(prompts: unknown = []) {
  const composite: Record<string, unknown> = { prompts };
  const changed = new Signal<object, void>({});
  return {
    composite,
    changed,
    set: (key: string, value: unknown) => {
      composite[key] = value;
      changed.emit();
      return Promise.resolve();
    }
  };
}

function setup(mayWrite = true) {
  const saved = new SavedPrompts();
  const own = settings();
  saved.setSettings(own);
  const notebook = new YNotebook();
  notebook.fromJSON({
    cells: [],
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5
  });
  const prompts = new PlacedPrompts(saved, () => ({ notebook, mayWrite }));
  return { saved, own, notebook, prompts };
}

describe('saved questions', () => {
  it('are kept where they are wanted, one for each name', async () => {
    const { own, notebook, prompts } = setup();
    notebook.setMetadata('anode_jlab', { other: 1 });
    await prompts.save({ name: 'a', text: 'Mine?', place: 'person' });
    await prompts.save({ name: 'a', text: 'Ours?', place: 'notebook' });
    await prompts.save({ name: 'a', text: 'Ours then?', place: 'notebook' });
    expect(own.composite['prompts']).toEqual([{ name: 'a', text: 'Mine?' }]);
    expect(notebook.getMetadata('anode_jlab')).toEqual({
      other: 1,
      prompts: [{ name: 'a', text: 'Ours then?' }]
    });
    expect(kept('a', prompts.all, trans).map(({ text }) => text)).toEqual([
      'Mine?',
      'Ours then?'
    ]);
    await prompts.remove({ name: 'a', text: '', place: 'notebook' });
    expect(notebook.getMetadata('anode_jlab')).toEqual({ other: 1 });
    await prompts.remove({ name: 'a', text: '', place: 'person' });
    expect(prompts.all).toEqual([]);
  });

  it('leave nothing in a notebook that has none any more', async () => {
    const { notebook, prompts } = setup();
    const prompt = { name: 'a', text: 'x', place: 'notebook' } as const;
    await prompts.save(prompt);
    await prompts.remove(prompt);
    expect(notebook.getMetadata()).toEqual({});
  });

  it('are told of when the settings change', async () => {
    const { saved, prompts } = setup();
    let told = 0;
    saved.changed.connect(() => told++);
    await prompts.save({ name: 'a', text: 'x', place: 'person' });
    expect(told).toBe(1);
  });

  it('are kept in the notebook by who may change it', () => {
    expect(setup().prompts.places).toEqual(['person', 'notebook']);
    expect(setup(false).prompts.places).toEqual(['person']);
    const none = new PlacedPrompts(new SavedPrompts(), () => ({
      notebook: null,
      mayWrite: true
    }));
    expect([none.places, none.all]).toEqual([[], []]);
  });

  it('pass over what is none', () => {
    const { notebook, prompts } = setup();
    notebook.setMetadata('anode_jlab', {
      prompts: [1, null, { name: 'x' }, { name: '//', text: 'y' }]
    });
    expect(prompts.all).toEqual([]);
    notebook.setMetadata('anode_jlab', 'text');
    expect(prompts.all).toEqual([]);
  });

  it('have names that can stand behind a slash', () => {
    expect(['Plot it / twice', ' @a ', '/', ''].map(promptName)).toEqual([
      'plot-it-twice',
      'a',
      '',
      ''
    ]);
  });
});

it('the list puts a question into the field, and keeps the one there', async () => {
  const { prompts } = setup();
  await prompts.save({ name: 'plot', text: 'Plot it.', place: 'person' });
  const used: string[] = [];
  let closed = 0;
  const node = await show(
    <PromptList
      prompts={prompts}
      draft=" Why? "
      use={text => used.push(text)}
      close={() => closed++}
      trans={trans}
    />
  );
  node.querySelector<HTMLElement>('.jp-Anode-prompt')!.click();
  expect([used, closed]).toEqual([['Plot it.'], 1]);
  const field = node.querySelector('input')!;
  // As React sees what somebody types.
  Object.getOwnPropertyDescriptor(
    HTMLInputElement.prototype,
    'value'
  )!.set!.call(field, 'Ask why');
  field.dispatchEvent(new Event('input', { bubbles: true }));
  const keep = [...node.querySelectorAll('button')].at(-1)!;
  await until(() => !keep.disabled);
  keep.click();
  const expected: IPrompt = { name: 'ask-why', text: 'Why?', place: 'person' };
  expect(prompts.all.at(-1)).toEqual(expected);
});
