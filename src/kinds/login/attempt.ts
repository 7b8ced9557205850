// One visit from beginning to end: sign in, see the page behind the login, sign out; and the looks that must be refused.
import { fill, references } from '../../kit/fill.ts';
import type { Clock } from '../../kit/io.ts';
import { unanswered } from '../http/failure.ts';
import { urlOf } from '../http/target.ts';
import { isRedirect, readProbe } from './classify.ts';
import { stepEvidence } from './evidence.ts';
import { derivedValues } from './flows/credentials.ts';
import type { FlowStep } from './flows/flow-step.ts';
import type { Codes } from './flows/totp.ts';
import type { Visit } from './flows/visit.ts';
import { filledNames, loginSteps, logoutSteps, sessionHeaders } from './plan.ts';
import type { StepSeen } from './seen.ts';
import type { LoginSpec } from './spec.ts';
import { takeStep } from './steps.ts';
import { openVisitor, type Surroundings } from './visitor.ts';
import { requestVisit, type StepFinding, StepProblem, type Walk } from './visits.ts';

/** What one place is visited with. */
export interface Stage {
  spec: LoginSpec;
  base: string;
  around: Surroundings;
  clock: Clock;
  /** Codes of the second factor, where the account has one. */
  codes: Codes | undefined;
}

type Role = StepSeen['role'];

/** Who does not sign in, or not to the end, has captured nothing: what refers to it finds a value that is nobody's. */
const nobody = (spec: LoginSpec): Record<string, string> =>
  Object.fromEntries(filledNames(spec).map((name) => [name, `nobody-${crypto.randomUUID()}`]));

/** A new visitor at the beginning of its way. */
export const setOut = async ({ spec, base, around, clock, codes }: Stage, password: string): Promise<Walk> => {
  const { username } = spec.account;
  const derived = derivedValues(spec.login, username, password);
  for (const [name, value] of Object.entries(derived)) around.learn(value, name);
  const values = { ...(password === spec.account.password ? {} : nobody(spec)), username, password, ...derived };
  const page = spec.login.form?.page;
  const loginPage = page === undefined ? undefined : new URL(urlOf(base, page)).pathname;
  const visitor = await openVisitor(around);
  visitor.guarded = password === '' ? [] : [password, ...Object.values(derived)];
  const code = async (): Promise<string> => {
    const taken = (await codes?.take(around.left(), around.signal)) ?? '';
    around.learn(taken, 'totp');
    return taken;
  };
  return {
    visitor,
    around,
    clock,
    base,
    rules: { spec, values, loginPage },
    values,
    probed: urlOf(base, spec.probe.get),
    page: undefined,
    code,
  };
};

/** Of many requests, the first ones and the last: a circle of ten says no more than that. */
const trailText = (trail: readonly string[]): string => {
  const shown = trail.length <= 6 ? trail : [...trail.slice(0, 3), `${trail.length - 4} more`, ...trail.slice(-1)];
  return shown.join(', then ');
};

/** Takes one step and writes down what was seen; a target that gives no answer is a broken step. */
export const seen = async (
  name: string,
  role: Role,
  walk: Walk,
  clock: Clock,
  act: () => Promise<StepFinding>,
): Promise<StepSeen> => {
  const started = clock.monotonic();
  walk.visitor.trail.length = 0;
  walk.visitor.hops.length = 0;
  const done = (finding: StepFinding, error?: unknown): StepSeen => {
    const ms = Math.round(clock.monotonic() - started);
    const hops = [...walk.visitor.hops];
    const evidence = finding.outcome === 'granted' ? undefined : stepEvidence(walk, error);
    const told = { name, role, reason: '', ...finding, ms, trail: trailText(walk.visitor.trail), hops };
    return evidence ? { ...told, evidence } : told;
  };
  try {
    return done(await act());
  } catch (error) {
    if (error instanceof StepProblem) return done({ outcome: 'broken', note: error.message, status: null });
    const { reason, because } = unanswered(error, `${name} (${trailText(walk.visitor.trail)})`);
    return done({ outcome: 'broken', note: because, status: null, reason }, error);
  }
};

