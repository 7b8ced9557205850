// Carries out one step of a login: a request or the form of the page before, with what it captures.
import { jsonAt, parseJson } from '../http/json-path.ts';
import { isRedirect, type Reading, type Rules, readPasswordAnswer, readPlain } from './classify.ts';
import type { FlowStep } from './flows/flow-step.ts';
import { takeOidcStep } from './flows/oidc.ts';
import type { Capture, LoginStep } from './flows/step-keys.ts';
import { findForm, metaContent } from './html.ts';
import { needsCode } from './plan.ts';
import type { Arrival } from './visitor.ts';
import {
  noCapture,
  requestVisit,
  type StepFinding,
  StepProblem,
  submitVisit,
  turnedAway,
  type Walk,
} from './visits.ts';

const captured = async (from: Capture, { last, url }: Arrival): Promise<string | undefined> => {
  if (typeof from === 'string') {
    const found = jsonAt(parseJson(last.body) ?? null, from);
    return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
  }
  if ('header' in from) return last.headers[from.header.toLowerCase()]?.[0];
  if ('meta' in from) return metaContent(last.body, from.meta);
  return new URL(url).searchParams.get(from.url) ?? undefined;
};

const capture = async (step: LoginStep, arrival: Arrival, walk: Walk): Promise<void> => {
  for (const [name, from] of Object.entries(step.capture)) {
    const value = await captured(from, arrival);
    if (value === undefined || value === '')
      throw new StepProblem(
        `the answer (status ${arrival.last.status}) has no "${name}" at ${JSON.stringify(from)}`,
        noCapture,
      );
    if (value.length >= 4) walk.around.learn(value, name);
    walk.values[name] = value;
  }
};

const withNotes = ({ outcome, note }: Reading, { notes }: Arrival): Reading => ({
  outcome,
  note: [note, ...notes].filter(Boolean).join('; '),
});

/** At a provider a redirect that is not followed is the end: the next form would be looked for on an empty page. */
const isStuck = ({ last, caught }: Arrival, { visitor }: Walk): boolean =>
  visitor.catches !== undefined && isRedirect(last) && !caught;

const readArrival = (flow: FlowStep, before: string, arrival: Arrival, rules: Rules): Reading => {
  const { first, last, url } = arrival;
  return flow.carriesPassword ? readPasswordAnswer({ first, last, url, before }, rules) : readPlain(last, rules);
};

const codeRefused =
  'the code of the second factor was refused: compare the clocks, and look whether another run uses the account';

/** What only a step of its sort can get wrong. */
const readOn = async ({ code, mustSend }: FlowStep, read: Reading, arrival: Arrival, walk: Walk): Promise<Reading> => {
  if (isStuck(arrival, walk)) return { ...read, outcome: 'broken' };
  const again = code && (await findForm(arrival.last.body, arrival.url));
  if (!arrival.caught && again?.fields.some(([name]) => name === walk.codeField))
    return { outcome: 'refused', note: codeRefused };
  if (mustSend === undefined || walk.visitor.sent.has(mustSend)) return read;
  const where = `${new URL(arrival.url).pathname} (status ${arrival.last.status})`;
  return { outcome: 'broken', note: `the provider sent no ${mustSend}: the sign-in ended on ${where}` };
};

const takeWritten = async (flow: FlowStep, step: LoginStep, walk: Walk): Promise<StepFinding> => {
  const visit =
    step.verb === 'submit' ? await submitVisit(step.submit, flow, walk) : requestVisit(step.request, flow, walk);
  if (!visit) return { outcome: 'granted', note: 'there was no such form; passed over', status: null };
  const before = walk.page?.last.body ?? '';
  const arrival = await walk.visitor.follow(await walk.visitor.visit(visit));
  walk.page = arrival;
  const read = readArrival(flow, before, arrival, walk.rules);
  const reading = read.outcome === 'granted' ? await readOn(flow, read, arrival, walk) : read;
  if (reading.outcome === 'granted') await capture(step, arrival, walk);
  return { ...withNotes(reading, arrival), status: arrival.last.status };
};

const take = async (flow: FlowStep, walk: Walk): Promise<StepFinding> => {
  const { step } = flow;
  if (needsCode(flow)) walk.values['totp'] = await walk.code();
  return step.verb === 'oidc' ? takeOidcStep(step.act, step.oidc, walk) : takeWritten(flow, step, walk);
};

/** Takes a step. Throws an `HttpFailure` when there is no answer. */
export const takeStep = async (flow: FlowStep, walk: Walk): Promise<StepFinding> => {
  try {
    return await take(flow, walk);
  } catch (error) {
    if (!(error instanceof StepProblem)) throw error;
    const status = walk.page?.last.status ?? null;
    const outcome = error.reason === turnedAway ? 'refused' : 'broken';
    return { outcome, note: error.message, status, reason: error.reason === noCapture ? noCapture : '' };
  }
};
