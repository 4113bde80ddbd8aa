import type { Notebook } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { CellPeople } from '../cellpeople';
import type { IPresentPerson, PeopleModel } from '../model';
import { peopleIn } from '../model';

/**
 * The part of a notebook that is needed: cells with ids and nodes.
 */
function notebookOf(...ids: string[]) {
  const widgets = ids.map(id => ({
    model: { id },
    node: document.createElement('div'),
    addClass: jest.fn(),
    removeClass: jest.fn()
  }));
  const owner = {};
  return {
    widgets,
    modelContentChanged: new Signal<object, void>(owner)
  };
}

function peopleOf() {
  const owner = {};
  const changed = new Signal<object, void>(owner);
  return { people: [] as IPresentPerson[], changed };
}

/**
 * People at cells; oneself is Ada.
 */
function at(places: Record<string, string>, doing = 'here'): IPresentPerson[] {
  const states = Object.entries(places).map(
    ([name, cell], index) =>
      [
        index,
        { user: { username: name, name }, anode: { cell, doing } }
      ] as const
  );
  return peopleIn(new Map<number, Record<string, unknown>>(states), 0);
}

describe('CellPeople', () => {
  const goTo = jest.fn();

  function setup() {
    const notebook = notebookOf('one', 'two');
    const people = peopleOf();
    const marks = new CellPeople(
      notebook as unknown as Notebook,
      people as unknown as PeopleModel,
      goTo,
      nullTranslator.load('anode_jlab')
    );
    const show = (found: IPresentPerson[]): void => {
      people.people = found;
      people.changed.emit();
    };
    const letters = (): string[][] =>
      notebook.widgets.map(({ node }) =>
        Array.from(node.querySelectorAll('button'), b => b.textContent ?? '')
      );
    return { notebook, marks, show, letters };
  }

  it('marks the cells where others are, and takes the marks away', () => {
    const { show, letters, marks } = setup();
    show(at({ ada: 'one', grace: 'two', emmy: 'two' }));
    expect(letters()).toEqual([[], ['E', 'G']]);
    show(at({ ada: 'one', grace: 'one', emmy: 'nowhere' }));
    expect(letters()).toEqual([['G'], []]);
    marks.dispose();
    expect(letters()).toEqual([[], []]);
  });

  it('collapses a crowd, and leaves out who looks at something else', () => {
    const { show, letters } = setup();
    show(at({ ada: 'one', b: 'one', c: 'one', d: 'one', e: 'one' }));
    expect(letters()).toEqual([['B', 'C', '+2'], []]);
    show(at({ ada: 'one', b: 'one' }, 'away'));
    expect(letters()).toEqual([[], []]);
  });

  it('goes with a cell that gets another widget', () => {
    const { notebook, show, letters } = setup();
    show(at({ ada: 'one', grace: 'two' }));
    notebook.widgets.splice(1, 1, ...notebookOf('two').widgets);
    expect(letters()).toEqual([[], []]);
    notebook.modelContentChanged.emit();
    expect(letters()).toEqual([[], ['G']]);
  });

  it('says who it is, without markup, and goes there on a click', () => {
    const { notebook, show } = setup();
    show(at({ ada: 'one', '<img src=x>': 'two' }));
    const button = notebook.widgets[1]!.node.querySelector('button')!;
    expect(button.getAttribute('aria-label')).toBe('<img src=x> is here');
    expect(button.querySelector('img')).toBeNull();
    button.click();
    expect(goTo).toHaveBeenCalledWith(
      expect.objectContaining({ username: '<img src=x>' })
    );
  });
});
