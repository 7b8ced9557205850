// What to ask a source for: the preset, narrowed to one pool, and the check's own selectors over it.
import { parseSelector } from '../../kit/index.ts';
import { type Mapping, type PresetName, presets, unitSeconds } from './presets.ts';

/** The numbers of a pool. */
export type MetricName = 'wait' | 'acquires' | 'buckets' | 'waiting' | 'inUse' | 'max' | 'timeouts';

/** What to ask for, and how to read it. */
export interface Asked {
  /** In a fixed order; only what is named. */
  selectors: [MetricName, string][];
  /** Seconds in one unit of the wait counter, and in one of the bucket bounds. */
  waitUnit: number;
  bucketUnit: number;
}

/** A mapping as a check names it. */
export interface Query extends Mapping {
  preset?: PresetName | undefined;
  labels?: string | undefined;
  under?: string | undefined;
}

const waitUnits = {
  waitSeconds: unitSeconds.s,
  waitMillis: unitSeconds.ms,
  waitMicros: unitSeconds.us,
  waitNanos: unitSeconds.ns,
} as const;

type WaitKey = keyof typeof waitUnits;

/** The keys of wait counters. */
export const waitKeys = Object.keys(waitUnits) as WaitKey[];

/** Which of the wait counters a mapping names. */
export const waitKeysOf = (mapping: Mapping): WaitKey[] => waitKeys.filter((key) => mapping[key] !== undefined);

/** What the check asks for. */
export const askedOf = (query: Query): Asked => {
  const { preset, labels, under, ...own } = query;
  const mapping = { ...narrowed(preset ? presetOf(preset) : {}, labels, under, own), ...named(own) };
  const waitKey = waitKeysOf(mapping)[0];
  const candidates: [MetricName, string | undefined][] = [
    ['wait', waitKey && mapping[waitKey]],
    ['acquires', mapping.acquires],
    ['waiting', mapping.waiting],
    ['inUse', mapping.inUse],
    ['max', mapping.max],
    ['timeouts', mapping.timeouts],
    ['buckets', mapping.waitHistogram],
  ];
  return {
    selectors: candidates.filter((pair): pair is [MetricName, string] => pair[1] !== undefined),
    waitUnit: waitKey ? waitUnits[waitKey] : 1,
    bucketUnit: unitSeconds[mapping.bucketUnit ?? 's'],
  };
};

/** Which acquires are counted; all where there is no metric source. */
export const countedOf = (query: Query | undefined): 'all' | 'waited' =>
  query?.counted ?? (query?.preset ? presetOf(query.preset).counted : undefined) ?? 'all';

const presetOf = (name: PresetName): Mapping => presets[name];

const named = (mapping: Mapping): Mapping =>
  Object.fromEntries(Object.entries(mapping).filter(([, value]) => value !== undefined));

const selectorKeys: readonly (keyof Mapping)[] = [
  ...waitKeys,
  'acquires',
  'waitHistogram',
  'waiting',
  'inUse',
  'max',
  'timeouts',
];

/** The preset for one pool. A wait counter of the check's own takes the place of the preset's, whatever its unit. */
const narrowed = (preset: Mapping, labels: string | undefined, under: string | undefined, own: Mapping): Mapping => {
  const ownWait = waitKeysOf(own).length > 0;
  return Object.fromEntries(
    Object.entries(preset)
      .filter(([key]) => !(ownWait && waitKeys.includes(key as WaitKey)))
      .map(([key, value]: [string, string]) =>
        selectorKeys.includes(key as keyof Mapping) ? [key, narrow(value, labels, under)] : [key, value],
      ),
  );
};

const narrow = (selector: string, labels: string | undefined, under: string | undefined): string =>
  selector.startsWith('/') ? `${under ?? ''}${selector}` : withLabels(selector, labels);

/** `a{b="c"}` and `d="e"` give `a{b="c",d="e"}`. */
const withLabels = (selector: string, labels: string | undefined): string => {
  if (labels === undefined) return selector;
  return selector.endsWith('}') ? `${selector.slice(0, -1)},${labels}}` : `${selector}{${labels}}`;
};

/** `pool="auth",job="api"`: matchers without a metric. */
export const isLabels = (text: string): boolean => {
  try {
    parseSelector(`any{${text}}`);
    return text.trim() !== '';
  } catch {
    return false;
  }
};
