// The times of the requests of a step, as plain data and in words.
import type { HttpResponse } from '../../../kit/io.ts';
import { duration, plural } from '../../../kit/text.ts';
import { stagesOf } from '../../http/stages.ts';
import type { HopSeen } from '../seen.ts';

/** A request that was answered. */
export const hopOf = (ask: string, { status, timings }: HttpResponse): HopSeen => ({
  ask,
  status,
  ...stagesOf(timings),
  total: Math.round(timings.total),
  reused: timings.reused,
});

/** A request without an answer; `ms`: how long it was waited for. */
export const unansweredHop = (ask: string, ms: number): HopSeen => ({
  ask,
  status: null,
  total: Math.max(0, Math.round(ms)),
  reused: false,
});

const stages = [
  ['dns', 'DNS'],
  ['tcp', 'TCP'],
  ['tls', 'TLS'],
  ['firstByte', 'first byte'],
  ['body', 'body'],
] as const;

/** Milliseconds of a stage over all requests; undefined where it never happened. */
const stageSum = (hops: readonly HopSeen[], stage: (typeof stages)[number][0]): number | undefined => {
  const times = hops.flatMap((hop) => hop[stage] ?? []);
  return times.length === 0 ? undefined : times.reduce((sum, ms) => sum + ms, 0);
};

const connections = (hops: readonly HopSeen[]): string => {
  const reused = hops.filter((hop) => hop.reused).length;
  const fresh = plural(hops.length - reused, 'new connection');
  return reused === 0 ? `on ${fresh}` : `on ${fresh} and ${plural(reused, 'reused one')}`;
};

/** `TCP 1 ms, first byte 40 ms, body 2 ms on 2 new connections`; empty without a request. */
export const hopsText = (hops: readonly HopSeen[]): string => {
  const parts = stages.flatMap(([stage, word]) => {
    const ms = stageSum(hops, stage);
    return ms === undefined ? [] : [`${word} ${duration(ms)}`];
  });
  return parts.length === 0 ? '' : `${parts.join(', ')} ${connections(hops)}`;
};
