// What a burst says: how many logins were granted, how long they took, and what they did to the checks of the database.
import type { Json } from '../../../kit/json.ts';
import type { Mark, Part } from '../../../kit/samples.ts';
import { count, duration, plural } from '../../../kit/text.ts';
import type { Fault } from '../../../kit/verdicts.ts';
import type { BurstSeen } from '../seen.ts';
import type { BurstKeys } from './burst-keys.ts';

const atOnce = ({ concurrency }: BurstSeen): string => `${plural(concurrency, 'login')} at once`;

const timesText = ({ p50, p95 }: BurstSeen): string =>
  p50 === undefined || p95 === undefined ? '' : `, p50 ${duration(p50)}, p95 ${duration(p95)}`;

const failureText = ({ failure, granted, done, asked }: BurstSeen): string => {
  if (!failure) return '';
  const why = [failure.trail, failure.note].filter(Boolean).join(': ');
  const stopped = `stopped after ${granted} of ${asked} were granted`;
  return `${failure.outcome} at "${failure.step}" (${why}); ${stopped}${done > granted + 1 ? `, ${done - granted} were not` : ''}`;
};

/** Why a burst fails; a service that holds the account back is no failure. It only blocks: no baseline had a burst. */
export const burstFault = (seen: BurstSeen, keys: BurstKeys | undefined): Fault | undefined => {
  const { failure, p95 } = seen;
  if (failure && failure.outcome !== 'throttled')
    return {
      reason: 'burst_failed',
      because: `one login works, but ${atOnce(seen)} are too many: ${failureText(seen)}`,
      next: 'look at db-connections and pool-wait of the time of the burst: does each login take a connection of its own?',
      asks: 'block',
    };
  const limit = keys?.p95;
  if (limit === undefined || p95 === undefined || p95 <= limit) return undefined;
  return {
    reason: 'burst_slow',
    because: `with ${atOnce(seen)} the 95th percentile of a login is ${duration(p95)}, limit ${duration(limit)}`,
    next: 'look at pool-wait and db-connections first, then at the load of the service',
    asks: 'block',
    value: p95,
    limit,
    unit: 'ms',
  };
};

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

/**
 * What the number would be at the declared peak: so many logins are under way as arrive in the time of one (Little's law,
 * L = λ·W), and each takes what one of the burst took. A lower bound where logins become slower under load.
 */
const atPeak = (
  { before, highest, limit, unit }: Watched,
  { mean, concurrency }: BurstSeen,
  peak: number | undefined,
): { isOver: boolean; text: string } => {
  if (peak === undefined || mean === undefined) return { isOver: false, text: '' };
  const needed = Math.ceil(before + ((highest - before) / concurrency) * peak * (mean / 1000));
  const has = limit === undefined ? '' : `, has ${count(limit)}`;
  const rate = `${Number(peak.toFixed(2))}/s`;
  return {
    isOver: limit !== undefined && needed > limit,
    text: `; needs about ${count(needed)} ${unit} at the declared peak of ${rate}${has}`,
  };
};

const watchedPart = (one: Watched, seen: BurstSeen, keys: BurstKeys | undefined): Part => {
  const { check, before, highest, after, unit } = one;
  const name = `burst and ${check}`;
  const rise = highest - before;
  if (rise <= 0) return { name, outcome: 'pass', because: `stayed at ${count(before)} ${unit} or below` };
  const end = stays(one) ? 'did not fall' : `fell back to ${count(after)}`;
  const peak = atPeak(one, seen, keys?.peak);
  const because = `${unit} rose by ${count(rise)} (from ${count(before)} to ${count(highest)}) for ${plural(seen.concurrency, 'concurrent login')} and ${end}${peak.text}`;
  const isLeak = stays(one) && rise >= seen.concurrency;
  return { name, outcome: isLeak || peak.isOver ? 'warn' : 'pass', because };
};

const ownPart = (seen: BurstSeen, keys: BurstKeys | undefined): Part => {
  const throttled = seen.failure?.outcome === 'throttled';
  const told = `${seen.granted} of ${seen.asked} logins granted, ${seen.concurrency} at once${timesText(seen)}`;
  const because = seen.failure ? `${told}; ${failureText(seen)}` : told;
  return {
    name: 'burst',
    outcome: burstFault(seen, keys) ? 'fail' : throttled ? 'warn' : 'pass',
    because,
    ms: seen.ms,
  };
};

/** The burst and what it did to others, as parts. */
export const burstParts = (seen: BurstSeen, keys: BurstKeys | undefined, marks: readonly Mark[]): Part[] => [
  ownPart(seen, keys),
  ...watchedIn(marks, seen.check).map((one) => watchedPart(one, seen, keys)),
];
