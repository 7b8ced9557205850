// The parts of a `login` check's keys that say how to sign in: styles, and what carries the session.
import * as z from 'zod';
import { oidcLogin } from './flows/oidc-keys.ts';
import { type LoginStep, stepSchema } from './flows/step-keys.ts';

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

const styles = ['form', 'json', 'oidc', 'steps'] as const;

/** How the account signs in: exactly one style. */
export const loginSchema = () =>
  z
    .strictObject({
      form: formLogin().optional(),
      json: jsonLogin().optional(),
      oidc: oidcLogin().optional(),
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
