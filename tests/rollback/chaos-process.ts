// A process that can be killed at any of its steps: from then on it gets no answer from anything any more.
import type { Clock, Io } from '../../src/kit/index.ts';
import { alarmBy } from '../helpers/alarm.ts';
import { fakeIo } from '../helpers/fake-io.ts';
import { type Disk, type Fate, filesOn } from '../helpers/memory-disk.ts';
import type { Random } from '../helpers/seeded-random.ts';
import type { VirtualClock } from '../helpers/virtual-clock.ts';

export interface SimulatedProcess {
  pid: number;
  io: Io;
  isAlive(): boolean;
  die(): void;
  /** Resolves when it was killed. */
  killed: Promise<void>;
  /** Does work whose result reaches this process only as long as it lives. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

export interface Fates {
  /** Killed just before its n-th write, or in the middle of it; `undefined`: by none. */
  dieAtWrite: number | undefined;
  tears: boolean;
  /** Share of writes that fail as on a full disk. */
  full: number;
  /** Milliseconds that its wall clock is off, as a function of the monotonic time. */
  skew(at: number): number;
}

const never = <T>(): Promise<T> => new Promise<T>(() => {});

/** `living` holds the pids of all processes that run: what the store asks when it finds a lock. */
export const simulatedProcess = (
  pid: number,
  fates: Fates,
  world: { disk: Disk; clock: VirtualClock; random: Random; living: Set<number> },
): SimulatedProcess => {
  const { clock, random, living, disk } = world;
  let kill: () => void = () => {};
  const killed = new Promise<void>((resolve) => {
    kill = resolve;
  });
  const isAlive = (): boolean => living.has(pid);
  const die = (): void => {
    living.delete(pid);
    kill();
  };
  const ifAlive = <T>(value: T): T | Promise<T> => (isAlive() ? value : never<T>());
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    await ifAlive(undefined);
    try {
      return await ifAlive(await work());
    } catch (error) {
      await ifAlive(undefined);
      throw error;
    }
  };
  let writes = 0;
  const onWrite = async (what: string): Promise<Fate> => {
    writes += 1;
    if (writes === fates.dieAtWrite) {
      die();
      return fates.tears && what.startsWith('append') ? 'tear' : 'never';
    }
    if (random.chance(fates.full)) throw new Error('the disk is full (ENOSPC)');
    return 'done';
  };
  const sleep: Clock['sleep'] = (ms, signal) => alone(() => clock.sleep(ms, signal));
  const own: Clock = {
    now: () => clock.now() + fates.skew(clock.monotonic()),
    monotonic: clock.monotonic,
    sleep,
    alarm: alarmBy(sleep),
  };
  const step = (): Promise<void> => own.sleep(random.between(0, 20));
  living.add(pid);
  const io = fakeIo({
    clock: own,
    env: () => undefined,
    files: filesOn(disk, own.now, step, onWrite),
    processes: {
      run: () => never(),
      self: async () => ({ pid, host: 'ci', started: String(pid) }),
      isRunning: async (other) => (living.has(other.pid) ? 'yes' : 'no'),
    },
  });
  return { pid, io, isAlive, die, killed, alone };
};
