// The side areas make way on a narrow screen, and only there.

import { Signal } from '@lumino/signaling';

import type { Sides } from '../narrow';
import { collapseSides } from '../narrow';

function setup(matches: boolean) {
  const shell = {
    collapseLeft: jest.fn(),
    collapseRight: jest.fn()
  };
  const currentChanged = new Signal<unknown, { newValue: unknown }>(shell);
  const screen = Object.assign(new EventTarget(), { matches });
  collapseSides(
    { ...shell, currentChanged } as unknown as Sides,
    screen as unknown as MediaQueryList
  );
  return { shell, currentChanged, screen };
}

it('leaves a wide screen alone', () => {
  const { shell, currentChanged } = setup(false);
  currentChanged.emit({ newValue: {} });
  expect(shell.collapseLeft).not.toHaveBeenCalled();
});

it('collapses both sides at the start, when narrowed, and for a document', () => {
  const { shell, currentChanged, screen } = setup(true);
  expect(shell.collapseLeft).toHaveBeenCalledTimes(1);
  expect(shell.collapseRight).toHaveBeenCalledTimes(1);
  currentChanged.emit({ newValue: {} });
  currentChanged.emit({ newValue: null });
  expect(shell.collapseLeft).toHaveBeenCalledTimes(2);
  screen.matches = false;
  screen.dispatchEvent(new Event('change'));
  expect(shell.collapseLeft).toHaveBeenCalledTimes(2);
  screen.matches = true;
  screen.dispatchEvent(new Event('change'));
  expect(shell.collapseLeft).toHaveBeenCalledTimes(3);
});
