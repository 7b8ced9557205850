// What a burst says: how many logins were granted, how long they took, what ended it, and what it did to other checks.
import type { Mark, Part } from '../../../kit/samples.ts';
import { count, duration, percent, plural } from '../../../kit/text.ts';
import type { Fault } from '../../../kit/verdicts.ts';
import { evidenceText } from '../../http/evidence.ts';
import type { BurstSeen } from '../seen.ts';
import type { BurstKeys } from './burst-keys.ts';
import { atDeclaredPeak, peakParts } from './peak.ts';

const timesText = ({ p50, p95, p99 }: BurstSeen): string[] =>
  p50 === undefined || p95 === undefined || p99 === undefined
    ? []
    : [`p50 ${duration(p50)}, p95 ${duration(p95)}, p99 ${duration(p99)}`];

/** `198 of 200 logins granted (99 %), 20 at once, p50 120 ms, p95 180 ms, p99 210 ms`. */
const successText = (seen: BurstSeen): string => {
  const { granted, done, atOnce } = seen;
  const share = done === 0 ? '' : ` (${percent(granted / done)})`;
  const all = `${count(granted)} of ${plural(done, 'login')} granted${share}`;
  return [all, `${atOnce} at once`, ...timesText(seen)].join(', ');
};

const remaining = ({ total, done }: BurstSeen): string => `the other ${count(total - done)}`;

const failureText = ({ failure }: BurstSeen, keys: BurstKeys | undefined): string => {
  if (!failure) return '';
  const limit = failure.late && keys ? `a login of a burst may take ${duration(keys.stopOn.slower)}` : '';
  const note = /^status \d+$/.test(failure.note) ? '' : failure.note;
  const why = [failure.trail, note, limit].filter(Boolean).join(': ');
  return `${failure.outcome} at "${failure.step}"${why === '' ? '' : ` (${why})`}`;
};

/** Why not all of the logins were made; empty where they were. */
const endText = (seen: BurstSeen): string[] => {
  if (seen.done >= seen.total) return [];
  if (seen.ended !== undefined) return [`${seen.ended} before ${remaining(seen)}`];
  return [`stopped before ${remaining(seen)}`];
};

const everything = (seen: BurstSeen, keys: BurstKeys | undefined): string =>
  [failureText(seen, keys), seen.harm ?? '', successText(seen), ...endText(seen)].filter(Boolean).join('; ');

const intro = ({ atOnce }: BurstSeen): string =>
  atOnce < 2
    ? 'the logins of the hold worked, the one of the burst did not'
    : `one login works, but ${atOnce} at once are too many`;

const lookAtTime =
  'look at db-connections and pool-wait of the time of the burst: does each login take a connection of its own?';

/** Why a burst fails; a service that holds the account back is no failure. It only blocks: no baseline had a burst. */
export const burstFault = (seen: BurstSeen, keys: BurstKeys | undefined): Fault | undefined => {
  const { failure, harm, p95 } = seen;
  if (harm !== undefined || (failure && failure.outcome !== 'throttled'))
    return {
      reason: 'burst_failed',
      because: `${intro(seen)}: ${everything(seen, keys)}`,
      next: lookAtTime,
      asks: 'block',
    };
  const limit = keys?.p95;
  if (limit === undefined || p95 === undefined || p95 <= limit) return undefined;
  return {
    reason: 'burst_slow',
    because: `with ${plural(seen.atOnce, 'login')} at once the 95th percentile of a login is ${duration(p95)}, limit ${duration(limit)}`,
    next: 'look at pool-wait and db-connections first, then at the load of the service',
    asks: 'block',
    value: p95,
    limit,
    unit: 'ms',
  };
};

const ownPart = (seen: BurstSeen, keys: BurstKeys | undefined): Part => {
  const { failure } = seen;
  return {
    name: 'burst',
    outcome: burstFault(seen, keys) ? 'fail' : failure ? 'warn' : 'pass',
    because: everything(seen, keys),
    ...(failure?.evidence ? { evidence: evidenceText(failure.evidence) } : {}),
    ms: seen.ms,
  };
};

/** The burst and what it did to others, as parts. */
export const burstParts = (seen: BurstSeen, keys: BurstKeys | undefined, marks: readonly Mark[]): Part[] => [
  ownPart(seen, keys),
  ...peakParts(seen, keys, marks),
];

/** What a verdict that passes says of its burst: how it went, and the first thing that it warns of or was asked for. */
export const burstText = (parts: readonly Part[]): string => {
  const others = parts.filter(({ name }) => name !== 'burst');
  const warned =
    others.find(({ outcome }) => outcome === 'warn') ?? others.find(({ because }) => because.includes(atDeclaredPeak));
  const own = parts.find(({ name }) => name === 'burst')?.because ?? '';
  return `burst: ${own}${warned ? `; ${warned.name.replace('burst and ', '')}: ${warned.because}` : ''}`;
};
