// The keys of a burst: how many users, how many logins, how fast, for how long, and what ends it.
import * as z from 'zod';
import { once } from '../../../kit/once.ts';
import { durationSchema, positiveDuration } from '../../../kit/units.ts';

/** More would be a load test: it needs another tool, other accounts and somebody who watches. */
const most = { users: 50, total: 500, perSecond: 100, broken: 20, time: 55_000 };

/** `60/s` or `90/min`, as logins a second. */
const rate = once(() =>
  z
    .string()
    .regex(/^\d+(\.\d+)?\/(s|min)$/, 'must be a rate like 60/s or 90/min')
    .transform((text) => Number.parseFloat(text) / (text.endsWith('/min') ? 60 : 1))
    .refine((perSecond) => perSecond > 0, 'must be more than 0'),
);

/** Not here: a login that is refused or throttled counts against the account, so the first one always ends a burst. */
const stopSchema = () =>
  z
    .strictObject({
      /** So many logins that meet an error (5xx, no answer) end it. */
      broken: z.number().int().min(1).max(most.broken).default(1),
      /** A login that takes longer is given up and counts as broken. */
      slower: positiveDuration().prefault('10s'),
    })
    .prefault({});

const keys = () =>
  z
    .strictObject({
      /** Logins side by side. */
      users: z.number().int().min(1).max(most.users).default(5),
      /** Logins in all, at most. */
      total: z.number().int().min(1).max(most.total).default(20),
      /** The time over which the users begin, one after the other; the first login goes alone. */
      rampUp: durationSchema().prefault('5s'),
      /** Logins that begin in a second, at most. */
      rate: rate()
        .refine((perSecond) => perSecond <= most.perSecond, `must be at most ${most.perSecond}/s`)
        .prefault('20/s'),
      /** No login begins later. */
      within: positiveDuration().prefault('40s'),
      stopOn: stopSchema(),
      /** The 95th percentile of the logins may be so long. */
      p95: positiveDuration().optional(),
      /** The most logins that users make at a time: what the database would need then is worked out and held against its limit. */
      peak: rate().optional(),
    })
    .refine(
      ({ within, stopOn }) => within + stopOn.slower <= most.time,
      'within and stopOn.slower may take 55s together: the phase ends after 60s',
    )
    .refine(({ rampUp, within }) => rampUp < within, 'rampUp must be shorter than within');

/** Off unless it is named. */
export const burstSchema = () => z.union([z.literal('off').transform(() => undefined), keys()]).optional();

export type BurstKeys = NonNullable<z.output<ReturnType<typeof burstSchema>>>;
