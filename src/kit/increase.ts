// Increases of counters between two readings, with resets and new processes handled on our side.
import type { Reading, Series } from './source.ts';

const keyOf = ({ labels, instance }: Series): string => JSON.stringify([instance, Object.entries(labels).sort()]);

/**
 * How much all series of a selector grew between two readings, summed. A value below the earlier one is a reset
 * (the process began again at 0). A new series of a process that was read before began at 0, too; one of a process
 * that started after the earlier reading as well; of a process whose age is unknown nothing is counted yet.
 */
export const increase = (before: Reading, now: Reading): number => {
  const earlier = new Map(before.series.map((series) => [keyOf(series), series.value]));
  const known = new Set(before.instances.map(({ id }) => id));
  const born = new Map(now.instances.map(({ id, startedAt }) => [id, startedAt]));
  const beganAtZero = (instance: string): boolean => known.has(instance) || (born.get(instance) ?? 0) > before.at;
  return now.series.reduce((sum, series) => {
    const previous = earlier.get(keyOf(series));
    if (previous === undefined) return sum + (beganAtZero(series.instance) ? series.value : 0);
    return sum + (series.value >= previous ? series.value - previous : series.value);
  }, 0);
};

/** The sum of all series now (gauges); undefined when the metric is absent, which is not zero. */
export const total = (reading: Reading): number | undefined =>
  reading.series.length === 0 ? undefined : reading.series.reduce((sum, { value }) => sum + value, 0);

/** The largest value of all series now; undefined when the metric is absent. */
export const highest = (reading: Reading): number | undefined =>
  reading.series.length === 0
    ? undefined
    : reading.series.reduce((most, { value }) => Math.max(most, value), -Infinity);
