// What a burst did to the numbers of other checks, and what they would be at the declared peak.
import type { Json } from '../../../kit/json.ts';
import type { Mark, Part } from '../../../kit/samples.ts';
import { count, duration, plural } from '../../../kit/text.ts';
import type { BurstSeen } from '../seen.ts';
import type { BurstKeys } from './burst-keys.ts';

/** How every sentence on the declared peak says it. */
export const atDeclaredPeak = 'at the declared peak';

/** What the engine tells of another check's number while the burst went on. */
interface Watched {
  check: string;
  unit: string;
  limit?: number;
  before: number;
  highest: number;
  after: number;
}

const isWatched = (one: Json): one is Json & Watched =>
  typeof one === 'object' &&
  one !== null &&
  !Array.isArray(one) &&
  ['before', 'highest', 'after'].every((key) => typeof one[key] === 'number');

const watchedIn = (marks: readonly Mark[], check: string): Watched[] =>
  marks.flatMap(({ name, data }) => {
    if (name !== 'stimulus' || typeof data !== 'object' || data === null || Array.isArray(data)) return [];
    const { watched } = data;
    return data['check'] === check && Array.isArray(watched) ? watched.filter(isWatched) : [];
  });

/** Half of the rise or more is still there after the burst. */
const stays = ({ before, highest, after }: Watched): boolean => after - before >= (highest - before) / 2;

const perSecond = (rate: number): string => String(Number(rate.toFixed(rate < 10 ? 2 : 1)));

/** `holds at 14.2 logins/s`, where every login was granted. */
const holdsAt = ({ granted, done, ms }: BurstSeen): string[] => {
  if (done > granted || granted === 0 || ms <= 0) return [];
  const rate = perSecond((granted * 1000) / ms);
  return [`holds at ${rate} ${rate === '1' ? 'login' : 'logins'}/s`];
};

/**
 * What the number would be at the declared peak: so many logins are under way as arrive in the time of one (Little's law,
 * L = λ·W), and each takes what one of the burst took. A lower bound where logins become slower under load. Waiting
 * times do not grow by the login: nothing is said of them.
 */
const atPeak = (
  { before, highest, limit, unit }: Watched,
  seen: BurstSeen,
  peak: number | undefined,
): { isOver: boolean; text: string } => {
  const { mean, atOnce } = seen;
  if (peak === undefined || mean === undefined || unit === 'ms') return { isOver: false, text: '' };
  const needed = Math.ceil(before + ((highest - before) / atOnce) * peak * (mean / 1000));
  const has = limit === undefined ? [] : [`has ${count(limit)}`];
  const needs = `needs about ${count(needed)} ${unit} ${atDeclaredPeak} of ${perSecond(peak)}/s`;
  return {
    isOver: limit !== undefined && needed > limit,
    text: `${[...holdsAt(seen), needs, ...has].join(', ')}; `,
  };
};

const riseText = ({ before, highest, unit }: Watched): string =>
  unit === 'ms'
    ? `rose from ${duration(before)} to ${duration(highest)}`
    : `${unit} rose by ${count(highest - before)} (from ${count(before)} to ${count(highest)})`;

const watchedPart = (one: Watched, seen: BurstSeen, keys: BurstKeys | undefined): Part => {
  const { check, before, highest, after, unit, limit } = one;
  const name = `burst and ${check}`;
  const rise = highest - before;
  if (rise <= 0) return { name, outcome: 'pass', because: `stayed at ${count(before)} ${unit} or below` };
  const end = stays(one) ? 'did not fall' : `fell back to ${count(after)}`;
  const peak = atPeak(one, seen, keys?.peak);
  const because = `${peak.text}${riseText(one)} for ${plural(seen.atOnce, 'concurrent login')} and ${end}`;
  const isLeak = unit !== 'ms' && stays(one) && rise >= seen.atOnce;
  const isAbove = limit !== undefined && highest > limit;
  return { name, outcome: isLeak || isAbove || peak.isOver ? 'warn' : 'pass', because };
};

/** Nobody counted connections while the burst went on. */
const uncounted = (peak: number): Part => ({
  name: 'burst and the declared peak',
  outcome: 'warn',
  because: `nothing can be said of ${perSecond(peak)}/s: no check counted connections meanwhile; add db-connections to the profile`,
});

/** What the burst did to others, one part for each. */
export const peakParts = (seen: BurstSeen, keys: BurstKeys | undefined, marks: readonly Mark[]): Part[] => {
  const watched = watchedIn(marks, seen.check);
  const isCounted = watched.some(({ unit }) => unit !== 'ms');
  return [
    ...watched.map((one) => watchedPart(one, seen, keys)),
    ...(keys?.peak === undefined || isCounted ? [] : [uncounted(keys.peak)]),
  ];
};
