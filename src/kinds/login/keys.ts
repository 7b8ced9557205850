// The parts of a `login` check's keys that say how to sign in: styles, and what carries the session.
import * as z from 'zod';
import { someText } from '../../kit/units.ts';
import type { RequestPlan } from '../http/request.ts';
import { baseUrl } from '../http/target.ts';
import { oidcLogin } from './flows/oidc-keys.ts';
import { type LoginStep, stepSchema } from './flows/step-keys.ts';
import { graphqlLogin, headerLogin, oauthLogin } from './flows/token-keys.ts';
import type { Seed } from './flows/totp.ts';

const formShape = () => ({
  /** The page with the form, or one that leads there. */
  page: someText(),
  /** CSS selector, where the page has several forms. */
  form: someText().optional(),
  /** Names of the fields, where they are not found by themselves; `code`: of the second factor, on the page after. */
  fields: z
    .strictObject({
      username: z.string().optional(),
      password: z.string().optional(),
      code: z.string().optional(),
    })
    .default({}),
  /** Further fields to set. */
  set: z.record(z.string(), z.string()).default({}),
});

const formLogin = () =>
  z.strictObject({
    ...formShape(),
    /** The origin that may get the password, where the page leads to a provider; default: the target's. */
    at: baseUrl().optional(),
  });

/** The application sends its users to an identity provider, which posts its answer back (POST binding). */
const samlLogin = () =>
  z.strictObject({
    ...formShape(),
    /** Base URL of the identity provider: the password may go there. */
    at: baseUrl(),
  });

const jsonLogin = () =>
  z.strictObject({
    post: someText(),
    body: z.json().default({ username: '{{username}}', password: '{{password}}' }),
    /** Path of the token in the answer; without one the session is the cookies. */
    token: someText().optional(),
  });

const styles = ['form', 'json', 'graphql', 'oidc', 'oauth', 'saml', 'basic', 'digest', 'steps'] as const;

/** How the account signs in: exactly one style. */
export const loginSchema = () =>
  z
    .strictObject({
      form: formLogin().optional(),
      json: jsonLogin().optional(),
      graphql: graphqlLogin().optional(),
      oidc: oidcLogin().optional(),
      oauth: oauthLogin().optional(),
      saml: samlLogin().optional(),
      basic: headerLogin().optional(),
      digest: headerLogin().optional(),
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
      cookie: someText().optional(),
      /** Headers that carry it, filled from what was captured. */
      header: z.record(z.string(), z.string()).optional(),
    })
    .refine(({ cookie, header }) => (cookie === undefined) !== (header === undefined), 'needs one of cookie, header')
    .meta({ choices: [['cookie', 'header']] });

/** The keys from which the steps of a login are worked out. */
export interface LoginKeys {
  account: { totp?: Seed | undefined };
  probe: { get: string };
  login: z.output<ReturnType<typeof loginSchema>>;
  session?: z.output<ReturnType<typeof sessionSchema>> | undefined;
  logout?: LoginStep | LoginStep[] | undefined;
  dead?: { request: RequestPlan } | undefined;
}
