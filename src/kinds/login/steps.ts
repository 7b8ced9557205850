// Carries out one step of a login: a request or the form of the page before, with what it captures.
import { jsonAt, parseJson } from '../http/json-path.ts';
import { type Reading, type Rules, readPasswordAnswer, readPlain } from './classify.ts';
import { metaContent } from './html.ts';
import type { Capture } from './keys.ts';
import type { FlowStep } from './plan.ts';
import type { Arrival } from './visitor.ts';
import { requestVisit, StepProblem, submitVisit, type Walk } from './visits.ts';

/** What a step gave. `reason` is `no_capture` when the answer lacks what the step takes from it. */
export type StepFinding = Reading & { status: number | null; reason?: string };

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
