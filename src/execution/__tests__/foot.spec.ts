// What hangs below a cell: the line, the button of a lost run, notices, and the box for input.

import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { CellFoot } from '../foot';
import type { ILine } from '../model';

const trans = nullTranslator.load('');

const LOST: ILine = {
  kind: 'wrong',
  text: 'Lost: the server stopped while it ran',
  since: null,
  again: true,
  title: 'Asked for by Ada'
};

const text = (foot: CellFoot): string =>
  foot.node.querySelector('.jp-Anode-run-line')?.textContent ?? '';

const button = (foot: CellFoot): HTMLButtonElement | null =>
  foot.node.querySelector('button');

describe('the foot of a cell', () => {
  let foot: CellFoot;
  beforeEach(() => {
    foot = new CellFoot(trans);
  });
  afterEach(() => {
    foot.dispose();
  });

  it('runs again what was lost, once for each press', () => {
    let count = 0;
    foot.tellRun(LOST, () => count++);
    button(foot)?.click();
    expect(count).toBe(1);
    expect(button(foot)?.textContent).toBe('Run again');
    foot.tellRun({ ...LOST, kind: 'waiting', again: false }, () => count++);
    expect(button(foot)).toBeNull();
  });

  it('takes no room while it says nothing', () => {
    expect(foot.isHidden).toBe(true);
    foot.tellRun(LOST, () => undefined);
    expect(foot.isHidden).toBe(false);
    foot.tellRun(null, () => undefined);
    expect(foot.isHidden).toBe(true);
  });

  it('says a notice in the place of the line, and the line after it', () => {
    foot.tellRun(LOST, () => undefined);
    foot.say('Not run: the server cannot be reached.');
    expect(text(foot)).toBe('Not run: the server cannot be reached.');
    expect(foot.node.querySelector('[role=alert]')).not.toBeNull();
    expect(button(foot)).toBeNull();
    foot.say('');
    expect(text(foot)).toContain('Lost: the server stopped while it ran');
    expect(foot.node.querySelector('[role=alert]')).toBeNull();
  });

  it('has one box for input at a time', () => {
    const [first, second] = [new Widget(), new Widget()];
    foot.ask(first);
    expect(foot.isHidden).toBe(false);
    foot.ask(second);
    expect(first.isDisposed).toBe(true);
    foot.ask(null);
    expect(second.isDisposed).toBe(true);
    expect(foot.isHidden).toBe(true);
  });
});
