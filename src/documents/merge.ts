// Three-way merge of texts: what was typed on a copy, brought onto a text that went on elsewhere.

import type { ITextEdit } from './textdiff';
import { textEdit } from './textdiff';

/**
 * Texts of more lines are compared as a whole: the table of the comparison would be too large.
 */
const LINES_COMPARED = 1_500;

/**
 * Merge two versions of a text.
 *
 * Changes in different places both happen; the same change in both happens once. Where both changed
 * the same place, nothing that was typed is lost: the text of `theirs` comes first, what `ours` has
 * inserted there follows.
 *
 * @param base - the version that both began with.
 */
export function merge(base: string, ours: string, theirs: string): string {
  if (ours === base || ours === theirs) {
    return theirs;
  }
  if (theirs === base) {
    return ours;
  }
  const mine = edits(base, ours);
  const other = edits(base, theirs);
  let merged = '';
  let at = 0;
  for (const cluster of clusters(mine, other)) {
    merged += base.slice(at, cluster.start);
    const whole = base.slice(cluster.start, cluster.end);
    const left = apply(whole, cluster.start, cluster.theirs);
    const right = apply(whole, cluster.start, cluster.ours);
    if (cluster.theirs.length === 0 || left === right) {
      merged += right;
    } else if (cluster.ours.length === 0) {
      merged += left;
    } else {
      merged += left + cluster.ours.map(edit => edit.insert).join('');
    }
    at = cluster.end;
  }
  return merged + base.slice(at);
}

interface ICluster {
  readonly start: number;
  end: number;
  readonly ours: ITextEdit[];
  readonly theirs: ITextEdit[];
}

/**
 * Edits of both sides in order, those that touch the same place together.
 */
function clusters(
  ours: readonly ITextEdit[],
  theirs: readonly ITextEdit[]
): ICluster[] {
  const all = [
    ...ours.map(edit => ({ edit, side: 'ours' as const })),
    ...theirs.map(edit => ({ edit, side: 'theirs' as const }))
  ].sort((a, b) => a.edit.start - b.edit.start);
  const found: ICluster[] = [];
  for (const { edit, side } of all) {
    const end = edit.start + edit.remove;
    let last = found.at(-1);
    const touches =
      last && (edit.start < last.end || edit.start === last.start);
    if (!last || !touches) {
      last = { start: edit.start, end, ours: [], theirs: [] };
      found.push(last);
    }
    last.end = Math.max(last.end, end);
    last[side].push(edit);
  }
  return found;
}

function apply(
  text: string,
  offset: number,
  changes: readonly ITextEdit[]
): string {
  let result = '';
  let at = 0;
  for (const edit of changes) {
    result += text.slice(at, edit.start - offset) + edit.insert;
    at = edit.start - offset + edit.remove;
  }
  return result + text.slice(at);
}

/**
 * The edits that lead from one text to another: by lines, and within changed lines by characters.
 *
 * @returns them in order, placed in the text before.
 */
export function edits(before: string, after: string): ITextEdit[] {
  const a = lines(before);
  const b = lines(after);
  if (a.length > LINES_COMPARED || b.length > LINES_COMPARED) {
    const edit = textEdit(before, after);
    return edit ? [edit] : [];
  }
  const lengths = commonLengths(a, b);
  const result: ITextEdit[] = [];
  let i = 0;
  let j = 0;
  let offset = 0;
  while (i < a.length || j < b.length) {
    const removed: string[] = [];
    const added: string[] = [];
    while ((i < a.length || j < b.length) && a[i] !== b[j]) {
      const skipOld = lengths[i + 1]?.[j] ?? -1;
      const skipNew = lengths[i]?.[j + 1] ?? -1;
      if (j >= b.length || (i < a.length && skipOld >= skipNew)) {
        removed.push(a[i++]!);
      } else {
        added.push(b[j++]!);
      }
    }
    const old = removed.join('');
    const edit = textEdit(old, added.join(''));
    if (edit) {
      result.push({ ...edit, start: offset + edit.start });
    }
    offset += old.length;
    while (i < a.length && j < b.length && a[i] === b[j]) {
      offset += a[i]!.length;
      i++;
      j++;
    }
  }
  return result;
}

function lines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/**
 * `table[i][j]`: the length of the longest common subsequence of the rests from line i and line j.
 */
function commonLengths(
  a: readonly string[],
  b: readonly string[]
): Uint16Array[] {
  const table = Array.from(
    { length: a.length + 1 },
    () => new Uint16Array(b.length + 1)
  );
  for (let i = a.length - 1; i >= 0; i--) {
    const row = table[i]!;
    const next = table[i + 1]!;
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] =
        a[i] === b[j] ? next[j + 1]! + 1 : Math.max(next[j]!, row[j + 1]!);
    }
  }
  return table;
}
