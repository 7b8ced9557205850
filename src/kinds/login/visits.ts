// Turns a step into a request: templates filled by the place where they stand, forms as a browser sends them.
import { fill, type Place } from '../../kit/fill.ts';
import type { Clock } from '../../kit/io.ts';
import type { Json } from '../../kit/json.ts';
import { count } from '../../kit/text.ts';
import type { RequestPlan } from '../http/request.ts';
import { contentOf } from '../http/session.ts';
import { urlOf } from '../http/target.ts';
import { wordsOf } from '../http/words.ts';
import { isRedirect, type Reading, type Rules } from './classify.ts';
import type { FlowStep } from './flows/flow-step.ts';
import type { OidcState } from './flows/oidc-state.ts';
import { formVisit, learnFields, leavesHttps } from './flows/onward.ts';
import type { LoginStep } from './flows/step-keys.ts';
import type { Visit } from './flows/visit.ts';
import { findForm, type PageForm } from './html.ts';
import type { Arrival, Surroundings, Visitor } from './visitor.ts';

/** A visitor on its way through a login. */
export interface Walk {
  visitor: Visitor;
  around: Surroundings;
  clock: Clock;
  /** Base URL of the target. */
  base: string;
  rules: Rules;
  /** The account, and what was captured. */
  values: Record<string, string>;
  /** Where the step before ended. */
  page: Arrival | undefined;
  /** URL of the page behind the login. */
  probed: string;
  /** The Cookie header for the page behind the login, as it was before the password was sent. */
  earlier?: string;
  /** Gives the code of the second factor. */
  code: () => Promise<string>;
  /** The field that the last code was sent in. */
  codeField?: string;
  /** Of a login in a burst: aborts when no password may be sent any more. */
  over?: AbortSignal;
  /** What a login over OpenID Connect knows of its provider. */
  oidc?: OidcState;
}

/** What a step gave. `reason` is `no_capture` when the answer lacks what the step takes from it. */
export type StepFinding = Reading & { status: number | null; reason?: string };

/** Reasons of a `StepProblem`: the answer lacks what the step takes from it; the account was turned away by name. */
export const noCapture = 'no_capture';
export const turnedAway = 'turned_away';

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
export const guardPassword = (url: string, allowed: string): void => {
  const { origin } = new URL(url);
  if (origin === new URL(allowed).origin) return;
  throw new StepProblem(`the password would go to ${origin}, not to ${new URL(allowed).origin}`);
};

/** A path that is one captured value, like a link out of a mail, is a whole URL: it may lead to named origins only. */
const urlOfStep = ({ path }: RequestPlan, { at }: Pick<FlowStep, 'at'>, walk: Walk): string => {
  if (!/^\{\{[^{}]+\}\}$/.test(path.trim())) return urlOf(at ?? walk.base, fill(path, walk.values, 'url'));
  const url = urlOf(at ?? walk.base, fill(path.trim(), walk.values));
  if (!URL.canParse(url) || !walk.around.origins.has(new URL(url).origin))
    throw new StepProblem(
      `${path} leads to ${URL.canParse(url) ? new URL(url).origin : 'no URL'}, which is not in origins`,
    );
  return url;
};

/** Like a browser: some frameworks refuse a POST without Origin, or over https without Referer. */
const browserHeaders = (method: string, url: string, walk: Walk): Record<string, string> => ({
  ...(method === 'GET' ? {} : { origin: new URL(url).origin }),
  ...(walk.page ? { referer: walk.page.url } : {}),
});

/** The request of a step. Throws a `StepProblem`. */
export const requestVisit = (plan: RequestPlan, flow: Pick<FlowStep, 'at' | 'carriesPassword'>, walk: Walk): Visit => {
  const url = urlOfStep(plan, flow, walk);
  if (flow.carriesPassword) guardPassword(url, flow.at ?? walk.base);
  const { headers, body } = contentOf(filled(plan, walk));
  const own = fillAll(plan.headers, walk);
  const all = { ...browserHeaders(plan.method, url, walk), ...headers, ...own };
  return { method: plan.method, url, headers: all, ...(body === undefined ? {} : { body }) };
};

