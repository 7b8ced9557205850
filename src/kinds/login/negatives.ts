// The looks that must be refused: a stranger, a wrong password, the session after the logout.
import { urlOf } from '../http/target.ts';
import { matches } from '../http/matcher.ts';
import { isGranted, probe, seen, setOut, type Stage, takeAll, takeSession } from './attempt.ts';
import { isThrottled } from './classify.ts';
import type { FlowStep } from './flows/flow-step.ts';
import { stepEvidence } from './evidence.ts';
import { livesOn } from './flows/stateless.ts';
import { deadStep, loginSteps, needsCode } from './plan.ts';
import type { NegativeName, StepSeen } from './seen.ts';
import { noCapture, requestVisit, type StepFinding, type Walk } from './visits.ts';

/** A refusal is what is wanted: there is nothing to look into. */
const asNegative = (name: NegativeName, { evidence: own, ...step }: StepSeen, walk: Walk): StepSeen => {
  const evidence = isGranted(step) ? stepEvidence(walk) : own;
  return { ...step, name, role: 'negative', ...(evidence && step.outcome !== 'refused' ? { evidence } : {}) };
};

/** Somebody without a session asks for the page. */
export const asStranger = async (stage: Stage): Promise<StepSeen> => {
  const walk = await setOut(stage, '');
  return asNegative('a stranger', await probe(stage, walk), walk);
};

/** An answer without the token is no failure here, but a refusal. */
const refusedToken = (step: StepSeen): StepSeen =>
  step.reason === noCapture ? { ...step, outcome: 'refused', reason: '' } : step;

/** The steps up to the one that carries the password, and those after it. */
const split = (flow: FlowStep[]): [FlowStep[], FlowStep[]] => {
  const until = flow.findIndex(({ carriesPassword }) => carriesPassword) + 1;
  // Codes are for the right password: each works once.
  const code = flow.findIndex((step, index) => index >= until && needsCode(step));
  return [flow.slice(0, until), flow.slice(until, code < 0 ? flow.length : code)];
};

/**
 * A login that says no and opens the page all the same: asked where its answer changed the cookies, as else the visitor is
 * the stranger of before. Anything but being granted takes nothing back.
 */
const openedAllTheSame = async (stage: Stage, walk: Walk): Promise<StepSeen | undefined> => {
  if ((await walk.visitor.cookies.header(walk.probed)) === (walk.earlier ?? '')) return undefined;
  const step = await probe(stage, walk);
  return isGranted(step) ? step : undefined;
};

/**
 * Signs in with a wrong password, once, and stops at the answer to it. When that looks like success, the way is
 * gone to its end. Then the page behind the login is asked: nothing of it may be open.
 */
export const withWrongPassword = async (stage: Stage): Promise<StepSeen> => {
  const walk = await setOut(stage, `wrong-${crypto.randomUUID()}`);
  // Where password and code are sent together, the code is made up: a real one could not be used again.
  walk.code = async () => stage.codes?.madeUp() ?? '';
  const [until, rest] = split(loginSteps(stage.spec));
  const steps = await takeAll(until, 'login', walk, stage.clock);
  if (steps.every(isGranted)) steps.push(...(await takeAll(rest, 'login', walk, stage.clock)));
  // From the request that carried the password on.
  const trail = (): string =>
    steps
      .slice(Math.min(until.length, steps.length) - 1)
      .map((step) => step.trail)
      .filter(Boolean)
      .join(', then ');
  const last = steps.at(-1);
  if (last && !isGranted(last)) {
    const step = refusedToken(last);
    const opened = step.outcome === 'refused' ? await openedAllTheSame(stage, walk) : undefined;
    const told = opened ? { ...opened, trail: `${trail()}, then ${opened.trail}` } : { ...step, trail: trail() };
    return asNegative('a wrong password', told, walk);
  }
  takeSession(stage, walk);
  steps.push(await probe(stage, walk));
  return asNegative('a wrong password', { ...(steps.at(-1) as StepSeen), trail: trail() }, walk);
};

/** The session as it stands, to be replayed after the logout. */
export interface SavedSession {
  headers: Record<string, string>;
  /** What was captured. */
  values: Record<string, string>;
}

/** Keeps cookies, headers and captured values of a session. */
export const saveSession = async ({ spec, base }: Stage, { visitor, values }: Walk): Promise<SavedSession> => {
  const cookie = await visitor.cookies.header(urlOf(base, spec.probe.get));
  return { headers: { ...visitor.headers, ...(cookie === '' ? {} : { cookie }) }, values: { ...values } };
};

/**
 * Replays the cookies from before the password, now that the login was granted: if they open the page, whoever knew
 * them is signed in, too (session fixation). None where there were no cookies.
 */
export const withEarlierSession = async (stage: Stage, { earlier = '' }: Walk): Promise<StepSeen[]> => {
  if (earlier === '') return [];
  const walk = await setOut(stage, '');
  walk.visitor.headers = { cookie: earlier };
  return [asNegative('the session from before the login', await probe(stage, walk), walk)];
};

/** Asks what the check names instead of the page: a refresh token that must be dead as well, say. */
const askDead = async ({ spec }: Stage, flow: FlowStep, walk: Walk): Promise<StepFinding> => {
  if (flow.step.verb !== 'request' || !spec.dead) throw new Error('only a request is asked after the logout');
  const { last } = await walk.visitor.visit(requestVisit(flow.step.request, flow, walk));
  const { status } = last;
  const throttled = isThrottled(last, walk.rules);
  if (throttled) return { ...throttled, status };
  if (matches(spec.dead.refused, last, walk.values)) return { outcome: 'refused', note: `status ${status}`, status };
  return { outcome: status >= 500 ? 'broken' : 'granted', note: `status ${status}`, status };
};

const name = 'the session after the logout';

/**
 * Replays a saved session: a logout that only clears the browser's cookie leaves it alive. Where the check names what
 * must be dead, that is asked instead.
 */
export const withDeadSession = async (stage: Stage, { headers, values }: SavedSession): Promise<StepSeen> => {
  const walk = await setOut(stage, '');
  walk.visitor.headers = headers;
  Object.assign(walk.values, values);
  const dead = deadStep(stage.spec);
  if (dead) {
    return asNegative(name, await seen(name, 'negative', walk, stage.clock, () => askDead(stage, dead, walk)), walk);
  }
  const step = await probe(stage, walk);
  const note = isGranted(step) ? livesOn(headers, stage.clock.now()) : '';
  return asNegative(name, note === '' ? step : { ...step, note }, walk);
};
