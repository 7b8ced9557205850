// The looks of a `login` check: one whole login per look and instance, and once in a run what must be refused.
import { isMissedLook, MissedLook } from '../../kit/errors.ts';
import type { Session, World } from '../../kit/kind.ts';
import type { Missed } from '../../kit/outcomes.ts';
import type { Look, Phase, Tick } from '../../kit/samples.ts';
import { patience } from '../http/session.ts';
import { type Place, placesOf, urlOf } from '../http/target.ts';
import { isGranted, type Stage, setOut, signIn, signOut } from './attempt.ts';
import {
  asStranger,
  type SavedSession,
  saveSession,
  withDeadSession,
  withEarlierSession,
  withWrongPassword,
} from './negatives.ts';
import { burst } from './burst/burst.ts';
import { type Codes, openCodes } from './flows/totp.ts';
import { observe } from './observe/index.ts';
import { logoutSteps, namedUrls } from './plan.ts';
import { prepareForms } from './html.ts';
import { prepareCookies } from './jar.ts';
import type { LoginSeen, StepSeen } from './seen.ts';
import type { LoginSpec, Negative } from './spec.ts';

/**
 * After so many refusals of the right password in one phase it is not sent again: five wrong ones lock an account in
 * common products, and four of the last twenty samples confirm a failure anyway.
 */
const mostRefusals = 4;

/** What a session remembers between looks. */
interface Memory {
  /** Set by the first look of the hold: the negatives are looked at once. */
  negativesDone: boolean;
  throttled: Missed | undefined;
  phase: Phase | undefined;
  /** Refusals of the right password in this phase, by place. */
  refusals: Map<string, number>;
}

/** Which negatives a look takes. */
type Asked = Record<Negative | 'observed', boolean>;

const stageFor = (
  spec: LoginSpec,
  { base }: Place,
  tick: Tick,
  { io, learn }: World,
  codes: Codes | undefined,
): Stage => {
  const until = io.clock.monotonic() + patience(tick);
  const named = [base, ...spec.origins, ...namedUrls(spec, base)];
  const around = {
    http: io.http,
    home: new URL(base).origin,
    trusted: new Set([new URL(base).origin, new URL(urlOf(base, spec.probe.get)).origin]),
    origins: new Set(named.map((url) => new URL(url).origin)),
    connectTo: spec.connectTo,
    signal: tick.signal,
    left: () => until - io.clock.monotonic(),
    learn,
    asked: [],
  };
  return { spec, base, around, clock: io.clock, codes };
};

const throttleIn = (steps: readonly StepSeen[]): StepSeen | undefined =>
  steps.find(({ outcome }) => outcome === 'throttled');

const throttleOf = ({ name, trail, note }: StepSeen): Missed => ({
  by: 'throttle',
  reason: 'rate_limited',
  because: `could not judge: the account of the probe is held back at "${name}" (${trail}: ${note}); it is not tried again in this run`,
});

const before = async (stage: Stage, asked: Asked): Promise<StepSeen[]> => [
  ...(asked.anonymous ? [await asStranger(stage)] : []),
  ...(asked.wrongPassword ? [await withWrongPassword(stage)] : []),
];

const after = async (stage: Stage, asked: Asked, saved: SavedSession | undefined): Promise<StepSeen[]> =>
  asked.deadSession && saved ? [await withDeadSession(stage, saved)] : [];

/** The login itself; signing out is tried whenever a session may have begun. */
const visit = async (stage: Stage, asked: Asked): Promise<LoginSeen> => {
  const negatives = await before(stage, asked);
  if (throttleIn(negatives)) return { steps: negatives, ms: 0 };
  // What used up the time says more than a login that has none left.
  if (negatives.length > 0 && stage.around.left() <= 0)
    return { steps: negatives, ms: negatives.reduce((sum, { ms }) => sum + ms, 0) };
  const walk = await setOut(stage, stage.spec.account.password);
  // Waiting for a fresh code is no part of the login.
  await stage.codes?.ready(stage.around.left(), stage.around.signal);
  const started = stage.clock.monotonic();
  const steps = await signIn(stage, walk);
  const ms = Math.round(stage.clock.monotonic() - started);
  const isIn = steps.every(isGranted);
  const saved = isIn ? await saveSession(stage, walk) : undefined;
  const kept = isIn && asked.rotated ? await withEarlierSession(stage, walk) : [];
  const observed = isIn && asked.observed ? await observe(stage, walk) : undefined;
  const leaving = stage.clock.monotonic();
  const began = steps.at(-1)?.role === 'probe';
  const out = began ? await signOut(stage, walk) : [];
  const total = Math.round(ms + stage.clock.monotonic() - leaving);
  const isOut = out.length > 0 && out.every(isGranted);
  const dead = await after(stage, asked, isOut ? saved : undefined);
  return { steps: [...negatives, ...steps, ...kept, ...out, ...dead], ms, total, ...(observed ? { observed } : {}) };
};

