// The keys of a burst: how many logins, how many at once, how long they may take.
import * as z from 'zod';
import { positiveDuration } from '../../../kit/units.ts';

/** More would be a load test: it needs another tool, another account and somebody who watches. */
const most = { logins: 100, concurrency: 20 };

/** `60/s` or `90/min`, as logins a second. */
const rate = () =>
  z
    .string()
    .regex(/^\d+(\.\d+)?\/(s|min)$/, 'must be a rate like 60/s or 90/min')
    .transform((text) => Number.parseFloat(text) / (text.endsWith('/min') ? 60 : 1));

/** Off unless it is named. */
export const burstSchema = () =>
  z
    .union([
      z.literal('off').transform(() => undefined),
      z.strictObject({
        logins: z.number().int().min(1).max(most.logins).default(10),
        /** Reached one by one: each login that ends begins one more than the one before. */
        concurrency: z.number().int().min(1).max(most.concurrency).default(5),
        /** The 95th percentile of the logins may be so long. */
        p95: positiveDuration().optional(),
        /** The most logins that users make at a time: what the database would need then is worked out and held against its limit. */
        peak: rate().optional(),
      }),
    ])
    .optional();

export type BurstKeys = NonNullable<z.output<ReturnType<typeof burstSchema>>>;
