// The parts of a `login` check's keys that say how to sign in: styles, steps, what carries the session.
import * as z from 'zod';
import { once } from '../../kit/once.ts';
import {
  hasOneBody,
  hasOneVerb,
  oneBody,
  oneVerb,
  requestPlan,
  requestShape,
  requestChoices,
} from '../http/request.ts';
import { baseUrl } from '../http/target.ts';

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

/** A step in a spec. */
export const stepSchema = once(() =>
  z
    .strictObject({
      ...requestShape(),
      /** Sends the form of the page that the step before ended on. */
      submit: submit().optional(),
      capture: z.record(z.string(), capture()).optional(),
    })
    .refine((step) => isRequest(step) !== (step.submit !== undefined), `${oneVerb}; or submit`)
    .refine(hasOneBody, oneBody)
    .meta({ choices: requestChoices })
    .transform(({ submit: form, capture: take = {}, ...rest }) =>
      form === undefined
        ? { verb: 'request' as const, request: requestPlan(rest), capture: take }
        : { verb: 'submit' as const, submit: form, capture: take },
    ),
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

/** How the account signs in: exactly one style. */
export const loginSchema = () =>
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
    .meta({ choices: [[...styles]] });

/** What carries the session. */
export const sessionSchema = () =>
  z
    .strictObject({
      /** The cookie that carries the session; it must be there after the login. */
      cookie: z.string().min(1).optional(),
      /** Headers that carry it, filled from what was captured. */
      header: z.record(z.string(), z.string()).optional(),
    })
    .refine(({ cookie, header }) => (cookie === undefined) !== (header === undefined), 'needs one of cookie, header')
    .meta({ choices: [['cookie', 'header']] });

/** The keys from which the steps of a login are worked out. */
export interface LoginKeys {
  login: z.output<ReturnType<typeof loginSchema>>;
  session?: z.output<ReturnType<typeof sessionSchema>> | undefined;
  logout?: LoginStep | LoginStep[] | undefined;
}
