// The keys of one step of a login: a request, a form or a mailbox, with what is captured from the answer.
import * as z from 'zod';
import { once } from '../../../kit/once.ts';
import { positiveDuration, someText } from '../../../kit/units.ts';
import { matcherSchema } from '../../http/matcher.ts';
import {
  hasOneBody,
  hasOneVerb,
  oneBody,
  oneVerb,
  requestChoices,
  requestPlan,
  requestShape,
} from '../../http/request.ts';
import { baseUrl } from '../../http/target.ts';

const pattern = () => z.string().refine(isPattern, 'must be a regular expression like "code is (\\d{6})"');

const isPattern = (text: string): boolean => {
  try {
    return new RegExp(text, 'u').source !== '';
  } catch {
    return false;
  }
};

/** Where a captured value is taken from; `optional`: the step goes on without it. */
export interface Capture {
  json?: string | undefined;
  header?: string | undefined;
  cookie?: string | undefined;
  meta?: string | undefined;
  css?: string | undefined;
  attribute?: string | undefined;
  url?: string | undefined;
  regex?: string | undefined;
  optional: boolean;
}

const places = ['json', 'header', 'cookie', 'meta', 'css', 'url'] as const;

/**
 * Where a value is taken from: a JSON path or pointer (also as a text alone), a response header, a cookie, a `<meta>` of
 * the page, the first element of a CSS selector, a parameter of the final URL, or the body, by a regular expression.
 */
const capture = () =>
  z.union([
    z
      .string()
      .min(1)
      .transform((json): Capture => ({ json, optional: false })),
    z
      .strictObject({
        json: someText().optional(),
        header: someText().optional(),
        cookie: someText().optional(),
        meta: someText().optional(),
        css: someText().optional(),
        /** Attribute of the element; default: its value, content or href, else its text. */
        attribute: someText().optional(),
        url: someText().optional(),
        /** What of it: the first group, or all that matches; alone: of the body. */
        regex: pattern().optional(),
        /** Without it the step goes on; the name stands for an empty text. */
        optional: z.boolean().default(false),
      })
      .refine(
        (from) => places.filter((place) => from[place] !== undefined).length <= 1,
        'may name only one of json, header, cookie, meta, css, url',
      )
      .refine(
        ({ optional: _, attribute: __, ...from }) => Object.values(from).some((value) => value !== undefined),
        'needs one of json, header, cookie, meta, css, url, regex',
      )
      .refine(({ attribute, css }) => attribute === undefined || css !== undefined, 'attribute belongs to css')
      .transform((from): Capture => from),
  ]);

const submit = () =>
  z.strictObject({
    /** CSS selector of the form; default: the one with a password field, else the first. */
    form: someText().optional(),
    /** Field → text; all other fields are sent as the page has them. */
    set: z.record(z.string(), z.string()).optional(),
    /** The origin that may receive the password; default: the target's. */
    at: baseUrl().optional(),
    /** A page without this form is passed over. */
    optional: z.boolean().default(false),
  });

const poll = () =>
  z
    .strictObject({
      ...requestShape(),
      /** What the answer must look like; until then it is asked again. */
      until: matcherSchema(),
      every: positiveDuration().default(1000),
      within: positiveDuration().default(15_000),
    })
    .refine(hasOneVerb, oneVerb)
    .refine(hasOneBody, oneBody)
    .transform(({ until, every, within, ...rest }) => ({ request: requestPlan(rest), until, every, within }));

type Sorts = Parameters<typeof hasOneVerb>[0] & { submit?: unknown; poll?: unknown };

const hasOneSort = (step: Sorts): boolean =>
  [hasOneVerb(step), step.submit !== undefined, step.poll !== undefined].filter(Boolean).length === 1;

/** A step in a spec. */
export const stepSchema = once(() =>
  z
    .strictObject({
      ...requestShape(),
      /** Sends the form of the page that the step before ended on. */
      submit: submit().optional(),
      /** Asks until the answer is as wanted, like a mailbox for the code of a login. */
      poll: poll().optional(),
      capture: z.record(z.string(), capture()).optional(),
      /** What the answer must look like, after all redirects. */
      expect: matcherSchema().optional(),
      /** How long this step may take; default: `budgets.step`. */
      budget: positiveDuration().optional(),
    })
    .refine(hasOneSort, `${oneVerb}; or submit; or poll`)
    .refine(hasOneBody, oneBody)
    .meta({ choices: requestChoices })
    .transform(({ submit: form, poll: asked, capture: take = {}, expect, budget, ...rest }) => {
      const own = { ...(expect === undefined ? {} : { expect }), ...(budget === undefined ? {} : { budget }) };
      const more = { capture: take, ...own };
      if (form !== undefined) return { verb: 'submit' as const, submit: form, ...more };
      if (asked !== undefined) return { verb: 'poll' as const, ...asked, ...more };
      return { verb: 'request' as const, request: requestPlan(rest), ...more };
    }),
);

/** One step of a login, parsed. */
export type LoginStep = z.output<ReturnType<typeof stepSchema>>;
