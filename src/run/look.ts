// Takes one look of one check: bounded in time, and whatever happens becomes a sample.
import {
  type Clock,
  isMissedLook,
  type Json,
  type Look,
  type Missed,
  type Phase,
  type Sample,
  messageOf,
} from '../kit/index.ts';
import { type Deadline, deadlineIn } from './deadline.ts';
import type { Watched } from './watched.ts';

/** A kind that ignores its signal is left behind after this many milliseconds. */
const patience = 1000;

/** The samples of one look; none when the run ended meanwhile. */
export const look = async (
  watched: Watched,
  moment: Moment,
  clock: Clock,
  signal: AbortSignal,
): Promise<Sample<Json>[]> => {
  const turn = watched.turns?.take();
  if (turn) await turn;
  try {
    return signal.aborted ? [] : await lookNow(watched, moment, clock, signal);
  } finally {
    watched.turns?.giveBack();
  }
};

const lookNow = async (
  watched: Watched,
  moment: Moment,
  clock: Clock,
  signal: AbortSignal,
): Promise<Sample<Json>[]> => {
  const at = clock.now();
  const started = clock.monotonic();
  const looks = await looksOf(watched, moment, clock, signal);
  const ms = Math.round(clock.monotonic() - started);
  return signal.aborted ? [] : looks.map((one) => ({ ...one, at, ms, phase: moment.phase }));
};

const looksOf = async (watched: Watched, moment: Moment, clock: Clock, signal: AbortSignal): Promise<Look<Json>[]> => {
  const { check, opened } = watched;
  if ('missed' in opened) return [{ missed: opened.missed }];
  const timeout = Math.min(check.timeout, moment.timeout ?? check.timeout);
  const deadline = deadlineIn(clock, timeout, signal);
  try {
    if (await isStillBusy(watched, clock, signal)) return tooSlow(timeout);
    const tick = { at: clock.now(), phase: moment.phase, n: moment.n, signal: deadline.signal, timeout };
    const sampling = opened.session.sample(tick);
    watched.pending = sampling;
    return checkedLooks(await Promise.race([sampling, givenUp(deadline, signal, clock).then(() => tooSlow(timeout))]));
  } catch (error) {
    return [{ missed: missedOf(error, check.kind.name) }];
  } finally {
    deadline.clear();
  }
};

/** A look that does not heed its deadline is left behind; when the run ends, at once. */
const givenUp = async (deadline: Deadline, run: AbortSignal, clock: Clock): Promise<void> => {
  await deadline.over;
  await clock.sleep(patience, run);
};

interface Moment {
  phase: Phase;
  n: number;
  timeout?: number;
}

/** A look that was dropped (the phase ended) gets a moment to come back, because a check never overlaps itself. */
const isStillBusy = async (watched: Watched, clock: Clock, signal: AbortSignal): Promise<boolean> => {
  if (!watched.pending) return false;
  const waited = deadlineIn(clock, patience, signal);
  const idle = watched.pending.then(
    () => false,
    () => false,
  );
  const busy = await Promise.race([idle, waited.over.then(() => true)]);
  waited.clear();
  return busy;
};

const tooSlow = (timeout: number): Look<Json>[] => [
  { missed: { by: 'ours', reason: 'too_slow', because: `the look did not come back within ${timeout} ms` } },
];

const missedOf = (error: unknown, kind: string): Missed =>
  isMissedLook(error)
    ? error.missed
    : {
        by: 'ours',
        reason: 'bug',
        because: `kind ${kind} threw: ${messageOf(error)}`,
      };

/** Kinds may come from other packages: what is no list of looks is our error, never a pass. */
const checkedLooks = (looks: unknown): Look<Json>[] => {
  if (Array.isArray(looks) && looks.every(isLook)) return looks as Look<Json>[];
  return [
    { missed: { by: 'ours', reason: 'bad_look', because: 'the kind gave something that is not a list of looks' } },
  ];
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isLook = (one: unknown): boolean => {
  if (!isObject(one)) return false;
  return 'missed' in one ? isMissed(one['missed']) : 'seen' in one && isPlain(one['seen']);
};

const parties: readonly unknown[] = ['target', 'instrument', 'throttle', 'ours'] satisfies Missed['by'][];

const isMissed = (missed: unknown): boolean =>
  isObject(missed) &&
  parties.includes(missed['by']) &&
  typeof missed['reason'] === 'string' &&
  typeof missed['because'] === 'string';

/** What no JSON can hold (a circle, a bigint) would end the run when its record is written. */
const isPlain = (seen: unknown): boolean => {
  try {
    return JSON.stringify(seen) !== undefined;
  } catch {
    return false;
  }
};
