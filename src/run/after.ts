// Everything after the hold: one last look, and the decision.
import { type Decision, duration, type Timings, messageOf } from '../kit/index.ts';
import { askControl } from './control.ts';
import { type Course, finalFindings } from './course.ts';
import { decide } from './decide.ts';
import { faultOf, permissionOf } from './fault.ts';
import type { Stop } from './finding.ts';
import type { HoldEnd } from './hold-step.ts';
import { lookOnceMore } from './last-look.ts';

/** Decides, after one more look at everything when it is going to be a rollback. */
export const conclude = async (course: Course, end: HoldEnd | 'stopped'): Promise<Decision> => {
  const { input, stops } = course;
  if (end === 'rollback') await lookOnceMore(course);
  if (end !== 'stopped') course.findings = finalFindings(course.watched, input.io.clock.now(), whyEnded[end]);
  const undecided = (): Decision => offered(course, decide(course.findings, stops, permissionOf(input)));
  stops.push(...brokenOff(course, end));
  if (end === 'deadline' && undecided().action === 'pass') stops.push(notTogether(input.profile.timings));
  if (undecided().action === 'pass') stops.push(...(await stillLive(course)));
  if (input.verb === 'check') return withoutWithheld(undecided());
  if (undecided().action !== 'rollback') return undecided();
  const control = await askControl(input.profile.rollback?.control, input.profile.root, input.io, input.signal);
  if (!control) return undecided();
  stops.push(control);
  return decide(course.findings, stops, { rollback: false, because: control.text });
};

/** Why the run did not come to its own end. After a signal a fault is no news; it may also come while the last look is taken. */
const brokenOff = ({ input }: Course, end: HoldEnd | 'stopped'): Stop[] => {
  const by = input.interruptedBy();
  const fault = by === undefined ? faultOf(input) : undefined;
  if (fault) return [fault];
  const text = `interrupted by ${by ?? 'a signal'}`;
  return end === 'interrupted' ? [{ check: 'run', reason: 'interrupted', text }] : [];
};

/** A failed deploy may have left half a release live. Nothing was verified: only a person may go back from it. */
const offered = ({ stops, from, to, input }: Course, decision: Decision): Decision => {
  const failed = stops.find(({ reason }) => reason === 'deploy_failed');
  if (!failed || !input.platform || from === undefined || to === undefined) return decision;
  const { rollback, asked, because } = permissionOf(input);
  if (rollback && asked) return { action: 'rollback', because: [failed] };
  const why = because === undefined ? '' : ` (${because})`;
  const text = `the deploy failed and nothing was verified: a person decides whether to go back from ${from} to ${to}${why}`;
  return { ...decision, withheld: text };
};

/** By hand nothing is ever rolled back, so that nothing was withheld. */
export const withoutWithheld = ({ action, because }: Decision): Decision => ({ action, because });

/** Milliseconds between two tries to read the live revision before a pass. */
const rereadAfter = 500;

/** A pass is for the revision that was looked at: it must be the live one, still and readably. */
const stillLive = async ({ input, from }: Course): Promise<Stop[]> => {
  const { platform, verb, io, signal } = input;
  if (verb !== 'run' || !platform || from === undefined) return [];
  let text = '';
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      const { revision, settled, detail } = await platform.live(signal);
      if (revision !== from) return [supersededBy(revision, from)];
      if (settled) return [];
      text = detail;
    } catch (error) {
      text = messageOf(error);
    }
    await io.clock.sleep(rereadAfter, signal);
  }
  return [
    { check: 'rollout', reason: 'rollout_unreadable', text: `what is live could not be confirmed at the end: ${text}` },
  ];
};

const supersededBy = (revision: string, from: string): Stop => ({
  check: 'rollout',
  reason: 'superseded',
  text: `${revision} is live now, not ${from}: somebody deployed during the run, so nothing was proven of it`,
});

/** Why a check that is not settled got no more samples, by the way in which the hold ended. */
export const whyEnded = {
  green: 'deadline',
  deadline: 'deadline',
  blocked: 'stopped_early',
  rollback: 'stopped_early',
  interrupted: 'interrupted',
} as const;

/** Nothing was red, and yet the checks were never green at the same time for long enough. */
export const notTogether = ({ hold }: Timings): Stop => {
  const text = `the checks were not all green together for ${duration(hold.for)} within ${duration(hold.deadline)}`;
  return { check: 'run', reason: 'deadline', text };
};
