// The act itself: one call of the platform, with a deadline, and with an interruption that does not cut it in half.
import { bounded } from './bounded.ts';
import { type Course, left, markInterrupted, type Way } from './course.ts';

/** Milliseconds for which an act may go on after SIGINT or SIGTERM; GitHub kills 10 s after its first signal. */
const finishAfterSignal = 5000;

/** Milliseconds for TERM, grace and KILL of a command that is stopped. */
const stopping = 10_000;

export type Undone =
  | { end: 'done' }
  | { end: 'superseded'; because: string }
  | { end: 'failed'; because: string }
  | { end: 'interrupted' };

/** Orders the way back. Never throws for what the platform does. */
export const undo = async (course: Course, way: Way): Promise<Undone> => {
  const { platform, signal, io } = course.tools;
  const order = { ...way, token: course.journal.token };
  const patient = patience(course);
  try {
    const bounds = { clock: io.clock, ms: left(course), grace: stopping, signal: patient.signal };
    await bounded(bounds, (stop) => platform.undo(order, stop));
    return signal.aborted ? { end: 'interrupted' } : { end: 'done' };
  } catch (error) {
    if (isSuperseded(error)) return { end: 'superseded', because: error.message };
    return signal.aborted ? { end: 'interrupted' } : { end: 'failed', because: (error as Error).message };
  } finally {
    await patient.end();
  }
};

/** A signal that follows the run's own one some seconds later, and writes the interruption down at once. */
const patience = (course: Course) => {
  const { signal, io } = course.tools;
  const late = new AbortController();
  const over = new AbortController();
  let marked: Promise<void> = Promise.resolve();
  const onAbort = async (): Promise<void> => {
    await markInterrupted(course);
    await io.clock.sleep(finishAfterSignal, over.signal);
    if (!over.signal.aborted) late.abort();
  };
  const listener = (): void => {
    marked = onAbort();
  };
  if (signal.aborted) listener();
  else signal.addEventListener('abort', listener, { once: true });
  const end = async (): Promise<void> => {
    over.abort();
    signal.removeEventListener('abort', listener);
    await marked;
  };
  return { signal: late.signal, end };
};

/** By its fields, so that an error of another copy of the kit counts, too. */
const isSuperseded = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'Superseded' && 'live' in error;
