// One random schedule: calls of a rollback that are killed, interrupted and repeated while people deploy.
import type { RollbackReport, RollbackTools } from '../../src/kit/index.ts';
import type { Line } from '../../src/rollback/journal.ts';
import { rollBack } from '../../src/rollback/roll-back.ts';
import { openFileStore } from '../../src/store/index.ts';
import { memoryDisk } from '../helpers/memory-disk.ts';
import { type Random, seededRandom } from '../helpers/seeded-random.ts';
import { type VirtualClock, virtualClock } from '../helpers/virtual-clock.ts';
import { simulatedProcess } from './chaos-process.ts';
import { type ChaosSystem, chaosSystem, manners, type Traits } from './chaos-system.ts';
import { order, planOf } from './desk.ts';

/** `rollback.deadline` of every schedule, milliseconds. */
const deadline = 60_000;

/** Milliseconds from the entry to the act at most: readings, guards, another deploy, evidence, each with its own limit. */
const beforeTheAct = 420_000;

/** Milliseconds beyond the deadline: ending a command, one more reading before and after, the last word of the checks. */
const afterTheDeadline = 120_000;

export interface Call {
  pid: number;
  startedAt: number;
  endedAt?: number;
  killed: boolean;
  signalledAt?: number;
  /** When the checks had been held again, and what was live then. */
  verified?: { live: string };
  report?: RollbackReport;
  error?: unknown;
  overdue?: boolean;
}

export interface Played {
  calls: Call[];
  system: ChaosSystem;
  lines: Line[];
}

const traitsOf = (random: Random): Traits => ({
  fence: random.pick(['server', 'client']),
  manner: random.pick(manners),
  arrival: random.pick([0, 1000, 8000]),
  settling: random.pick([0, 5000, 30_000, 90_000]),
  reading: random.pick([0, 200, 2000]),
  blind: random.pick([0, 0, 0.1, 0.5]),
  stuck: random.pick([0, 0, 0, 0.02, 0.1]),
});

/** People deploy fixes, go back by hand, or bring the bad release out once more. */
const people = async (system: ChaosSystem, random: Random, clock: VirtualClock): Promise<void> => {
  for (let left = random.pick([0, 0, 1, 1, 2, 3]); left > 0; left -= 1) {
    await clock.sleep(random.between(0, random.pick([2000, 20_000, 90_000])));
    system.deploy(random.pick(['fix', 'fix', 'good', 'bad']));
  }
};

/** The checks after the rollback: green, red, unable, or without an end. */
const verifier =
  (call: Call, system: ChaosSystem, random: Random, clock: VirtualClock): RollbackTools['verify'] =>
  async () => {
    const how = random.pick(['green', 'green', 'green', 'red', 'throws', 'hangs']);
    await clock.sleep(random.between(0, 20_000));
    if (how === 'hangs') await new Promise(() => {});
    call.verified = { live: system.live };
    if (how === 'throws') throw new Error('no connection');
    return { green: how === 'green', because: how };
  };

/** Plays one schedule to its end; the last call of it is never killed and never interrupted. */
export const play = async (seed: number): Promise<Played> => {
  const random = seededRandom(seed);
  const clock = virtualClock();
  const world = { disk: memoryDisk(), clock, random, living: new Set<number>() };
  const system = chaosSystem(traitsOf(random), random, clock);
  const calls: Call[] = [];

  const callOnce = async (pid: number, last: boolean): Promise<void> => {
    const call: Call = { pid, startedAt: clock.monotonic(), killed: false };
    calls.push(call);
    const jump = { at: clock.monotonic() + random.between(0, 60_000), by: random.pick([0, 0, -7_200_000, 7_200_000]) };
    const process = simulatedProcess(
      pid,
      {
        dieAtWrite: !last && random.chance(0.4) ? random.between(1, 14) : undefined,
        tears: random.chance(0.5),
        full: last ? 0 : random.pick([0, 0, 0, 0.05, 0.3]),
        skew: (at) => (at > jump.at ? jump.by : 0),
      },
      world,
    );
    const signal = new AbortController();
    if (!last && random.chance(0.3)) void clock.sleep(random.between(0, 90_000)).then(process.die);
    if (!last && random.chance(0.3))
      void clock.sleep(random.between(0, 60_000)).then(() => {
        call.signalledAt = clock.monotonic();
        signal.abort();
      });
    const store = openFileStore({ folder: '/store', io: process.io, warn: () => {} });
    const work = rollBack(order, {
      io: process.io,
      store,
      plan: planOf({
        deadline,
        platform: { ...planOf({}).platform, fence: system.fence },
        perEnvironment: 100,
        verify: { for: 1000, deadline: 30_000 },
      }),
      root: '/project',
      platform: system.sessionFor(process),
      acts: () => [],
      emit: () => {},
      redact: (text) => text,
      verify: (stop) => process.alone(() => verifier(call, system, random, clock)(stop)),
      signal: signal.signal,
    });
    const watchdog = clock.sleep(beforeTheAct + deadline + afterTheDeadline).then(() => {
      if (call.endedAt === undefined && !call.killed) call.overdue = true;
    });
    const ended = work.then(
      (report) => Object.assign(call, { report, endedAt: clock.monotonic() }),
      (error: unknown) => Object.assign(call, { error, endedAt: clock.monotonic() }),
    );
    await Promise.race([ended, process.killed.then(() => Object.assign(call, { killed: true })), watchdog]);
    process.die();
  };

  const runs = async (): Promise<void> => {
    let pid = 100;
    const together: Promise<void>[] = [];
    for (let left = random.between(0, 3); left > 0; left -= 1) {
      const one = callOnce((pid += 1), false);
      if (random.chance(0.6)) await one;
      else together.push(one);
      await clock.sleep(random.between(0, random.pick([0, 3000, 60_000])));
    }
    await Promise.all(together);
    await callOnce((pid += 1), true);
  };

  await clock.until(Promise.all([runs(), people(system, random, clock)]));
  return { calls, system, lines: linesIn(world.disk.texts) };
};

const linesIn = (texts: ReadonlyMap<string, { text: string }>): Line[] =>
  [...texts]
    .filter(([path]) => path.startsWith('/store/journals/'))
    .flatMap(([, { text }]) => text.split('\n'))
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Line];
      } catch {
        // Empty, or torn by a kill.
        return [];
      }
    });
