// The keys of an `error-rate-delta` check.
import * as z from 'zod';
import { isFreeQuery, pointsSchema, selectorText, sourceRef } from '../../kit/index.ts';
import { isMatchers } from '../rates/selectors.ts';
import { ceilingSchema, groups, refuseGroups, refusing, terms } from '../rates/spec.ts';

/** Raw counters of requests; rates are made from them on our side. */
const query = z.strictObject({
  /** Counter of all requests: `http_requests_total{app="auth"}`. */
  total: selectorText(),
  /** Matchers added to `total` (`code=~"5.."`), or a selector of its own. */
  errors: z.union([z.string().refine(isMatchers), selectorText()], {
    error: 'must be matchers like code=~"5.." (added to total) or a selector like http_errors_total',
  }),
  ...groups(),
});

/** Worse than before means: above `points` more AND above `factor` times as much; `ceiling` is the most in any case. */
const toleranceSpec = z.strictObject({
  points: pointsSchema().prefault('0.5pp'),
  factor: z.number().min(1).default(1.5),
  ceiling: ceilingSchema().prefault('5%'),
});

export const spec = z
  .strictObject({
    from: sourceRef(query),
    tolerate: toleranceSpec.prefault({}),
    ...terms(),
  })
  .superRefine(({ from: { query: asked } }, context) => {
    const refuse = refusing(context);
    if (isFreeQuery(asked.total) && isMatchers(asked.errors))
      refuse('errors', 'matchers cannot be added to the free query in total; write errors as a free query, too');
    refuseGroups('total', asked.total, asked, refuse);
  });

export type Spec = z.infer<typeof spec>;
