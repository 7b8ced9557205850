// Which process answers at a page: the same one each time, and since when.
import { MissedLook } from '../kit/errors.ts';
import { isoTime } from '../kit/text.ts';
import type { Reading } from '../kit/source.ts';
import type { Asked } from './answer.ts';

/** A younger process has counted too little, and may be the release itself. Milliseconds. */
const oldEnough = 10 * 60_000;

/** So many processes of one page are remembered. */
const mostRemembered = 16;

/**
 * Watches the start times of one page. A process that restarts never comes back; one that does stands beside another behind
 * the same address, and the differences between them are no increases. Throws a `MissedLook` from then on.
 */
export const watchProcess = (asked: Asked): ((startedAt: number | undefined) => void) => {
  const starts: number[] = [];
  let alternates: string | undefined;
  return (startedAt) => {
    if (startedAt !== undefined && startedAt !== starts.at(-1)) {
      if (starts.includes(startedAt)) alternates = differenceText(startedAt, starts.at(-1) ?? startedAt);
      starts.push(startedAt);
      if (starts.length > mostRemembered) starts.shift();
    }
    if (alternates !== undefined)
      throw new MissedLook('instrument', 'source_alternates', `${asked.source}: ${asked.where} ${alternates}`);
  };
};

const differenceText = (one: number, other: number): string =>
  `answers from another process each time (started ${isoTime(one)} and ${isoTime(other)}), so its counters cannot be compared; give the address of each instance in urls`;

/**
 * The counters since the start of every process that is older than ten minutes at `until` (epoch milliseconds): two readings
 * of each selector, of which the first is 0 at the oldest start. Empty where no process is known to be so old.
 */
export const sinceStart = (now: readonly Reading[], until: number): Reading[][] =>
  now.map((reading) => {
    const old = reading.instances.filter(({ startedAt }) => startedAt !== undefined && startedAt <= until - oldEnough);
    const ids = new Set(old.map(({ id }) => id));
    if (ids.size === 0) return [];
    const series = reading.series.filter(({ instance }) => ids.has(instance));
    const at = Math.min(...old.map(({ startedAt = reading.at }) => startedAt));
    return [
      { at, instances: old, series: series.map((one) => ({ ...one, value: 0 })) },
      { at: reading.at, instances: old, series },
    ];
  });
