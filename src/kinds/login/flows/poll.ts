// Asks again and again until an answer is as wanted: the mailbox with the code or the link of a login.
import { mismatch } from '../../http/matcher.ts';
import { duration } from '../../../kit/text.ts';
import { readPlain } from '../classify.ts';
import { requestVisit, type StepFinding, type Walk } from '../visits.ts';
import { captureAll } from './capture.ts';
import type { FlowStep } from './flow-step.ts';
import type { LoginStep } from './step-keys.ts';

type Poll = Extract<LoginStep, { verb: 'poll' }>;

/** Takes a step of this sort. The page of the login stays the page that the next form is looked for on. */
export const takePoll = async (flow: FlowStep, { request, until, every, within, capture }: Poll, walk: Walk) => {
  const { clock, around, visitor, rules } = walk;
  const end = clock.monotonic() + Math.min(within, around.left());
  for (;;) {
    const arrival = await visitor.follow(await visitor.visit(requestVisit(request, flow, walk)));
    const { last } = arrival;
    const missing = mismatch(until, last, walk.values);
    const finding: StepFinding = { outcome: 'granted', note: '', status: last.status };
    if (missing === undefined) {
      await captureAll(capture, arrival, walk);
      return finding;
    }
    const read = readPlain(last, rules);
    if (read.outcome === 'throttled') return { ...finding, ...read };
    if (clock.monotonic() + every > end)
      return { ...finding, outcome: 'broken' as const, note: tooLate(missing, within) };
    // One line of the trail for all of them.
    visitor.trail.pop();
    await clock.sleep(every, around.signal);
  }
};

const tooLate = (missing: string, within: number): string => `nothing came within ${duration(within)}: ${missing}`;
