// What the kernel uses of the machine, and how fast it answers.

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IMemoryLimit, IUsage } from '../api/usage';
import { bytes, cores, instant } from './amounts';
import { Sparkline } from './sparkline';

/**
 * From this share of the limit on, memory is said to run out.
 */
const FULL = 0.85;

/**
 * The gauges of a living session.
 */
export function Gauges(props: {
  usage: IUsage | null;
  isUnanswered: boolean;
  trans: TranslationBundle;
}): React.ReactElement {
  const { usage, isUnanswered, trans } = props;
  const last = usage?.samples.at(-1);
  if (!usage || !last || !usage.memory || usage.cores === null) {
    return (
      <>
        {usage && <Heartbeat usage={usage} trans={trans} />}
        <p className="jp-Anode-runtimePanel-note">
          {reasonOf(usage, isUnanswered, trans)}
        </p>
      </>
    );
  }
  const { memory } = usage;
  const percent = last.cpu_percent;
  return (
    <>
      <Gauge
        name={trans.__('CPU')}
        value={percent === null ? '…' : cores(percent, usage.cores, trans)}
        points={usage.samples
          .filter(({ cpu_percent }) => cpu_percent !== null)
          .map(sample => ({
            ageMs: sample.age_ms,
            value: sample.cpu_percent ?? 0
          }))}
        most={usage.cores * 100}
      />
      <Gauge
        name={trans.__('Memory')}
        value={trans.__(
          '%1 of %2',
          bytes(last.memory_bytes),
          bytes(memory.bytes)
        )}
        points={usage.samples.map(sample => ({
          ageMs: sample.age_ms,
          value: sample.memory_bytes
        }))}
        most={memory.bytes}
      />
      <MemoryLimit memory={memory} trans={trans} />
      <Heartbeat usage={usage} trans={trans} />
      {isUnanswered && (
        <p className="jp-Anode-runtimePanel-note">
          {trans.__('The server does not answer: these are the last figures.')}
        </p>
      )}
    </>
  );
}

function reasonOf(
  usage: IUsage | null,
  isUnanswered: boolean,
  trans: TranslationBundle
): string {
  if (isUnanswered) {
    return trans.__('The server does not answer at the moment.');
  }
  return usage
    ? trans.__('CPU and memory are not known: the kernel runs elsewhere.')
    : trans.__('Measuring…');
}

function Gauge(props: {
  name: string;
  value: string;
  points: React.ComponentProps<typeof Sparkline>['points'];
  most: number;
}): React.ReactElement {
  return (
    <div className="jp-Anode-gauge">
      <span className="jp-Anode-gauge-name">{props.name}</span>
      <span className="jp-Anode-gauge-value">{props.value}</span>
      <Sparkline points={props.points} most={props.most} />
    </div>
  );
}

/**
 * Whose limit it is, and how much of it everybody uses.
 */
function MemoryLimit(props: {
  memory: IMemoryLimit;
  trans: TranslationBundle;
}): React.ReactElement {
  const { memory, trans } = props;
  const share = Math.min(memory.counted_bytes / memory.bytes, 1);
  const percent = Math.round(share * 100);
  const isFull = share >= FULL;
  return (
    <div className="jp-Anode-limit" data-full={isFull}>
      <meter
        min={0}
        max={1}
        high={FULL}
        value={share}
        aria-label={trans.__('Memory in use')}
      />
      <span>
        {limitWords(memory, percent, trans)}
        {isFull && ` ${trans.__('It is running out.')}`}
      </span>
    </div>
  );
}

function limitWords(
  { limit_of }: IMemoryLimit,
  percent: number,
  trans: TranslationBundle
): string {
  switch (limit_of) {
    case 'process':
      return trans.__('%1% of what this kernel may use is taken.', percent);
    case 'group':
      return trans.__(
        '%1% of what this server may use is taken, by all together.',
        percent
      );
    case 'machine':
      return trans.__('%1% of the machine’s memory is taken.', percent);
  }
}

function Heartbeat(props: {
  usage: IUsage;
  trans: TranslationBundle;
}): React.ReactElement {
  const { usage, trans } = props;
  return (
    <div className="jp-Anode-gauge">
      <span className="jp-Anode-gauge-name">{trans.__('Heartbeat')}</span>
      <span className="jp-Anode-gauge-value">
        {usage.heartbeat_ms === null ? '…' : instant(usage.heartbeat_ms, trans)}
      </span>
    </div>
  );
}
