// The looks that must be refused: a stranger, a wrong password, the session after the logout.
import { urlOf } from '../http/target.ts';
import { isGranted, probe, setOut, type Stage, takeAll, takeSession } from './attempt.ts';
import type { FlowStep } from './flows/flow-step.ts';
import { loginSteps, needsCode } from './plan.ts';
import type { NegativeName, StepSeen } from './seen.ts';
import { noCapture, type Walk } from './visits.ts';

const asNegative = (name: NegativeName, step: StepSeen): StepSeen => ({ ...step, name, role: 'negative' });

/** Somebody without a session asks for the page. */
export const asStranger = async (stage: Stage): Promise<StepSeen> =>
  asNegative('a stranger', await probe(stage, await setOut(stage, '')));

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
 * Signs in with a wrong password, once, and stops at the answer to it. Only when that looks like success the way is
 * gone to its end, and the page behind the login is asked, too.
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
  if (last && !isGranted(last)) return asNegative('a wrong password', { ...refusedToken(last), trail: trail() });
  takeSession(stage, walk);
  steps.push(await probe(stage, walk));
  return asNegative('a wrong password', { ...(steps.at(-1) as StepSeen), trail: trail() });
};

/** The session as it stands, to be replayed after the logout. */
export interface SavedSession {
  headers: Record<string, string>;
}

/** Keeps cookies and headers of a session. */
export const saveSession = async ({ spec, base }: Stage, { visitor }: Walk): Promise<SavedSession> => {
  const cookie = await visitor.cookies.header(urlOf(base, spec.probe.get));
  return { headers: { ...visitor.headers, ...(cookie === '' ? {} : { cookie }) } };
};

/**
 * Replays the cookies from before the password, now that the login was granted: if they open the page, whoever knew
 * them is signed in, too (session fixation). None where there were no cookies.
 */
export const withEarlierSession = async (stage: Stage, { earlier = '' }: Walk): Promise<StepSeen[]> => {
  if (earlier === '') return [];
  const walk = await setOut(stage, '');
  walk.visitor.headers = { cookie: earlier };
  return [asNegative('the session from before the login', await probe(stage, walk))];
};

/** Replays a saved session: a logout that only clears the browser's cookie leaves it alive. */
export const withDeadSession = async (stage: Stage, { headers }: SavedSession): Promise<StepSeen> => {
  const walk = await setOut(stage, '');
  walk.visitor.headers = headers;
  return asNegative('the session after the logout', await probe(stage, walk));
};
