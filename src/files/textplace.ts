// Where in a text another program's changes stand now, after whatever people did since then.

import type { NotebooksApi } from '../api/notebooks';
import { edits } from '../documents/merge';

/**
 * A part of a text, in UTF-16 units; empty where something went.
 */
export interface ITextPlace {
  readonly start: number;
  readonly end: number;
}

/**
 * How far back of a merge its change is looked for: the facts of a merge stand right behind it.
 */
const STEPS_BACK = 100;

/**
 * Find the places that a change of the file touched.
 *
 * @param id - the document.
 * @param seq - where its log tells that the change was taken in.
 * @param now - the text as it reads now.
 *
 * @throws ApiError 410 when that part of the history was purged.
 */
export async function placesOf(
  api: NotebooksApi,
  id: string,
  seq: number,
  now: string
): Promise<readonly ITextPlace[]> {
  const changes = await api.changes(id, Math.max(seq - STEPS_BACK, 0));
  const change = changes
    .filter(({ actor, seq: at }) => actor.kind === 'file' && at < seq)
    .at(-1);
  if (!change) {
    return [];
  }
  const [before, after] = await Promise.all([
    textAt(api, id, change.seq - 1),
    textAt(api, id, change.seq)
  ]);
  return placesBetween(before, after).map(({ start, end }) => ({
    start: carried(start, after, now),
    end: carried(end, after, now)
  }));
}

/**
 * The parts of a text that came or changed, in order.
 */
export function placesBetween(before: string, after: string): ITextPlace[] {
  let grown = 0;
  return edits(before, after).map(({ start, remove, insert }) => {
    const from = start + grown;
    grown += insert.length - remove;
    return { start: from, end: from + insert.length };
  });
}

/**
 * Where a place in one text is in another that grew from it.
 */
export function carried(place: number, before: string, after: string): number {
  let moved = place;
  for (const { start, remove, insert } of edits(before, after)) {
    if (start + remove <= place) {
      moved += insert.length - remove;
    } else if (start < place) {
      moved += start - place; // what was there is gone
    }
  }
  return moved;
}

/**
 * The place to go to next: behind what is selected, or the first again.
 */
export function nextPlace(
  places: readonly ITextPlace[],
  selected: ITextPlace
): ITextPlace | undefined {
  const sorted = [...places].sort((a, b) => a.start - b.start);
  const isBehind = ({ start, end }: ITextPlace): boolean =>
    start > selected.start ||
    (start === selected.start && end !== selected.end);
  return sorted.find(isBehind) ?? sorted[0];
}

async function textAt(
  api: NotebooksApi,
  id: string,
  seq: number
): Promise<string> {
  const { content } = await api.document(id, seq);
  return typeof content === 'string' ? content : '';
}
