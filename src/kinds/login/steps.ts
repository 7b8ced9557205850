// Carries out one step of a login: a request or the form of the page before, with what it captures.
import { mismatch } from '../http/matcher.ts';
import { urlOf } from '../http/target.ts';
import { isRedirect, type Reading, type Rules, readPasswordAnswer, readPlain } from './classify.ts';
import { readGraphqlAnswer, readTokenAnswer } from './flows/answers.ts';
import { captureAll } from './flows/capture.ts';
import { challengeOf, openSigner } from './flows/digest.ts';
import type { FlowStep } from './flows/flow-step.ts';
import { takeOidcStep } from './flows/oidc.ts';
import { takePoll } from './flows/poll.ts';
import type { LoginStep } from './flows/step-keys.ts';
import { findForm } from './html.ts';
import { needsCode } from './plan.ts';
import type { Arrival } from './visitor.ts';
import {
  guardPassword,
  noCapture,
  requestVisit,
  type StepFinding,
  StepProblem,
  submitVisit,
  turnedAway,
  type Walk,
} from './visits.ts';

const withNotes = ({ outcome, note }: Reading, { notes }: Arrival): Reading => ({
  outcome,
  note: [note, ...notes].filter(Boolean).join('; '),
});

const leadsHome = ({ last, url }: Arrival): boolean => {
  const location = last.headers['location']?.[0] ?? '';
  return URL.canParse(location, url) && new URL(location, url).origin === new URL(url).origin;
};

/**
 * A redirect that was not followed is the end of the way at a provider, where the next form would be looked for on an
 * empty page; within one origin, where it runs in circles; and where it wanted the password along (307, 308). Others
 * may come after a login that worked: the probe decides.
 */
const isStuck = ({ carriesPassword }: FlowStep, arrival: Arrival, { visitor }: Walk): boolean => {
  const { last, caught } = arrival;
  if (!isRedirect(last) || caught) return false;
  const wantsBody = carriesPassword && (last.status === 307 || last.status === 308);
  return visitor.catches !== undefined || wantsBody || leadsHome(arrival);
};

const readArrival = (flow: FlowStep, before: string, arrival: Arrival, rules: Rules): Reading => {
  const { first, last, url } = arrival;
  const answers = { first, last, url, before };
  if (flow.reads === 'graphql') return readGraphqlAnswer(answers, rules);
  if (flow.reads) return readTokenAnswer(answers, flow.reads.refusals, rules);
  return flow.carriesPassword ? readPasswordAnswer(answers, rules) : readPlain(last, rules);
};

const codeRefused =
  'the code of the second factor was refused: compare the clocks, and look whether another run uses the account';

/** What only a step of its sort can get wrong. */
const readOn = async (flow: FlowStep, read: Reading, arrival: Arrival, walk: Walk): Promise<Reading> => {
  const { code, mustSend } = flow;
  if (isStuck(flow, arrival, walk)) return { ...read, outcome: 'broken' };
  const again = code && (await findForm(arrival.last.body, arrival.url));
  if (!arrival.caught && again?.fields.some(([name]) => name === walk.codeField))
    return { outcome: 'refused', note: codeRefused };
  return unsent(mustSend, arrival, walk) ?? read;
};

const unsent = (field: string | undefined, { url, last }: Arrival, { visitor }: Walk): Reading | undefined => {
  if (field === undefined || visitor.sent.has(field)) return undefined;
  const where = `${new URL(url).pathname} (status ${last.status})`;
  return { outcome: 'broken', note: `the provider sent no ${field}: the sign-in ended on ${where}` };
};

const passedOver = ({ mustSend }: FlowStep, walk: Walk): StepFinding => {
  const missing = walk.page && unsent(mustSend, walk.page, walk);
  return { ...(missing ?? { outcome: 'granted', note: 'there was no such form; passed over' }), status: null };
};

const asExpected = ({ expect }: LoginStep, { last }: Arrival, { values }: Walk): void => {
  const missing = expect && mismatch(expect, last, values);
  if (missing !== undefined) throw new StepProblem(missing);
};

type Written = Exclude<LoginStep, { verb: 'poll' }>;

const takeWritten = async (flow: FlowStep, step: Written, walk: Walk): Promise<StepFinding> => {
  const visit =
    step.verb === 'submit' ? await submitVisit(step.submit, flow, walk) : requestVisit(step.request, flow, walk);
  if (!visit) return passedOver(flow, walk);
  const before = walk.page?.last.body ?? '';
  const arrival = await walk.visitor.follow(await walk.visitor.visit(visit));
  walk.page = arrival;
  const read = readArrival(flow, before, arrival, walk.rules);
  const reading = read.outcome === 'granted' ? await readOn(flow, read, arrival, walk) : read;
  if (reading.outcome === 'granted') {
    asExpected(step, arrival, walk);
    await captureAll(step.capture, arrival, walk);
  }
  return { ...withNotes(reading, arrival), status: arrival.last.status };
};

/** Asks once without the account for the challenge, and then with it. */
const takeDigest = async (path: string, walk: Walk): Promise<StepFinding> => {
  const { visitor, base, rules } = walk;
  const visit = { method: 'GET', url: urlOf(base, path) };
  guardPassword(visit.url, base);
  const asked = await visitor.visit(visit);
  const challenge = challengeOf(asked.last);
  if (typeof challenge === 'string') throw new StepProblem(challenge);
  visitor.signer = openSigner(challenge, walk.values['username'] ?? '', walk.values['password'] ?? '');
  const { first, last, url } = await visitor.follow(await visitor.visit(visit));
  return { ...readPasswordAnswer({ first, last, url, before: '' }, rules), status: last.status };
};

const take = async (flow: FlowStep, walk: Walk): Promise<StepFinding> => {
  const { step } = flow;
  if (needsCode(flow)) walk.values['totp'] = await walk.code();
  switch (step.verb) {
    case 'oidc':
      return takeOidcStep(step.act, step.oidc, walk);
    case 'digest':
      return takeDigest(step.path, walk);
    case 'poll':
      return takePoll(flow, step, walk);
    case 'request':
    case 'submit':
      return takeWritten(flow, step, walk);
  }
  return step satisfies never;
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
