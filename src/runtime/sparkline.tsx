// A small curve of the last two minutes.

import * as React from 'react';

const WINDOW_MS = 120_000;

/**
 * A longer pause than this between two points is shown as one: nobody looked.
 */
const PAUSE_MS = 6_000;

const WIDTH = 120;
const HEIGHT = 28;

/**
 * A value, so long ago.
 */
export interface IPoint {
  readonly ageMs: number;
  readonly value: number;
}

/**
 * The curve; what it says is told beside it in words.
 *
 * @param props - `most` is the value at the upper edge.
 */
export function Sparkline(props: {
  points: readonly IPoint[];
  most: number;
}): React.ReactElement {
  const lines = linesOf(props.points, props.most);
  return (
    <svg
      className="jp-Anode-spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {lines.map((line, index) => (
        <React.Fragment key={index}>
          <polygon points={areaOf(line)} />
          <polyline points={textOf(line)} vectorEffect="non-scaling-stroke" />
        </React.Fragment>
      ))}
    </svg>
  );
}

type Place = readonly [x: number, y: number];

/**
 * The points of each stretch without a pause, oldest first.
 */
export function linesOf(
  points: readonly IPoint[],
  most: number
): readonly (readonly Place[])[] {
  const lines: Place[][] = [];
  let before = Infinity;
  for (const { ageMs, value } of points) {
    if (ageMs <= WINDOW_MS) {
      if (before - ageMs > PAUSE_MS) {
        lines.push([]);
      }
      const share = most > 0 ? Math.min(Math.max(value / most, 0), 1) : 0;
      const x = WIDTH * (1 - ageMs / WINDOW_MS);
      // Half of the stroke stays inside at both edges.
      lines.at(-1)?.push([round(x), round(1 + (HEIGHT - 2) * (1 - share))]);
    }
    before = ageMs;
  }
  return lines.filter(line => line.length > 1);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function textOf(line: readonly Place[]): string {
  return line.map(([x, y]) => `${x},${y}`).join(' ');
}

function areaOf(line: readonly Place[]): string {
  const [first] = line.at(0) ?? [0];
  const [last] = line.at(-1) ?? [0];
  return `${first},${HEIGHT} ${textOf(line)} ${last},${HEIGHT}`;
}
