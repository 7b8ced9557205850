// Turns a step into a request: templates filled by the place where they stand, forms as a browser sends them.
import { fill, type Place } from '../../kit/fill.ts';
import type { Json } from '../../kit/json.ts';
import type { RequestPlan } from '../http/request.ts';
import { contentOf } from '../http/session.ts';
import { urlOf } from '../http/target.ts';
import type { Rules } from './classify.ts';
import { findForm, type PageForm } from './html.ts';
import type { LoginStep } from './keys.ts';
import type { FlowStep } from './plan.ts';
import type { Arrival, Surroundings, Visit, Visitor } from './visitor.ts';

/** A visitor on its way through a login. */
export interface Walk {
  visitor: Visitor;
  around: Surroundings;
  /** Base URL of the target. */
  base: string;
  rules: Rules;
  /** The account, and what was captured. */
  values: Record<string, string>;
  /** Where the step before ended. */
  page: Arrival | undefined;
}

/** A step that cannot be taken as the check says; half a sentence. */
export class StepProblem extends Error {
  readonly reason: string;
  constructor(message: string, reason = '') {
    super(message);
    this.reason = reason;
  }
}

const fillAll = (texts: Readonly<Record<string, string>>, walk: Walk): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fill(text, walk.values)]));

const fillJson = (value: Json, walk: Walk): Json => {
  if (typeof value === 'string') return fill(value, walk.values);
  if (Array.isArray(value)) return value.map((one) => fillJson(one, walk));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fillJson(one, walk)]));
};

const placeOf = (headers: Record<string, string>): Place => {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (type.includes('json')) return 'json';
  return type.includes('urlencoded') ? 'form' : 'text';
};

const filled = ({ form, json, body, ...plan }: RequestPlan, walk: Walk): RequestPlan => ({
  ...plan,
  headers: fillAll(plan.headers, walk),
  ...(form === undefined ? {} : { form: fillAll(form, walk) }),
  ...(json === undefined ? {} : { json: fillJson(json, walk) }),
  ...(body === undefined ? {} : { body: fill(body, walk.values, placeOf(plan.headers)) }),
});

/** The password goes to the target, or to the origin that the step names. */
const guardPassword = (url: string, allowed: string): void => {
  const { origin } = new URL(url);
  if (origin === new URL(allowed).origin) return;
  throw new StepProblem(`the password would go to ${origin}, not to ${new URL(allowed).origin}`);
};

/** Like a browser: some frameworks refuse a POST without Origin, or over https without Referer. */
const browserHeaders = (method: string, url: string, walk: Walk): Record<string, string> => ({
  ...(method === 'GET' ? {} : { origin: new URL(url).origin }),
  ...(walk.page ? { referer: walk.page.url } : {}),
});

/** The request of a step. Throws a `StepProblem`. */
export const requestVisit = (plan: RequestPlan, flow: FlowStep, walk: Walk): Visit => {
  const url = urlOf(walk.base, fill(plan.path, walk.values, 'url'));
  if (flow.carriesPassword) guardPassword(url, walk.base);
  const { headers, body } = contentOf(filled(plan, walk));
  const own = fillAll(plan.headers, walk);
  const all = { ...browserHeaders(plan.method, url, walk), ...headers, ...own };
  return { method: plan.method, url, headers: all, ...(body === undefined ? {} : { body }) };
};

const noForm = (walk: Walk): StepProblem => {
  const path = walk.page ? new URL(walk.page.url).pathname : 'no page';
  const status = walk.page?.last.status;
  return new StepProblem(
    `no <form> on ${path} (status ${status}); a page that is drawn by JavaScript needs \`steps\` with the API that it calls`,
  );
};

/** A value that looks like a token, by the name of its field or by its length. */
const isToken = (name: string, value: string): boolean =>
  value.length >= 8 && (/csrf|xsrf|token|nonce|state|saml|code|secret|key/i.test(name) || value.length >= 20);

const learnTokens = (form: PageForm, walk: Walk): void => {
  for (const [name, value] of form.fields)
    if (form.hidden.includes(name) && isToken(name, value)) walk.around.learn(value, `form field ${name}`);
};

const accountFields = (form: PageForm, { credentials }: FlowStep, walk: Walk): Record<string, string> => {
  if (!credentials) return {};
  const username = credentials.username ?? form.usernameField;
  const password = credentials.password ?? form.passwordField;
  if (password === undefined)
    throw new StepProblem('the form has no password field; name it in `login.form.fields.password`');
  const { username: name = '', password: secret = '' } = walk.values;
  return { ...(username === undefined ? {} : { [username]: name }), [password]: secret };
};

const encoded = (form: PageForm, set: Record<string, string>): string => {
  const kept = form.fields.filter(([name]) => name !== '' && !Object.hasOwn(set, name));
  return new URLSearchParams([...kept, ...Object.entries(set)]).toString();
};

type Submit = Extract<LoginStep, { verb: 'submit' }>['submit'];

/** The form of the page before, as a request; undefined for an optional form that is not there. Throws a `StepProblem`. */
export const submitVisit = async (submit: Submit, flow: FlowStep, walk: Walk): Promise<Visit | undefined> => {
  const form = walk.page && (await findForm(walk.page.last.body, walk.page.url, submit.form));
  if (!form && submit.optional) return undefined;
  if (!form) throw noForm(walk);
  learnTokens(form, walk);
  const body = encoded(form, { ...accountFields(form, flow, walk), ...fillAll(submit.set ?? {}, walk) });
  if (flow.carriesPassword) guardPassword(form.action, submit.at ?? walk.base);
  const headers = browserHeaders(form.method, form.action, walk);
  if (form.method === 'GET') return { method: 'GET', url: `${form.action.split('?')[0]}?${body}`, headers };
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url: form.action, headers: { ...headers, ...type }, body };
};
