// A deploy system in virtual time: slow, lying, hanging, and changed by people while a rollback is under way.
import { type Live, type PlatformSession, Superseded, type UndoOrder } from '../../src/kit/index.ts';
import type { Random } from '../helpers/seeded-random.ts';
import type { VirtualClock } from '../helpers/virtual-clock.ts';
import type { SimulatedProcess } from './chaos-process.ts';

/** How the command that goes back behaves; drawn once per schedule. */
export const manners = [
  'works',
  'works',
  'works',
  'lies',
  'fails before',
  'fails after',
  'hangs before',
  'hangs after',
] as const;

export interface Change {
  at: number;
  by: 'rollback' | 'person';
  replaced: string;
  to: string;
}

/** A call of `undo`. */
export interface Order {
  pid: number;
  process: SimulatedProcess;
  open: boolean;
  /** What the process had read as live before. */
  lastRead: string | undefined;
  /** Living processes whose orders were open at that moment. */
  rivals: number[];
}

export interface ChaosSystem {
  fence: 'server' | 'client';
  live: string;
  settledAt: number;
  changes: Change[];
  orders: Order[];
  /** What each process has read as live last; undefined when that failed. */
  lastRead: Map<number, string | undefined>;
  /** Something that a person deploys. */
  deploy(revision: string): void;
  sessionFor(process: SimulatedProcess): PlatformSession;
}

export interface Traits {
  fence: 'server' | 'client';
  manner: (typeof manners)[number];
  /** Milliseconds, at most: until an order arrives, until all replicas run it, until a reading comes back. */
  arrival: number;
  settling: number;
  reading: number;
  /** Share of readings that fail, and of readings and questions that hang. */
  blind: number;
  stuck: number;
}

const never = (): Promise<never> => new Promise(() => {});

/** The bad release is live. Chance is drawn from `random` at each step. */
export const chaosSystem = (traits: Traits, random: Random, clock: VirtualClock): ChaosSystem => {
  const system: ChaosSystem = {
    fence: traits.fence,
    live: 'bad',
    settledAt: 0,
    changes: [],
    orders: [],
    lastRead: new Map(),
    deploy: (revision) => change('person', revision),
    sessionFor: (process) => sessionOf(process),
  };
  const change = (by: Change['by'], to: string): void => {
    system.changes.push({ at: clock.monotonic(), by, replaced: system.live, to });
    system.live = to;
    system.settledAt = clock.monotonic() + random.between(0, traits.settling);
  };
  const wait = (most: number): Promise<void> => clock.sleep(random.between(0, most));
  const maybeStuck = (): Promise<void> => (random.chance(traits.stuck) ? never() : Promise.resolve());

  const read = async (): Promise<Live> => {
    await maybeStuck();
    await wait(traits.reading);
    if (random.chance(traits.blind)) throw new Error('connection refused');
    const settled = clock.monotonic() >= system.settledAt;
    const revision = system.live;
    await wait(traits.reading);
    return { revision, settled, detail: `${settled ? 'all' : 'some'} run ${revision}` };
  };

  /** No objection, unless nobody answers. */
  const answer = async (): Promise<undefined> => {
    await maybeStuck();
    await wait(traits.reading);
    if (random.chance(traits.blind / 4)) throw new Error('connection refused');
    return undefined;
  };

  /** What the deploy system does with an order; it goes on when who gave it is killed. */
  const carryOut = async ({ from, to }: UndoOrder): Promise<void> => {
    const mustBeOurs = (): void => {
      if (![from, to].includes(system.live)) throw new Superseded(system.live, `${system.live} is live, not ${from}`);
    };
    if (traits.fence === 'client') mustBeOurs();
    await wait(traits.arrival);
    if (traits.manner === 'hangs before') await never();
    if (traits.manner === 'fails before') throw new Error('ended with 1');
    if (traits.fence === 'server') mustBeOurs();
    if (traits.manner !== 'lies' && system.live !== to) change('rollback', to);
    if (traits.manner === 'hangs after') await never();
    await wait(traits.arrival);
    if (traits.manner === 'fails after') throw new Error('ended with 1');
  };

  const sessionOf = (process: SimulatedProcess): PlatformSession => {
    const { lastRead } = system;
    return {
      live: () =>
        process.alone(async () => {
          lastRead.delete(process.pid);
          const found = await read();
          lastRead.set(process.pid, found.revision);
          return found;
        }),
      undo: (order) =>
        process.alone(async () => {
          const rivals = system.orders.filter((one) => one.open && one.process.isAlive()).map(({ pid }) => pid);
          const entry: Order = { pid: process.pid, process, open: true, lastRead: lastRead.get(process.pid), rivals };
          system.orders.push(entry);
          try {
            await carryOut(order);
          } finally {
            entry.open = false;
          }
        }),
      targetMissing: () => process.alone(answer),
      forbidden: () => process.alone(answer),
      caveats: () => process.alone(async () => [await answer()].filter((one) => one !== undefined)),
      manual: ({ from, to }) => `go ${from} ${to}`,
      close: async () => {},
    };
  };
  return system;
};
