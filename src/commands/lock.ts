// The lock on a service and environment: one run at a time, and a second one waits only as long as it was told to.
import { duration, isLease, type Profile, type Store } from '../kit/index.ts';
import { type Context, signalCode } from './context.ts';
import { NotBegun } from './not-begun.ts';

/** Milliseconds between two tries to get the lock. */
const lockPoll = 500;

/** Takes the lock, for at most `wait` milliseconds of trying; returns how to release it. Throws NotBegun: 75, 130, 143. */
export const lock = async (
  store: Store,
  { service, environment, name }: Profile,
  wait: number,
  context: Context,
): Promise<() => Promise<void>> => {
  const { clock } = context.io;
  const until = clock.monotonic() + wait;
  while (true) {
    const held = await store.lock(`${service}.${environment}`, name);
    if (isLease(held)) return () => held.release();
    const interrupted = signalCode(context);
    if (interrupted !== undefined)
      throw new NotBegun('interrupted while waiting for another run: nothing was begun', interrupted);
    if (clock.monotonic() >= until) {
      const { pid, host, since } = held.heldBy;
      const waited = wait > 0 ? ` for ${duration(wait)}` : '';
      throw new NotBegun(
        `another run holds the lock on ${name}${waited}: process ${pid} on ${host} since ${since}. Wait for it with --wait 10m.`,
        75,
      );
    }
    await clock.sleep(lockPoll, context.interrupts.signal);
  }
};
