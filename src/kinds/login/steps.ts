// Carries out one step of a login: a request or the form of the page before, with what it captures.
import { fill, type Place } from '../../kit/fill.ts';
import type { Json } from '../../kit/json.ts';
import { jsonAt, parseJson } from '../http/json-path.ts';
import type { RequestPlan } from '../http/request.ts';
import { contentOf } from '../http/session.ts';
import { urlOf } from '../http/target.ts';
import type { Reading, Rules } from './classify.ts';
import { readPasswordAnswer, readPlain } from './classify.ts';
import { findForm, metaContent, type PageForm } from './html.ts';
import type { FlowStep } from './plan.ts';
import type { Capture, LoginStep } from './spec.ts';
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

/** What a step gave. `reason` is `no_capture` when the answer lacks what the step takes from it. */
export type StepFinding = Reading & { status: number | null; reason?: string };

/** A step that cannot be taken as the check says; half a sentence. */
class StepProblem extends Error {
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

const requestVisit = (plan: RequestPlan, flow: FlowStep, walk: Walk): Visit => {
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

/** Undefined for an optional form that is not there. */
const submitVisit = async (submit: Submit, flow: FlowStep, walk: Walk): Promise<Visit | undefined> => {
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

const captured = async (from: Capture, { last, url }: Arrival): Promise<string | undefined> => {
  if (typeof from === 'string') {
    const found = jsonAt(parseJson(last.body) ?? null, from);
    return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
  }
  if ('header' in from) return last.headers[from.header.toLowerCase()]?.[0];
  if ('meta' in from) return metaContent(last.body, from.meta);
  return new URL(url).searchParams.get(from.url) ?? undefined;
};

const capture = async ({ step }: FlowStep, arrival: Arrival, walk: Walk): Promise<void> => {
  for (const [name, from] of Object.entries(step.capture)) {
    const value = await captured(from, arrival);
    if (value === undefined || value === '')
      throw new StepProblem(
        `the answer (status ${arrival.last.status}) has no "${name}" at ${JSON.stringify(from)}`,
        'no_capture',
      );
    if (value.length >= 4) walk.around.learn(value, name);
    walk.values[name] = value;
  }
};

const withNotes = ({ outcome, note }: Reading, { notes }: Arrival): Reading => ({
  outcome,
  note: [note, ...notes].filter(Boolean).join('; '),
});

const readArrival = (flow: FlowStep, before: string, arrival: Arrival, rules: Rules): Reading => {
  const { first, last, url } = arrival;
  return flow.carriesPassword ? readPasswordAnswer({ first, last, url, before }, rules) : readPlain(last, rules);
};

const take = async (flow: FlowStep, walk: Walk): Promise<StepFinding> => {
  const { step } = flow;
  const visit =
    step.verb === 'submit' ? await submitVisit(step.submit, flow, walk) : requestVisit(step.request, flow, walk);
  if (!visit) return { outcome: 'granted', note: 'there was no such form; passed over', status: null };
  const before = walk.page?.last.body ?? '';
  const arrival = await walk.visitor.follow(await walk.visitor.visit(visit));
  walk.page = arrival;
  const reading = readArrival(flow, before, arrival, walk.rules);
  if (reading.outcome === 'granted') await capture(flow, arrival, walk);
  return { ...withNotes(reading, arrival), status: arrival.last.status };
};

/** Takes a step. Throws an `HttpFailure` when there is no answer. */
export const takeStep = async (flow: FlowStep, walk: Walk): Promise<StepFinding> => {
  try {
    return await take(flow, walk);
  } catch (error) {
    if (!(error instanceof StepProblem)) throw error;
    const status = walk.page?.last.status ?? null;
    return { outcome: 'broken', note: error.message, status, reason: error.reason };
  }
};
