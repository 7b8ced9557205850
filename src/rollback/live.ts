// Reading what is live, and waiting until the target is live everywhere: the only proof of a rollback.
import { duration, type Live } from '../kit/index.ts';
import { bounded } from './bounded.ts';
import { type Course, left, type Way } from './course.ts';

/** Milliseconds for one reading, and after its abort. */
const reading = { ms: 30_000, grace: 2000 };

/** Readings before the act, and the pause between them (milliseconds): a hiccup is no reason to refuse. */
const attempts = { most: 3, pause: 1000 };

/** Milliseconds between two readings while waiting: often at first, then seldom. */
const poll = { first: 250, longest: 3000, growth: 1.5 };

/** What is live, or the sentence that says why nobody can tell. */
export type Reading = { live: Live } | { problem: string };

type Given = Pick<Course, 'tools' | 'order'>;

/** One reading. Never throws. */
export const readLive = async ({ tools, order }: Given, ms = reading.ms): Promise<Reading> => {
  const { io, platform, signal } = tools;
  const { from, to } = order;
  const between = from === undefined || to === undefined ? undefined : { from, to };
  try {
    const bounds = { clock: io.clock, ms: Math.min(ms, reading.ms), grace: reading.grace, signal };
    return { live: await bounded(bounds, (stop) => platform.live(stop, between)) };
  } catch (error) {
    return { problem: `what is live could not be told: ${(error as Error).message}` };
  }
};

/** Reads up to three times. */
export const readLiveFirmly = async (given: Given): Promise<Reading> => {
  for (let attempt = 1; ; attempt += 1) {
    const found = await readLive(given);
    if ('live' in found || attempt === attempts.most || given.tools.signal.aborted) return found;
    await given.tools.io.clock.sleep(attempts.pause, given.tools.signal);
  }
};

export type Waited =
  | { end: 'live'; live: Live }
  | { end: 'superseded'; live: Live }
  | { end: 'deadline'; because: string }
  | { end: 'interrupted' };

/**
 * Reads until `to` is live and settled, or until the deadline. A third revision ends the wait when it is read twice
 * in a row: in the middle of a roll-out one reading may be anything.
 */
export const waitUntilLive = async (course: Course, { from, to }: Way): Promise<Waited> => {
  const { signal, io } = course.tools;
  let foreign = 0;
  for (let pause = poll.first; ; pause = Math.min(pause * poll.growth, poll.longest)) {
    const found = await readLive(course, left(course) + poll.first);
    if (signal.aborted) return { end: 'interrupted' };
    if ('live' in found && found.live.revision === to && found.live.settled) return { end: 'live', live: found.live };
    foreign = 'live' in found && ![from, to].includes(found.live.revision) ? foreign + 1 : 0;
    if (foreign > 1 && 'live' in found) return { end: 'superseded', live: found.live };
    if (left(course) === 0) return { end: 'deadline', because: lastSeen(found, to, course) };
    await io.clock.sleep(Math.min(pause, left(course)), signal);
  }
};

const lastSeen = (found: Reading, to: string, { tools }: Course): string => {
  const seen = 'live' in found ? found.live.detail : found.problem;
  return `${to} was not live everywhere within ${duration(tools.plan.deadline)}; last seen: ${seen}`;
};
