// Commands about the people of the current notebook.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { IPresentPerson } from './model';
import type { NotebookPeople } from './notebookpeople';

/**
 * The ids of the commands of this feature.
 */
export namespace CommandIDs {
  export const show = 'anode:show-people';
  export const goTo = 'anode:go-to-person';
  export const follow = 'anode:follow-person';
  export const stop = 'anode:stop-following';
}

/**
 * What the commands work on.
 */
export interface ICommandTargets {
  /**
   * The people of the current notebook.
   */
  current(): NotebookPeople | null;

  /**
   * Show or hide the list of people of the current notebook.
   */
  toggleList(): void;
}

const NO_ARGUMENTS = { args: { type: 'object' as const, properties: {} } };

const PERSON = {
  args: {
    type: 'object' as const,
    properties: {
      username: {
        type: 'string' as const,
        description:
          'Who; without it the next of the people in the notebook, by name'
      }
    }
  }
};

/**
 * Register the commands.
 */
export function addCommands(
  commands: CommandRegistry,
  { current, toggleList }: ICommandTargets,
  trans: TranslationBundle
): void {
  const isEnabled = (): boolean => others(current()).length > 0;
  commands.addCommand(CommandIDs.show, {
    label: trans.__('Show People in This Notebook'),
    caption: trans.__('Show who is in the current notebook and what they do'),
    isEnabled,
    describedBy: NO_ARGUMENTS,
    execute: () => toggleList()
  });
  const addTrip = (
    id: string,
    label: string,
    caption: string,
    travel: (notebook: NotebookPeople, person: IPresentPerson) => unknown
  ): void => {
    commands.addCommand(id, {
      label,
      caption,
      isEnabled,
      describedBy: PERSON,
      execute: ({ username }) => {
        const notebook = current();
        const person = whom(notebook, username);
        return notebook && person ? travel(notebook, person) : undefined;
      }
    });
  };
  addTrip(
    CommandIDs.goTo,
    trans.__('Go to Next Person'),
    trans.__('Bring where somebody is in the current notebook into view'),
    ({ journey }, person) => journey.goTo(person)
  );
  addTrip(
    CommandIDs.follow,
    trans.__('Follow Next Person'),
    trans.__('See what somebody sees, until you act in the notebook yourself'),
    ({ journey }, person) => journey.follow(person)
  );
  commands.addCommand(CommandIDs.stop, {
    label: trans.__('Stop Following'),
    caption: trans.__('The view of the current notebook is yours again'),
    isEnabled: () => Boolean(current()?.journey.followed),
    describedBy: NO_ARGUMENTS,
    execute: () => current()?.journey.stop()
  });
}

function others(notebook: NotebookPeople | null): readonly IPresentPerson[] {
  const people = notebook?.model.people ?? [];
  return people.filter(({ isSelf, cell }) => !isSelf && cell !== null);
}

/**
 * The person with a name; the one after whom one went to or follows when there is none.
 */
function whom(
  notebook: NotebookPeople | null,
  username: unknown
): IPresentPerson | undefined {
  const people = others(notebook);
  if (typeof username === 'string') {
    return people.find(person => person.username === username);
  }
  const last = notebook?.journey.last;
  const at = people.findIndex(person => person.username === last);
  return people[(at + 1) % people.length];
}