/** Whether a step was granted. */
export const isGranted = ({ outcome }: StepSeen): boolean => outcome === 'granted';

/** Takes steps up to the first one that is not granted. */
export const takeAll = async (flow: FlowStep[], role: Role, walk: Walk, clock: Clock): Promise<StepSeen[]> => {
  const steps: StepSeen[] = [];
  for (const one of flow) {
    // What was refused elsewhere meanwhile counts against the account.
    if (one.carriesPassword && walk.over?.aborted) break;
    if (one.carriesPassword) walk.earlier ??= await walk.visitor.cookies.header(walk.probed);
    const step = await seen(one.name, role, walk, clock, () => takeStep(one, walk));
    const budget = 'budget' in one.step ? one.step.budget : undefined;
    steps.push(budget === undefined ? step : { ...step, budget });
    if (!isGranted(step)) break;
  }
  return steps;
};

const missingCookie = async ({ spec, base }: Stage, walk: Walk): Promise<StepFinding | undefined> => {
  const name = spec.session?.cookie;
  if (name === undefined || (await walk.visitor.cookies.has(name, urlOf(base, spec.probe.get)))) return undefined;
  return { outcome: 'broken', note: `the login set no cookie ${name}`, status: null };
};

const probeVisit = ({ probe: { get: path, method, json, headers } }: LoginSpec, base: string, walk: Walk): Visit => {
  if (method === 'POST') {
    const body = json === undefined ? {} : { json };
    return requestVisit(
      { method, path, headers: { accept: 'application/json', ...headers }, ...body },
      { carriesPassword: false },
      walk,
    );
  }
  const own = Object.entries(headers).map(([name, text]) => [name, fill(text, walk.values)]);
  return { method, url: urlOf(base, path), headers: Object.fromEntries(own) };
};

const askProbe = async ({ spec, base }: Stage, walk: Walk): Promise<StepFinding> => {
  const visit = probeVisit(spec, base, walk);
  const arrival = await walk.visitor.visit(visit);
  const direct = readProbe(arrival.last, arrival.url, walk.rules);
  if (direct) return { ...direct, status: arrival.last.status };
  const end = await walk.visitor.follow(arrival);
  const reading = isRedirect(end.last) ? undefined : readProbe(end.last, end.url, walk.rules);
  const note = end.notes.join('; ');
  return { ...(reading ?? { outcome: 'broken', note }), status: end.last.status };
};

/** Asks for the page behind the login. */
export const probe = (stage: Stage, walk: Walk): Promise<StepSeen> =>
  seen(`see ${stage.spec.probe.get}`, 'probe', walk, stage.clock, () => askProbe(stage, walk));

/** Sets the headers of the session, as far as what they refer to was captured. */
export const takeSession = ({ spec }: Stage, walk: Walk): void => {
  const known = Object.entries(sessionHeaders(spec)).filter(([, text]) =>
    references(text).every((name) => Object.hasOwn(walk.values, name)),
  );
  walk.visitor.headers = Object.fromEntries(known.map(([name, text]) => [name, fill(text, walk.values)]));
};

/** Signs in and asks for the page behind the login. */
export const signIn = async (stage: Stage, walk: Walk): Promise<StepSeen[]> => {
  const flow = loginSteps(stage.spec);
  const steps = await takeAll(flow, 'login', walk, stage.clock);
  if (steps.length < flow.length || !steps.every(isGranted)) return steps;
  takeSession(stage, walk);
  const look = async (): Promise<StepFinding> => (await missingCookie(stage, walk)) ?? askProbe(stage, walk);
  const page = await seen(`see ${stage.spec.probe.get}`, 'probe', walk, stage.clock, look);
  return [...steps, page];
};

/** Signs out, where the check says how. */
export const signOut = (stage: Stage, walk: Walk): Promise<StepSeen[]> =>
  takeAll(logoutSteps(stage.spec), 'logout', walk, stage.clock);
