// The keys of an `error-rate-delta` check.
import * as z from 'zod';
import { isFreeQuery, countSchema, pointsSchema, selectorText, shareSchema, sourceRef } from '../../kit/index.ts';
import { isMatchers, isOneMatcher } from './selectors.ts';

/** Raw counters of requests; rates are made from them on our side. */
const query = z.strictObject({
  /** Counter of all requests: `http_requests_total{app="auth"}`. */
  total: selectorText(),
  /** Matchers added to `total` (`code=~"5.."`), or a selector of its own. */
  errors: z.union([z.string().refine(isMatchers), selectorText()], {
    error: 'must be matchers like code=~"5.." (added to total) or a selector like http_errors_total',
  }),
  /** One matcher of requests that do not count, such as our own probes: `client="probe"`. */
  exclude: z.string().refine(isOneMatcher, 'must be one matcher like client="probe"').optional(),
  /** One matcher of the group that does not get the release, counted at the same time in place of a baseline: `track="stable"`. */
  control: z.string().refine(isOneMatcher, 'must be one matcher like track="stable"').optional(),
});

/** Worse than before means: above `points` more AND above `factor` times as much; `ceiling` is the most in any case. */
const toleranceSpec = z.strictObject({
  points: pointsSchema().prefault('0.5pp'),
  factor: z.number().min(1).default(1.5),
  ceiling: shareSchema()
    .refine((share) => share > 0, 'must be above 0%')
    .prefault('5%'),
});

/** Nothing can be added to a free query: what it leaves out or keeps apart stands in the query itself. */
const refuseMatchers = ({ total, errors, exclude, control }: z.infer<typeof query>, context: z.RefinementCtx): void => {
  if (!isFreeQuery(total)) return;
  const refuse = (key: string, message: string): void =>
    context.addIssue({ code: 'custom', path: ['from', 'query', key], message });
  if (isMatchers(errors))
    refuse('errors', 'matchers cannot be added to the free query in total; write errors as a free query, too');
  if (exclude !== undefined)
    refuse('exclude', 'cannot be added to the free query in total; leave them out in the query');
  if (control !== undefined) refuse('control', 'cannot be added to the free query in total; it needs a selector');
};

const keys = z.strictObject({
  from: sourceRef(query),
  tolerate: toleranceSpec.prefault({}),
  /** `evidence`: no sign of harm passes, with a caveat; `proof`: the rate must be shown to be within the limit. */
  require: z.enum(['evidence', 'proof']).default('evidence'),
  /** True: the exact account alone may fail; small regressions take longer. */
  strict: z.boolean().default(false),
  /** With fewer requests in the hold nothing is concluded. */
  minRequests: countSchema().default(0),
});

export const spec = keys.superRefine(({ from }, context) => refuseMatchers(from.query, context));

export type Spec = z.infer<typeof spec>;
