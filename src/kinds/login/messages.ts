// The sentences of a `login` check: what failed at which step, what that means, and where to look first.
import type { Part } from '../../kit/samples.ts';
import { evidenceText } from '../http/evidence.ts';
import { looksAtContent } from '../http/matcher.ts';
import { duration, plural } from '../../kit/text.ts';
import type { Fault } from '../../kit/verdicts.ts';
import { brokenNext, refusedNext } from './first-look.ts';
import { logoutSteps, stepCount } from './plan.ts';
import { hopsText } from './observe/hops.ts';
import type { SlowPart } from './observe/times.ts';
import type { LoginSeen, NegativeName, StepSeen } from './seen.ts';
import type { LoginSpec, Negative } from './spec.ts';

const isStatusNote = (note: string): boolean => /^status \d+$/.test(note);

/** What was asked and why it counts as it does; the trail already ends with the status. */
const explained = ({ trail, note }: StepSeen): string => {
  const asked = trail === '' ? '' : ` (${trail})`;
  return note === '' || isStatusNote(note) ? asked : `${asked}: ${note}`;
};

/** A step of the login itself that was not granted. `place` counts from 1. */
export const stepFault = (step: StepSeen, place: number, spec: LoginSpec): Fault => {
  const where = `at step ${place} of ${stepCount(spec)}${explained(step)}`;
  if (step.outcome !== 'refused')
    return {
      reason: step.reason === '' || step.reason === 'no_capture' ? 'login_broken' : step.reason,
      because: `login is BROKEN ${where}`,
      next: brokenNext(step),
    };
  const next = refusedNext(step);
  if (step.role === 'login')
    return { reason: 'login_refused', because: `login REFUSED the right password ${where}`, next };
  return { reason: 'session_refused', because: `login REFUSED its own session ${where}`, next };
};

const grantedFaults: Record<NegativeName, (trail: string, note: string) => Omit<Fault, 'asks'>> = {
  'a stranger': (trail) => ({
    reason: 'anonymous_granted',
    because: `a stranger was GRANTED access (${trail}): the page is not protected`,
    next: 'look at what guards the page in this release; check that `probe.granted` names something only the account sees',
  }),
  'a wrong password': (trail) => ({
    reason: 'wrong_password_granted',
    because: `a wrong password was GRANTED access (${trail}): authentication is not enforced`,
    next: 'take the release out of service by hand and look at how it checks passwords',
  }),
  'the session from before the login': (trail) => ({
    reason: 'session_kept',
    because: `the session id does not change at the login: the one from before is GRANTED access (${trail}), so whoever planted it is signed in, too`,
    next: 'look at where the login makes its session: it must begin a new one (session fixation)',
  }),
  'the session after the logout': (trail, note) => ({
    reason: 'session_survives',
    because: `the session survives the logout: replayed, it is still GRANTED access (${trail})${isStatusNote(note) || note === '' ? '' : `: ${note}`}`,
    next: 'look at how the logout ends the session on the server; a stateless token lives on until it expires',
  }),
};

/** A look that should have been refused and was granted. It blocks: no baseline says whether it was so before. */
export const grantedFault = ({ name, trail, note }: StepSeen): Fault => ({
  ...grantedFaults[name as NegativeName](trail, note),
  asks: 'block',
});

/** An answer that nobody told us how to read: neither an error of the service nor a refusal that we know. */
const unreadable = (step: StepSeen): Fault => ({
  reason: 'login_broken',
  because: `${step.name} was neither refused nor let in${explained(step)}`,
  next: `if this is how ${step.name} is turned away, say so in \`${step.name === 'a wrong password' ? 'refusedLogin' : 'probe.refused'}\`; else look at what this release changed there`,
});

/** A look that should have been refused and was answered with an error. */
export const brokenNegative = (step: StepSeen): Fault => {
  if (/→ [1-4]\d\d$/.test(step.trail)) return unreadable(step);
  const because = `${step.name} was not refused but met an error${explained(step)}`;
  return { reason: step.reason === '' ? 'login_broken' : step.reason, because, next: brokenNext(step) };
};

/** A login that works and takes too long. */
export const slowFault = ({ what, ms, limit, most }: SlowPart): Fault => ({
  reason: 'too_slow',
  because: `the login works but ${what}took ${duration(ms)}, limit ${duration(limit)}${most}`,
  next: 'look at pool-wait and db-connections first, then at locks and the load of the service',
  asks: 'block',
  value: ms,
  limit,
  unit: 'ms',
});

/** The sentence of a login that works. */
export const goodSentence = ({ ms }: LoginSeen, refused: readonly StepSeen[], spec: LoginSpec): string => {
  const works = `signed in and saw ${spec.probe.get} in ${duration(ms)} (${plural(stepCount(spec), 'step')})`;
  const names = refused.map(({ name }) => name);
  return names.length === 0 ? works : `${works}; refused, as it should be: ${names.join(', ')}`;
};

const expected = ({ role }: StepSeen): 'refused' | 'granted' => (role === 'negative' ? 'refused' : 'granted');

const partOutcome = (step: StepSeen): Part['outcome'] => {
  if (step.outcome === expected(step)) return 'pass';
  return step.role === 'negative' && step.outcome === 'broken' ? 'inconclusive' : 'fail';
};

/** One step as a part of the verdict. */
export const stepPart = (step: StepSeen): Part => ({
  name: step.name,
  outcome: partOutcome(step),
  because: [`${step.outcome}${explained(step)}`, hopsText(step.hops ?? [])].filter(Boolean).join('; '),
  ...(step.evidence ? { evidence: evidenceText(step.evidence) } : {}),
  ms: step.ms,
});

/** A page that says nothing of the account proves little: an error page with status 200 would pass, too. */
export const weakParts = ({ probe: { granted } }: LoginSpec): Part[] =>
  looksAtContent(granted)
    ? []
    : [
        {
          name: 'the proof',
          outcome: 'warn',
          because:
            '`probe.granted` names no text and no JSON value: any page that is answered like this passes; name what only the account sees',
        },
      ];

const negativeNames: Record<Negative, NegativeName> = {
  anonymous: 'a stranger',
  wrongPassword: 'a wrong password',
  rotated: 'the session from before the login',
  deadSession: 'the session after the logout',
};

/** The look that takes the negatives was granted, and yet there was nothing to replay. */
const hadNoEarlier = (all: readonly LoginSeen[]): boolean =>
  all.some(({ observed, steps }) => observed && !steps.some(({ name }) => name === negativeNames.rotated));

const skipReason = (name: Negative, spec: LoginSpec, all: readonly LoginSeen[]): string | undefined => {
  const setting = spec.negative[name];
  if (setting !== true) return `switched off: ${setting.off}`;
  if (name === 'rotated') return hadNoEarlier(all) ? 'there was no cookie before the password was sent' : undefined;
  return name === 'deadSession' && logoutSteps(spec).length === 0 ? 'no logout is named in the check' : undefined;
};

/** The negatives that this check does not look at, with the reason. */
export const skippedParts = (spec: LoginSpec, all: readonly LoginSeen[]): Part[] =>
  (Object.keys(negativeNames) as Negative[]).flatMap((name): Part[] => {
    const because = skipReason(name, spec, all);
    return because === undefined ? [] : [{ name: negativeNames[name], outcome: 'skipped', because }];
  });
