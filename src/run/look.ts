// Takes one look of one check: bounded in time, and whatever happens becomes a sample.
import { type Clock, isMissedLook, type Json, type Look, type Missed, type Phase, type Sample } from '../kit/index.ts';
import { deadlineIn } from './deadline.ts';
import type { Watched } from './watched.ts';

/** A kind that ignores its signal is left behind after this many milliseconds. */
const patience = 1000;

/** The samples of one look; none when the run ended meanwhile. */
export const look = async (
  { check, opened }: Watched,
  moment: { phase: Phase; n: number; timeout?: number },
  clock: Clock,
  signal: AbortSignal,
): Promise<Sample<Json>[]> => {
  const at = clock.now();
  const started = clock.monotonic();
  const timeout = Math.min(check.timeout, moment.timeout ?? check.timeout);
  const stamp = (looks: Look<Json>[]): Sample<Json>[] =>
    looks.map((one) => ({ ...one, at, ms: Math.round(clock.monotonic() - started), phase: moment.phase }));
  if ('missed' in opened) return stamp([{ missed: opened.missed }]);
  const deadline = deadlineIn(clock, timeout, signal);
  const backstop = deadlineIn(clock, timeout + patience, signal);
  try {
    const tick = { at, phase: moment.phase, n: moment.n, signal: deadline.signal, timeout };
    const looks = await Promise.race([opened.session.sample(tick), tooSlow(backstop.signal, timeout)]);
    return signal.aborted ? [] : stamp(checkedLooks(looks));
  } catch (error) {
    return signal.aborted ? [] : stamp([{ missed: missedOf(error, check.kind.name) }]);
  } finally {
    deadline.clear();
    backstop.clear();
  }
};

const tooSlow = (signal: AbortSignal, timeout: number): Promise<Look<Json>[]> =>
  new Promise((resolve) => {
    const missed: Missed = {
      by: 'ours',
      reason: 'too_slow',
      because: `the look did not come back within ${timeout} ms`,
    };
    signal.addEventListener('abort', () => resolve([{ missed }]), { once: true });
  });

const missedOf = (error: unknown, kind: string): Missed =>
  isMissedLook(error)
    ? error.missed
    : {
        by: 'ours',
        reason: 'bug',
        because: `kind ${kind} threw: ${error instanceof Error ? error.message : String(error)}`,
      };

/** Kinds may come from other packages: what is no list of looks is our error, never a pass. */
const checkedLooks = (looks: unknown): Look<Json>[] => {
  const wellFormed =
    Array.isArray(looks) &&
    looks.every((one) => typeof one === 'object' && one !== null && ('seen' in one || 'missed' in one));
  if (wellFormed) return looks as Look<Json>[];
  return [
    { missed: { by: 'ours', reason: 'bad_look', because: 'the kind gave something that is not a list of looks' } },
  ];
};
