// The keys of a `login` check.
import * as z from 'zod';
import { headersSchema } from '../../kit/headers.ts';
import { once } from '../../kit/once.ts';
import { positiveDuration, secretText, someText } from '../../kit/units.ts';
import { matcherSchema } from '../http/matcher.ts';
import {
  hasOneBody,
  hasOneVerb,
  oneBody,
  oneVerb,
  requestChoices,
  requestPlan,
  requestShape,
} from '../http/request.ts';
import { baseUrl, hasPlace, targetChoices, targetShape } from '../http/target.ts';
import { burstSchema } from './burst/burst-keys.ts';
import { stepSchema } from './flows/step-keys.ts';
import { securitySchema } from './observe/levels.ts';
import { readSeed, type Seed } from './flows/totp.ts';
import { type LoginKeys, loginSchema, sessionSchema } from './keys.ts';
import { loginSteps, needsCode, unknownReferences } from './plan.ts';

/** On by default; switched off only with a reason, which stands in the report. */
const negative = once(() => z.union([z.literal(true), z.strictObject({ off: someText() })]).default(true));

interface Problem {
  path: string[];
  message: string;
}

/** A code that nobody sends, or that several would have to share. */
const codeProblems = (spec: LoginKeys & { instances?: unknown }): Problem[] => {
  if (spec.account.totp === undefined) return [];
  const unused = 'is sent by no step: write {{totp}} where the code goes';
  const shared = 'cannot be used together with account.totp: each code works once, so one look signs in once';
  return [
    ...(loginSteps(spec).some(needsCode) ? [] : [{ path: ['account', 'totp'], message: unused }]),
    ...(spec.instances === undefined ? [] : [{ path: ['instances'], message: shared }]),
  ];
};

/** With Basic and Digest the password is the session: it neither ends nor goes anywhere else. */
const headerProblems = ({
  login,
  logout,
  session,
  probe,
  target,
}: LoginKeys & { target?: string | undefined }): Problem[] => {
  if (!login.basic && !login.digest) return [];
  const none = 'has no meaning with basic and digest: each request carries the password';
  const away = 'must be on the target with basic and digest: the password goes there only';
  const isAway = /^https?:/i.test(probe.get) && new URL(probe.get).origin !== new URL(target ?? 'http://none').origin;
  return [
    ...(logout === undefined ? [] : [{ path: ['logout'], message: none }]),
    ...(session === undefined ? [] : [{ path: ['session'], message: none }]),
    ...(isAway ? [{ path: ['probe', 'get'], message: away }] : []),
  ];
};

/** The page that only the account may see; `get` is its path, whatever the method. */
const probeSchema = () =>
  z
    .strictObject({
      get: someText().optional(),
      /** For services that answer nothing but POST, like GraphQL. */
      post: someText().optional(),
      /** Sent as application/json. */
      json: z.json().optional(),
      headers: headersSchema().prefault({}),
      /** What the page shows to the account only. */
      granted: matcherSchema(),
      /** What a stranger gets; `auto`: 401, 403, a redirect to the login page, or a page with a password field. */
      refused: z.union([z.literal('auto'), matcherSchema()]).default('auto'),
    })
    .refine(({ get, post }) => (get === undefined) !== (post === undefined), 'needs exactly one of get, post')
    .refine(({ get, json }) => get === undefined || json === undefined, 'json belongs to post')
    .meta({ choices: [['get', 'post']] })
    .transform(({ get, post, ...rest }) => ({
      ...rest,
      get: get ?? post ?? '/',
      method: get === undefined ? ('POST' as const) : ('GET' as const),
    }));

/** A request with what was captured, and what must come back; `refused`: by default 400, 401 or 403. */
const deadSchema = () =>
  z
    .strictObject({ ...requestShape(), refused: matcherSchema().prefault({ status: [400, 401, 403] }) })
    .refine(hasOneVerb, oneVerb)
    .refine(hasOneBody, oneBody)
    .meta({ choices: requestChoices })
    .transform(({ refused, ...rest }) => ({ request: requestPlan(rest), refused }));

const seedText = () =>
  secretText().transform((text, context): Seed => {
    const seed = readSeed(text);
    if (seed) return seed;
    const message = 'must be the base32 seed of the second factor, or its otpauth://totp/… URI';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** The spec of a `login` check. */
export const loginSpec = z
  .strictObject({
    ...targetShape(),
    /** Further origins that this login may visit by redirects. The password never goes there by itself. */
    origins: z.array(baseUrl()).default([]),
    account: z.strictObject({
      username: someText(),
      password: secretText(),
      /** Seed of the second factor: base32, or the otpauth URI of the QR code. */
      totp: seedText().optional(),
    }),
    login: loginSchema(),
    session: sessionSchema().optional(),
    probe: probeSchema(),
    /** The answer to a wrong password, where it is not 400, 401, 403, 422 or the form again. */
    refusedLogin: matcherSchema().optional(),
    /** A lockout that does not answer 423 or 429. */
    throttled: matcherSchema().optional(),
    /** The look after the logout, where it is not the page again: a refresh token that must be dead, too. */
    dead: deadSchema().optional(),
    /** Steps that end the session. */
    logout: z.union([stepSchema(), z.array(stepSchema()).min(1)]).optional(),
    negative: z
      .strictObject({
        anonymous: negative(),
        wrongPassword: negative(),
        /** The session id changes at the login: one from before is worth nothing. */
        rotated: negative(),
        deadSession: negative(),
      })
      .default({ anonymous: true, wrongPassword: true, rotated: true, deadSession: true }),
    budgets: z
      .strictObject({
        /** From the first request of the login to the granted page. */
        login: positiveDuration().optional(),
        /** Each step of the login, the page behind it and the logout. */
        step: positiveDuration().optional(),
        /** From the first request of the login to the end of the logout. */
        total: positiveDuration().optional(),
      })
      .default({}),
    /** Several logins at once, after the hold. */
    burst: burstSchema(),
    /** What each observation weighs. */
    security: securitySchema(),
    tls: z.strictObject({ minDays: z.number().int().min(1).max(3650) }).optional(),
  })
  .refine(hasPlace, 'needs a target (a base URL) or instances')
  .superRefine((spec, context) => {
    // What is wrong by itself is not looked at as a whole: its steps may not be steps.
    if (context.issues.length > 0) return;
    for (const name of unknownReferences(spec)) {
      const message = `{{${name}}} is filled by nothing; known: username, password and what an earlier step captures`;
      context.addIssue({ code: 'custom', path: ['login'], message });
    }
    if (spec.burst && spec.account.totp) {
      const message =
        'cannot be used together with account.totp: each code works once, so logins cannot be side by side';
      context.addIssue({ code: 'custom', path: ['burst'], message });
    }
    for (const { path, message } of [...codeProblems(spec), ...headerProblems(spec)])
      context.addIssue({ code: 'custom', path, message });
  })
  .meta({ choices: targetChoices });

export type LoginSpec = z.output<typeof loginSpec>;
export type Negative = keyof LoginSpec['negative'];