const notTried: StepSeen = {
  name: 'sign in',
  role: 'login',
  outcome: 'refused',
  status: null,
  ms: 0,
  trail: 'not tried again',
  note: `the right password was refused ${mostRefusals} times; more could lock the account`,
  reason: '',
};

const isRefused = ({ steps }: LoginSeen): boolean =>
  steps.some(({ role, outcome }) => role === 'login' && outcome === 'refused');

const asked = (spec: LoginSpec, isFirst: boolean): Asked => ({
  anonymous: spec.negative.anonymous === true,
  // One wrong attempt per run, also with several instances: they share the account.
  wrongPassword: spec.negative.wrongPassword === true && isFirst,
  rotated: spec.negative.rotated === true,
  deadSession: spec.negative.deadSession === true && logoutSteps(spec).length > 0,
  observed: true,
});

const nothing: Asked = { anonymous: false, wrongPassword: false, rotated: false, deadSession: false, observed: false };

/** Opens the looks of a `login` check. */
export const openLogin = async (spec: LoginSpec, world: World): Promise<Session<LoginSeen>> => {
  await Promise.all([world.io.http.prepare?.(), prepareCookies(), prepareForms()]);
  const { totp } = spec.account;
  const codes = totp && openCodes(totp, world.io.clock);
  const memory: Memory = { negativesDone: false, throttled: undefined, phase: undefined, refusals: new Map() };

  const lookAt = async (place: Place, negatives: Asked, tick: Tick): Promise<Look<LoginSeen>> => {
    const group = place.group === undefined ? {} : { group: place.group };
    const refusals = memory.refusals.get(place.base) ?? 0;
    if (refusals >= mostRefusals) return { ...group, seen: { steps: [notTried], ms: 0 } };
    try {
      const seen = await visit(stageFor(spec, place, tick, world, codes), negatives);
      memory.refusals.set(place.base, isRefused(seen) ? refusals + 1 : 0);
      const throttle = throttleIn(seen.steps);
      if (!throttle) return { ...group, seen };
      memory.throttled = throttleOf(throttle);
      return { ...group, missed: memory.throttled };
    } catch (error) {
      if (isMissedLook(error)) return { ...group, missed: error.missed };
      throw error;
    }
  };

  const burstAt = async (keys: LoginSpec['burst'], tick: Tick): Promise<Look<LoginSeen>[]> => {
    // An account that is held back, or whose password is refused, is left in peace.
    const isUneasy = memory.throttled !== undefined || [...memory.refusals.values()].some((refusals) => refusals > 0);
    if (!keys || isUneasy) return [];
    const stages = placesOf(spec).map((place) => stageFor(spec, place, tick, world, codes));
    return [{ seen: { steps: [], ms: 0, burst: await burst(world.check, keys, stages) } }];
  };

  return {
    async sample(tick) {
      if (memory.throttled) {
        const { by, reason, because } = memory.throttled;
        throw new MissedLook(by, reason, because);
      }
      if (memory.phase !== tick.phase) memory.refusals.clear();
      memory.phase = tick.phase;
      const withNegatives = tick.phase === 'hold' && !memory.negativesDone;
      memory.negativesDone ||= withNegatives;
      return Promise.all(
        placesOf(spec).map((place, index) => lookAt(place, withNegatives ? asked(spec, index === 0) : nothing, tick)),
      );
    },
    ...(spec.burst ? { stimulus: (tick: Tick) => burstAt(spec.burst, tick) } : {}),
    close: async () => undefined,
  };
};
