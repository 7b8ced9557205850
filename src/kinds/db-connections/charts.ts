// Connections in use over time, by whoever holds them: one chart per server.
import { byGroup, type Chart, type ChartPoint, type History, lastSeen, type Sample } from '../../kit/index.ts';
import type { Slots } from '../database/slots.ts';
import { groupsOf } from './holders.ts';
import { limitOf, type Use, usesOf } from './limits.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';

type Samples = readonly Sample<Seen>[];

/** So many holders have a series of their own; the rest is drawn together. */
const shown = 5;

/** Who had how many connections at one moment; `bad`: we were refused. */
interface Moment {
  at: number;
  use: Use;
  held: Map<string, number>;
  bad: boolean;
}

/** Against the limit that asks for a rollback. */
export const charts = (history: History<Seen>, spec: Spec): Chart[] => {
  const before = byGroup(history.baseline.samples);
  return [...byGroup(history.samples)].flatMap(([group, samples]) => {
    const earlier = before.get(group) ?? [];
    return chartOf(group, [...earlier, ...samples], lastSeen(earlier)?.slots, spec);
  });
};

const chartOf = (group: string, samples: Samples, before: Slots | undefined, spec: Spec): Chart[] => {
  const moments = samples.flatMap((sample) => momentOf(sample, spec));
  const last = moments.at(-1)?.use;
  if (!last) return [];
  return [
    {
      title: group === '' ? 'connections in use' : `connections in use on ${group}`,
      unit: 'connections',
      limit: limitOf({ ...last, level: 'rollback', fewFree: false }, spec).count,
      ...(before ? { baseline: usesOf(before, spec)[0].used } : {}),
      ...seriesOf(moments, last.name),
    },
  ];
};

const momentOf = (sample: Sample<Seen>, spec: Spec): Moment[] => {
  if (!('seen' in sample) || !sample.seen.slots) return [];
  const { at, seen } = sample;
  const [use] = usesOf(sample.seen.slots, spec);
  const held = new Map(groupsOf(seen, undefined, use.name, spec).map(({ label, connections }) => [label, connections]));
  return [{ at, use, held, bad: 'refused' in seen.attempt }];
};

/** One series per holder, in the order in which they came; a single one where nobody is known by name. */
const seriesOf = (moments: readonly Moment[], name: string): Pick<Chart, 'stacked' | 'series'> => {
  const point = ({ at, bad }: Moment, value: number): ChartPoint => ({ at, value, ...(bad ? { bad: true } : {}) });
  const labels = mostOf(moments);
  if (labels.length === 0)
    return { series: [{ name, points: moments.map((one) => point(one, one.use.used + one.use.own)) }] };
  const named = labels.map((label) => ({
    name: label,
    points: moments.map((one) => point(one, one.held.get(label) ?? 0)),
  }));
  const others = {
    name: 'others',
    points: moments.map((one) => point(one, Math.max(0, one.use.used - sumOf(one, labels)))),
  };
  const own = { name: 'this check', points: moments.map((one) => point(one, one.use.own)) };
  const more = [others, own].filter(({ points }) => points.some(({ value }) => value > 0));
  return { stacked: true, series: [...named, ...more] };
};

const sumOf = ({ held }: Moment, labels: readonly string[]): number =>
  labels.reduce((sum, label) => sum + (held.get(label) ?? 0), 0);

/** Those that ever held the most, the first to come first. */
const mostOf = (moments: readonly Moment[]): string[] => {
  const most = new Map<string, number>();
  for (const { held } of moments)
    for (const [label, connections] of held) most.set(label, Math.max(most.get(label) ?? 0, connections));
  const kept = new Set(
    [...most]
      .sort(([, a], [, b]) => b - a)
      .slice(0, shown)
      .map(([label]) => label),
  );
  return [...most.keys()].filter((label) => kept.has(label));
};
