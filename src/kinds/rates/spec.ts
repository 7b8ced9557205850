// Keys that every check by the sequential test has.
import * as z from 'zod';
import { countSchema, isFreeQuery, shareSchema } from '../../kit/index.ts';
import { isOneMatcher } from './selectors.ts';

const oneMatcher = (example: string) =>
  z.string().refine(isOneMatcher, `must be one matcher like ${example}`).optional();

/** What is left out of a selector, and what is kept apart. */
export const groups = () => ({
  /** One matcher of requests that do not count, such as our own probes: `client="probe"`. */
  exclude: oneMatcher('client="probe"'),
  /** One matcher of the group that does not get the release, counted at the same time in place of a baseline: `track="stable"`. */
  control: oneMatcher('track="stable"'),
});

/** A share that is the most in any case. */
export const ceilingSchema = () => shareSchema().refine((share) => share > 0, 'must be above 0%');

/** On what terms is judged. */
export const terms = () => ({
  /** `evidence`: no sign of harm passes, with a caveat; `proof`: the rate must be shown to be within the limit. */
  require: z.enum(['evidence', 'proof']).default('evidence'),
  /** True: the exact account alone may fail; small regressions take longer. */
  strict: z.boolean().default(false),
  /** With fewer requests in the hold nothing is concluded. */
  minRequests: countSchema().default(0),
});

/** Says what is wrong with one key of the query. */
export type RefuseKey = (key: string, message: string) => void;

/** For a refinement of the whole spec. */
export const refusing =
  (context: z.RefinementCtx): RefuseKey =>
  (key, message) =>
    context.addIssue({ code: 'custom', path: ['from', 'query', key], message });

/** Nothing can be added to a free query: what it leaves out or keeps apart stands in the query itself. `key`: where the query stands. */
export const refuseGroups = (
  key: string,
  query: string,
  { exclude, control }: { exclude?: string | undefined; control?: string | undefined },
  refuse: RefuseKey,
): void => {
  if (!isFreeQuery(query)) return;
  if (exclude !== undefined)
    refuse('exclude', `cannot be added to the free query in ${key}; leave them out in the query`);
  if (control !== undefined) refuse('control', `cannot be added to the free query in ${key}; it needs a selector`);
};
