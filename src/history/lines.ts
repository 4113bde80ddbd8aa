// Two texts compared line by line.

/**
 * A line that both have, or only the earlier or the later one.
 */
export interface ILine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/**
 * Texts with more pairs of differing lines are shown one after the other: looking for the shortest
 * difference would take seconds.
 */
const MOST_PAIRS = 1_000_000;

/**
 * The shortest way from one text to the other, in lines.
 */
export function compareLines(before: string, after: string): ILine[] {
  const old = before === '' ? [] : before.split('\n');
  const now = after === '' ? [] : after.split('\n');
  let start = 0;
  while (
    start < Math.min(old.length, now.length) &&
    old[start] === now[start]
  ) {
    start++;
  }
  let tail = 0;
  while (
    tail < Math.min(old.length, now.length) - start &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  ) {
    tail++;
  }
  return [
    ...lines(' ', old.slice(0, start)),
    ...between(
      old.slice(start, old.length - tail),
      now.slice(start, now.length - tail)
    ),
    ...lines(' ', old.slice(old.length - tail))
  ];
}

function between(old: readonly string[], now: readonly string[]): ILine[] {
  if (old.length * now.length > MOST_PAIRS) {
    return [...lines('-', old), ...lines('+', now)];
  }
  // length[i][j]: how many lines old from i on and now from j on have in common, in order.
  const width = now.length + 1;
  const length = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      length[i * width + j] =
        old[i] === now[j]
          ? length[(i + 1) * width + j + 1]! + 1
          : Math.max(length[(i + 1) * width + j]!, length[i * width + j + 1]!);
    }
  }
  const found: ILine[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length && j < now.length) {
    if (old[i] === now[j]) {
      found.push({ sign: ' ', text: old[i]! });
      i++;
      j++;
    } else if (length[(i + 1) * width + j]! >= length[i * width + j + 1]!) {
      found.push({ sign: '-', text: old[i++]! });
    } else {
      found.push({ sign: '+', text: now[j++]! });
    }
  }
  return [...found, ...lines('-', old.slice(i)), ...lines('+', now.slice(j))];
}

function lines(sign: ILine['sign'], texts: readonly string[]): ILine[] {
  return texts.map(text => ({ sign, text }));
}
