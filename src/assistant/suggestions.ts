// What can be named with @ and asked with / while one writes a question.

import type { ISharedNotebook } from '@jupyter/ydoc';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Mention } from '../api/conversations';
import type { IPrompt } from './prompts';

/**
 * A row of the list below the caret.
 */
export interface ISuggestion {
  readonly key: string;
  readonly label: string;
  readonly note: string;

  /**
   * What is named by choosing it, if anything.
   */
  readonly mention: Mention | null;

  /**
   * What the word at the caret becomes.
   */
  readonly text: string;
}

/**
 * How many rows the list has.
 */
const ROWS = 8;

/**
 * The word at the caret that asks for suggestions: `@` or `/` and what follows it.
 */
export interface IAskedWord {
  readonly sign: '@' | '/';
  readonly word: string;
  readonly start: number;
}

/**
 * The asked word at a caret; a slash counts at the beginning only.
 */
export function wordAt(text: string, caret: number): IAskedWord | null {
  const before = text.slice(0, caret);
  const match = /(^|\s)([@/])([^\s@/]*)$/.exec(before);
  if (!match) {
    return null;
  }
  const [all, space = '', sign, word = ''] = match;
  const start = caret - all.length + space.length;
  if (sign === '/' && start > 0) {
    return null;
  }
  return { sign: sign as '@' | '/', word, start };
}

/**
 * The first line of a cell that is not empty.
 */
export function lineOf(source: string): string {
  const line = source.split('\n').find(one => one.trim() !== '') ?? '';
  return line.trim().slice(0, 60);
}

/**
 * Cells and files whose name or text has a word, for `@`.
 */
export function mentionable(
  word: string,
  notebook: ISharedNotebook | null,
  files: readonly string[],
  trans: TranslationBundle
): ISuggestion[] {
  const wanted = word.toLowerCase();
  const cells = (notebook?.cells ?? []).map((cell, index) => {
    const label = trans.__('Cell %1', index + 1);
    const note = lineOf(cell.getSource());
    return {
      key: `cell ${cell.id}`,
      label,
      note,
      mention: { cell_id: cell.id },
      text: `@${label.replace(/\s/g, '\u00a0')} `
    };
  });
  const named = files.map(path => ({
    key: `file ${path}`,
    label: path,
    note: trans.__('File'),
    mention: { path },
    text: `@${path} `
  }));
  return [...cells, ...named]
    .filter(({ label, note }) =>
      `${label} ${note}`.toLowerCase().includes(wanted)
    )
    .slice(0, ROWS);
}

/**
 * Questions that people keep, for `/`.
 */
export function kept(
  word: string,
  prompts: readonly IPrompt[],
  trans: TranslationBundle
): ISuggestion[] {
  const wanted = word.toLowerCase();
  return prompts
    .filter(({ name }) => name.startsWith(wanted))
    .map(({ name, text, place }) => ({
      key: `${place} ${name}`,
      label: `/${name}`,
      note:
        place === 'notebook'
          ? trans.__('In this notebook: %1', lineOf(text))
          : lineOf(text),
      mention: null,
      text
    }))
    .slice(0, ROWS);
}

/**
 * Questions that are asked often, for `/`. They are about the active cell.
 */
export function questions(
  word: string,
  activeCell: string | null,
  trans: TranslationBundle
): ISuggestion[] {
  const mention = activeCell === null ? null : { cell_id: activeCell };
  const all: [string, string][] = [
    ['explain', trans.__('Explain the mentioned cell, step by step.')],
    [
      'fix',
      trans.__('Find out what is wrong with the mentioned cell and fix it.')
    ],
    [
      'improve',
      trans.__('Make the mentioned cell clearer without changing what it does.')
    ],
    [
      'test',
      trans.__('Write a cell that checks what the mentioned cell does.')
    ],
    [
      'document',
      trans.__('Write a Markdown cell that explains the mentioned cell.')
    ],
    ['summary', trans.__('Summarise what this notebook does and finds.')],
    ['next', trans.__('Suggest what to look at next in this notebook.')]
  ];
  const wanted = word.toLowerCase();
  return all
    .filter(([name]) => name.startsWith(wanted))
    .map(([name, text]) => ({
      key: name,
      label: `/${name}`,
      note: text,
      mention: name === 'summary' || name === 'next' ? null : mention,
      text
    }));
}
