// What a look of a `login` check does, step by step, for `validate --show`: names of fields, never their values.
import * as z from 'zod';
import { duration } from '../../kit/text.ts';
import type { RequestPlan } from '../http/request.ts';
import type { FlowStep, OidcAct } from './flows/flow-step.ts';
import { withoutPassword } from './flows/oidc-plan.ts';
import { stepSchema } from './flows/step-keys.ts';
import { readSeed, type Seed } from './flows/totp.ts';
import { loginSchema } from './keys.ts';
import { loginSteps, logoutSteps, type Planned } from './plan.ts';

const listed = (names: readonly string[]): string => names.join(', ');

const bodyText = ({ form, json, body }: RequestPlan): string => {
  if (form !== undefined) return ` with the form fields ${listed(Object.keys(form))}`;
  if (typeof json === 'object' && json !== null && !Array.isArray(json))
    return ` with the JSON fields ${listed(Object.keys(json))}`;
  return json === undefined && body === undefined ? '' : ' with a body';
};

const requestText = (plan: RequestPlan): string => `${plan.method} ${plan.path}${bodyText(plan)}`;

const oidcTexts: Record<OidcAct, string> = {
  discover: "GET the issuer's discovery document",
  authorize:
    'GET the authorization_endpoint with state, nonce and a PKCE challenge; redirects are followed within origins',
  redeem:
    'catch the redirect to redirectUri, POST the code to the token_endpoint, check the ID token and its signature',
  refresh: 'POST the refresh token to the token_endpoint',
  endSession: 'GET the end_session_endpoint',
  revoke: 'POST the tokens to the revocation_endpoint',
};

const formText = (selector: string | undefined): string => {
  if (selector === withoutPassword) return 'a form without a password field';
  return selector === undefined ? 'the form of the page' : `the form ${selector}`;
};

const stepText = ({ step, code }: FlowStep): string => {
  switch (step.verb) {
    case 'oidc':
      return oidcTexts[step.act];
    case 'digest':
      return `GET ${step.path}, and again with the answer to its Digest challenge`;
    case 'poll':
      return `${requestText(step.request)} every ${duration(step.every)} for at most ${duration(step.within)}`;
    case 'request':
      return requestText(step.request);
    case 'submit': {
      const which = formText(step.submit.form);
      return `send ${which}${code ? ' with the code' : ''}${step.submit.optional ? ', if there is one' : ''}`;
    }
  }
  return step satisfies never;
};

const passwordText = ({ carriesPassword, at, step }: FlowStep): string => {
  if (!carriesPassword) return '';
  const named = (step.verb === 'submit' ? step.submit.at : undefined) ?? at;
  return ` (carries the password, to ${named === undefined ? 'the target' : new URL(named).origin} only)`;
};

const capturedText = ({ step }: FlowStep): string => {
  const names = 'capture' in step ? Object.keys(step.capture) : [];
  return names.length === 0 ? '' : `; takes ${listed(names)}`;
};

const lineOf = (flow: FlowStep): string => `${flow.name}: ${stepText(flow)}${passwordText(flow)}${capturedText(flow)}`;

/** Keys may hold references that are not resolved; what is no plan of steps gives no lines. */
const settingsSchema = () =>
  z.object({
    account: z.object({ totp: z.string().optional() }),
    login: loginSchema(),
    probe: z.object({ get: z.string().optional(), post: z.string().optional() }),
    logout: z.union([stepSchema(), z.array(stepSchema())]).optional(),
  });

/** A seed that is not known yet changes no step. */
const anySeed: Seed = { key: new Uint8Array(), digits: 6, algorithm: 'sha1', period: 30 };

/** The lines. */
export const outline = (settings: unknown): string[] => {
  const { success, data } = settingsSchema().safeParse(settings);
  if (!success) return [];
  const { account, probe, ...rest } = data;
  const path = probe.get ?? probe.post ?? '/';
  const planned: Planned = {
    ...rest,
    probe: { get: path },
    account: account.totp === undefined ? {} : { totp: readSeed(account.totp) ?? anySeed },
  };
  const seen = `see ${path}: ${probe.get === undefined ? 'POST' : 'GET'} ${path} with the session`;
  return [...loginSteps(planned).map(lineOf), seen, ...logoutSteps(planned).map(lineOf)];
};

/** A code of the second factor works once in its 30 s (RFC 6238). */
export const leastEvery = (settings: unknown): { every: number; because: string } | undefined => {
  const { success } = z.object({ account: z.object({ totp: z.string() }) }).safeParse(settings);
  const because = 'account.totp signs in with codes that each work once in 30 s';
  return success ? { every: 30_000, because } : undefined;
};