const noForm = (walk: Walk): StepProblem => {
  const path = walk.page ? new URL(walk.page.url).pathname : 'no page';
  const status = walk.page?.last.status;
  const key = walk.oidc ? 'signIn' : 'steps';
  // An empty page has no form: what left us there is what helps.
  if (walk.page && isRedirect(walk.page.last))
    return new StepProblem(`no <form> on ${path} (status ${status}): ${walk.page.notes.join('; ')}`);
  const { body = '', truncated = false } = walk.page?.last ?? {};
  const where = truncated ? `in the first ${count(body.length)} characters of ${path}` : `on ${path}`;
  const hasText = wordsOf(body).trim() !== '';
  const drawn =
    /<script\b/i.test(body) || !hasText
      ? `; a page that is drawn by JavaScript needs \`${key}\` with the API that it calls`
      : ': it is another page than the login';
  return new StepProblem(`no <form> ${where} (status ${status})${drawn}`);
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

const codeField = (form: PageForm, { code }: FlowStep, walk: Walk): Record<string, string> => {
  if (!code) return {};
  const field = code.field ?? form.codeField;
  if (field === undefined)
    throw new StepProblem('the form has no field for the code of the second factor; name it in `fields.code`');
  walk.codeField = field;
  return { [field]: walk.values['totp'] ?? '' };
};

const encoded = (form: PageForm, set: Record<string, string>): string => {
  const kept = form.fields.filter(([name]) => name !== '' && !Object.hasOwn(set, name));
  return new URLSearchParams([...kept, ...Object.entries(set)]).toString();
};

/** Who was sent back to our own client, or has left the provider, stands before no question any more. */
const isElsewhere = ({ onlyAt }: FlowStep, { page }: Walk): boolean =>
  page?.caught !== undefined ||
  (onlyAt !== undefined && page !== undefined && new URL(page.url).origin !== new URL(onlyAt).origin);

/** Forms hold answers of providers and tokens, also where no password is among them. */
const guardAction = ({ action }: PageForm, { around }: Walk): void => {
  const { origin } = new URL(action);
  if (origin === 'null') throw new StepProblem('the form leads to no web address; nothing was sent');
  if (!around.origins.has(origin))
    throw new StepProblem(`the form is sent to ${origin}, which is not in origins; nothing was sent there`);
};

/** The library says in an error of its own that a selector is none. */
export const bySelector = async <T>(selector: string | undefined, find: () => Promise<T>): Promise<T> => {
  try {
    return await find();
  } catch (cause) {
    if (selector === undefined) throw cause;
    throw new StepProblem(`"${selector}" is no CSS selector`);
  }
};

type Submit = Extract<LoginStep, { verb: 'submit' }>['submit'];

/** The form of the page before, as a request; undefined for an optional form that is not there. Throws a `StepProblem`. */
export const submitVisit = async (submit: Submit, flow: FlowStep, walk: Walk): Promise<Visit | undefined> => {
  if (submit.optional && isElsewhere(flow, walk)) return undefined;
  const { page } = walk;
  const form = page && (await bySelector(submit.form, () => findForm(page.last.body, page.url, submit.form)));
  if (!form && submit.optional) return undefined;
  if (!form || !walk.page) throw noForm(walk);
  learnFields(form, walk.around.learn);
  const found = { ...accountFields(form, flow, walk), ...codeField(form, flow, walk) };
  const content = encoded(form, { ...found, ...fillAll(submit.set ?? {}, walk) });
  if (flow.carriesPassword) guardPassword(form.action, submit.at ?? flow.at ?? walk.base);
  guardAction(form, walk);
  if (leavesHttps(walk.page.url, form.action))
    throw new StepProblem(`the form would leave https: it is sent to ${new URL(form.action).origin}`);
  return formVisit(form, content, walk.page.url);
};
