// The looks of a `login` check: one whole login per look and instance, and once in a run what must be refused.
import { isMissedLook, MissedLook } from '../../kit/errors.ts';
import type { Session, World } from '../../kit/kind.ts';
import type { Missed } from '../../kit/outcomes.ts';
import type { Look, Tick } from '../../kit/samples.ts';
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
import { openInCommon } from './in-common.ts';
import { burst } from './burst/burst.ts';
import type { BurstKeys } from './burst/burst-keys.ts';
import type { Codes } from './flows/totp.ts';
import { observe } from './observe/index.ts';
import { logoutSteps, namedUrls } from './plan.ts';
import { prepareForms } from './html.ts';
import { prepareCookies } from './jar.ts';
import type { LoginSeen, StepSeen } from './seen.ts';
import type { LoginSpec, Negative } from './spec.ts';

/** What a session remembers between looks. */
interface Memory {
  /** Set by the first look of the hold: the negatives are looked at once. */
  negativesDone: boolean;
  /** The wrong password waits until the right one is taken: each refusal counts against the account. */
  wrongPasswordDone: boolean;
}

/** Which negatives a look takes. */
type Asked = Record<Negative | 'observed', boolean>;

const stageFor = (
  spec: LoginSpec,
  { base }: Place,
  { signal, limit }: { signal: AbortSignal; limit: { until: number } },
  { io, learn }: World,
  codes: Codes | undefined,
): Stage => {
  const learned = new Map<string, string>();
  const named = [base, ...spec.origins, ...namedUrls(spec, base)];
  const around = {
    http: io.http,
    home: new URL(base).origin,
    trusted: new Set([new URL(base).origin, new URL(urlOf(base, spec.probe.get)).origin]),
    origins: new Set(named.map((url) => new URL(url).origin)),
    connectTo: spec.connectTo,
    signal,
    left: () => limit.until - io.clock.monotonic(),
    learn: (secret: string, name: string): void => {
      learned.set(secret, name);
      learn(secret, name);
    },
    learned,
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
  const { account, codes, release } = await openInCommon(spec, world);
  const memory: Memory = { negativesDone: false, wrongPasswordDone: false };
  const timed = (tick: Tick) => ({ ...tick, limit: { until: world.io.clock.monotonic() + patience(tick) } });

  const visitAt = async (place: Place, negatives: Asked, tick: ReturnType<typeof timed>): Promise<Look<LoginSeen>> => {
    const wish = { place: place.base, phase: tick.phase, wrong: negatives.wrongPassword, signal: tick.signal };
    const turn = await account.enter(wish);
    if (!turn.may) return 'seen' in turn ? { seen: turn.seen } : { missed: turn.missed };
    memory.wrongPasswordDone ||= turn.wrong;
    let seen: LoginSeen | undefined;
    try {
      seen = await visit(stageFor(spec, place, tick, world, codes), { ...negatives, wrongPassword: turn.wrong });
      const throttle = throttleIn(seen.steps);
      if (throttle) account.heldBack ??= throttleOf(throttle);
      return throttle && account.heldBack ? { missed: account.heldBack } : { seen };
    } finally {
      turn.leave(seen);
    }
  };

  const lookAt = async (place: Place, negatives: Asked, tick: ReturnType<typeof timed>): Promise<Look<LoginSeen>> => {
    const group = place.group === undefined ? {} : { group: place.group };
    try {
      return { ...group, ...(await visitAt(place, negatives, tick)) };
    } catch (error) {
      if (isMissedLook(error)) return { ...group, missed: error.missed };
      throw error;
    }
  };

  const told = (base: string, seen: LoginSeen): void => {
    const throttle = throttleIn(seen.steps);
    if (throttle) account.heldBack ??= throttleOf(throttle);
    account.told(base, seen);
  };

  const burstAt = async (keys: BurstKeys, { signal, harm }: Tick): Promise<Look<LoginSeen>[]> => {
    // An account that is held back, or whose password is refused, is left in peace.
    if (account.heldBack || account.isUneasy()) return [];
    const places = placesOf(spec);
    const placeOf = (n: number): Place => places[n % places.length] as Place;
    const seen = await burst({
      check: world.check,
      keys,
      signal,
      harm,
      clock: world.io.clock,
      stage: (n, limit) => stageFor(spec, placeOf(n), { signal, limit }, world, codes),
      told: (one, n) => told(placeOf(n).base, one),
    });
    return [{ seen: { steps: [], ms: 0, burst: seen } }];
  };

  return {
    async sample(tick) {
      if (account.heldBack) {
        const { by, reason, because } = account.heldBack;
        throw new MissedLook(by, reason, because);
      }
      const isFirst = tick.phase === 'hold' && !memory.negativesDone;
      memory.negativesDone ||= isFirst;
      const wantsWrong = tick.phase === 'hold' && !memory.wrongPasswordDone;
      const negativesOf = (index: number): Asked => {
        const all = asked(spec, index === 0);
        return { ...(isFirst ? all : nothing), wrongPassword: wantsWrong && all.wrongPassword };
      };
      const own = timed(tick);
      return Promise.all(placesOf(spec).map((place, index) => lookAt(place, negativesOf(index), own)));
    },
    ...(spec.burst ? { stimulus: burstAt.bind(undefined, spec.burst) } : {}),
    close: release,
  };
};
