// Whole runs of the engine in virtual time: scripted checks, a platform that is a variable, a store in memory.
import type {
  Action,
  CheckPlan,
  Finished,
  Io,
  PlatformSession,
  Profile,
  RollbackPlan,
  RunEvent,
} from '../../src/kit/index.ts';
import type { RunInput } from '../../src/run/index.ts';
import { fakeIo } from './fake-io.ts';
import { scriptedKind, type Script } from './fake-kind.ts';
import { check } from './findings.ts';
import { type MemoryStore, memoryStore } from './memory-store.ts';
import { openPlan } from './rollback-plan.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

export interface Engine {
  clock: VirtualClock;
  store: MemoryStore;
  events: RunEvent[];
  /** What the platform says is live; null: it cannot be read. */
  live: { revision: string | null; settled?: boolean };
  abort: (signal: 'SIGINT' | 'SIGTERM') => void;
  /** Seconds since the beginning. */
  seconds(): number;
  input(checks: readonly CheckPlan[], over?: Partial<RunInput>): RunInput;
}

const platformOf = (live: Engine['live']): PlatformSession => ({
  live: async () => {
    if (live.revision === null) throw new Error('the platform does not answer');
    const settled = live.settled ?? true;
    return { revision: live.revision, settled, detail: `${settled ? 'all' : '0 of 1'} run ${live.revision}` };
  },
  undo: async () => {},
  manual: ({ from, to }) => `go from ${from} to ${to}`,
  close: async () => {},
});

const rollbackPlan = openPlan({ platform: undefined as unknown as RollbackPlan['platform'] });

/** Timings of the demo: warm-up 2 s, hold 10 s at most 20 s, a look each second. */
const profileOf = (checks: readonly CheckPlan[]): Profile => ({
  name: 'auth/test',
  file: 'deploy-profiles/auth.yaml',
  root: '/project',
  hash: 'hash',
  service: 'auth',
  environment: 'test',
  checks: [...checks],
  timings: {
    baseline: 8000,
    rollout: 5000,
    hold: { warmup: 2000, for: 10_000, every: 1000, failAfter: 3, errorGrace: 4000, deadline: 20_000 },
  },
  alpha: 0.01,
  rollback: rollbackPlan,
  store: { durable: true, keep: { runs: 200, for: 90 * 86_400_000 } },
  notify: { targets: [] },
  registry: { kinds: new Map(), sources: new Map(), platforms: new Map(), reporters: new Map() },
  warnings: [],
});

/** A check driven by a script, with the demo's `failAfter` and `errorGrace`. */
export const scripted = (
  id: string,
  script: Script,
  over: Partial<CheckPlan> & { kindOver?: object } = {},
): CheckPlan => {
  const { kindOver, ...plan } = over;
  return { ...check(id), kind: scriptedKind(script, kindOver), errorGrace: 4000, ...plan };
};

export const startEngine = (deployTo?: string): Engine => {
  const clock = virtualClock();
  const began = clock.now();
  const live: Engine['live'] = { revision: 'rs/1' };
  const store = memoryStore();
  const events: RunEvent[] = [];
  const controller = new AbortController();
  let by: 'SIGINT' | 'SIGTERM' | undefined;
  const finished: Finished = { exit: 0, signal: undefined, timedOut: false, stdout: '', stderr: '', ms: 1 };
  const run = async (): Promise<Finished> => {
    await clock.sleep(1000);
    if (deployTo !== undefined) live.revision = deployTo;
    return finished;
  };
  const io: Io = fakeIo({ clock, processes: { ...fakeIo().processes, run } });
  return {
    clock,
    store,
    events,
    live,
    abort: (signal) => {
      by = signal;
      controller.abort();
    },
    seconds: () => (clock.now() - began) / 1000,
    input: (checks, over = {}) => ({
      verb: 'run',
      profile: profileOf(checks),
      store,
      io,
      emit: (event) => void events.push(event),
      signal: controller.signal,
      interruptedBy: () => by,
      identity: { runId: 'run-1', label: 'v2', actor: { kind: 'person', name: 'tester' }, version: '0.0.0' },
      platform: platformOf(live),
      permission: { rollback: true },
      deploy: ['deploy'],
      learn: () => {},
      overrides: [],
      shadow: false,
      ...over,
    }),
  };
};

/** The action of each check by id. */
export const actions = (checks: readonly { id: string; action: Action }[]): Record<string, Action> =>
  Object.fromEntries(checks.map(({ id, action }) => [id, action]));
