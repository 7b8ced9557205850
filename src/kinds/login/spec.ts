// The keys of a `login` check.
import * as z from 'zod';
import { headersSchema } from '../../kit/headers.ts';
import { positiveDuration, secretText } from '../../kit/units.ts';
import { matcherSchema } from '../http/matcher.ts';
import { hasOneBody, hasOneVerb, oneBody, oneVerb, requestPlan, requestShape } from '../http/request.ts';
import { unknownReferences } from './plan.ts';
import { baseUrl, hasPlace, targetShape } from '../http/target.ts';

/** Where a value is taken from: a JSON path, a response header, a `<meta>` of the page, a parameter of the final URL. */
const capture = () =>
  z.union([
    z.string().min(1),
    z.strictObject({ header: z.string().min(1) }),
    z.strictObject({ meta: z.string().min(1) }),
    z.strictObject({ url: z.string().min(1) }),
  ]);

const submit = () =>
  z.strictObject({
    /** CSS selector of the form; default: the one with a password field, else the first. */
    form: z.string().min(1).optional(),
    /** Field → text; all other fields are sent as the page has them. */
    set: z.record(z.string(), z.string()).optional(),
    /** The origin that may receive the password; default: the target's. */
    at: baseUrl().optional(),
    /** A page without this form is passed over. */
    optional: z.boolean().default(false),
  });

const isRequest = (step: object): boolean => hasOneVerb(step);

const stepSchema = () =>
  z
    .strictObject({
      ...requestShape(),
      /** Sends the form of the page that the step before ended on. */
      submit: submit().optional(),
      capture: z.record(z.string(), capture()).optional(),
    })
    .refine((step) => isRequest(step) !== (step.submit !== undefined), `${oneVerb}; or submit`)
    .refine(hasOneBody, oneBody)
    .transform(({ submit: form, capture: take = {}, ...rest }) =>
      form === undefined
        ? { verb: 'request' as const, request: requestPlan(rest), capture: take }
        : { verb: 'submit' as const, submit: form, capture: take },
    );

/** One step of a login, parsed. */
export type LoginStep = z.output<ReturnType<typeof stepSchema>>;
/** Where a captured value is taken from. */
export type Capture = z.output<ReturnType<typeof capture>>;

const formLogin = () =>
  z.strictObject({
    /** The page with the form. */
    page: z.string().min(1),
    /** CSS selector, where the page has several forms. */
    form: z.string().min(1).optional(),
    /** Names of the fields, where they are not found by themselves. */
    fields: z.strictObject({ username: z.string().optional(), password: z.string().optional() }).default({}),
    /** Further fields to set. */
    set: z.record(z.string(), z.string()).default({}),
  });

const jsonLogin = () =>
  z.strictObject({
    post: z.string().min(1),
    body: z.json().default({ username: '{{username}}', password: '{{password}}' }),
    /** Path of the token in the answer; without one the session is the cookies. */
    token: z.string().min(1).optional(),
  });

const styles = ['form', 'json', 'steps'] as const;

const loginSchema = () =>
  z
    .strictObject({
      form: formLogin().optional(),
      json: jsonLogin().optional(),
      steps: z.array(stepSchema()).min(1).optional(),
    })
    .refine(
      (login) => styles.filter((style) => login[style] !== undefined).length === 1,
      `needs exactly one of ${styles.join(', ')}`,
    )
    .meta({ choice: [...styles] });

const session = () =>
  z
    .strictObject({
      /** The cookie that carries the session; it must be there after the login. */
      cookie: z.string().min(1).optional(),
      /** Headers that carry it, filled from what was captured. */
      header: z.record(z.string(), z.string()).optional(),
    })
    .refine(({ cookie, header }) => (cookie === undefined) !== (header === undefined), 'needs one of cookie, header')
    .meta({ choice: ['cookie', 'header'] });

/** On by default; switched off only with a reason, which stands in the report. */
const negative = () => z.union([z.literal(true), z.strictObject({ off: z.string().min(1) })]).default(true);

/** The spec of a `login` check. */
export const loginSpec = z
  .strictObject({
    ...targetShape(),
    /** Further origins that this login may visit by redirects. The password never goes there by itself. */
    origins: z.array(baseUrl()).default([]),
    account: z.strictObject({ username: z.string().min(1), password: secretText() }),
    login: loginSchema(),
    session: session().optional(),
    probe: z.strictObject({
      get: z.string().min(1),
      headers: headersSchema().prefault({}),
      /** What the page shows to the account only. */
      granted: matcherSchema(),
      /** What a stranger gets; `auto`: 401, 403, a redirect to the login page, or a page with a password field. */
      refused: z.union([z.literal('auto'), matcherSchema()]).default('auto'),
    }),
    /** The answer to a wrong password, where it is not 400, 401, 403, 422 or the form again. */
    refusedLogin: matcherSchema().optional(),
    /** A lockout that does not answer 423 or 429. */
    throttled: matcherSchema().optional(),
    /** Steps that end the session. */
    logout: z.union([stepSchema(), z.array(stepSchema()).min(1)]).optional(),
    negative: z
      .strictObject({ anonymous: negative(), wrongPassword: negative(), deadSession: negative() })
      .default({ anonymous: true, wrongPassword: true, deadSession: true }),
    budgets: z
      .strictObject({
        /** From the first request of the login to the granted page. */
        login: positiveDuration().optional(),
      })
      .default({}),
  })
  .refine(hasPlace, 'needs a target (a base URL) or instances')
  .superRefine((spec, context) => {
    for (const name of unknownReferences(spec)) {
      const message = `{{${name}}} is filled by nothing; known: username, password and what an earlier step captures`;
      context.addIssue({ code: 'custom', path: ['login'], message });
    }
  });

export type LoginSpec = z.output<typeof loginSpec>;
export type Negative = keyof LoginSpec['negative'];
