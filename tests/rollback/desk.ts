// A rollback at a desk: virtual time, a platform that is a few variables, a store in memory, all events kept.
import {
  type Act,
  type Json,
  type Lease,
  type LockHolder,
  type PlatformSession,
  type RollbackOrder,
  type RollbackPlan,
  type RollbackReport,
  type RollbackTools,
  type RunEvent,
  type RunRecord,
  type Store,
  Superseded,
  type UndoOrder,
  type Verification,
} from '../../src/kit/index.ts';
import type { Line } from '../../src/rollback/journal.ts';
import { rollBack } from '../../src/rollback/roll-back.ts';
import { fakeIo } from '../helpers/fake-io.ts';
import { memoryStore } from '../helpers/memory-store.ts';
import { openPlan } from '../helpers/rollback-plan.ts';
import { virtualClock } from '../helpers/virtual-clock.ts';

/** The deploy system of the test. */
export interface World {
  live: string;
  settled: boolean;
  /** What each instance runs, where the platform knows. */
  instances: Record<string, string> | undefined;
  /** Every order to go back that reached the platform. */
  undone: UndoOrder[];
  /** What the platform does with it; by default the target is live at once. */
  onUndo: (order: UndoOrder, signal: AbortSignal | undefined) => Promise<void> | void;
  /** Replaces the reading of what is live. */
  onLive: (() => Promise<never> | undefined) | undefined;
  /** Why the target cannot be returned to. */
  onTarget: () => string | undefined;
  /** Why the platform must not act. */
  onForbidden: () => string | undefined;
  /** What going back leaves as it is. */
  onCaveats: () => string[];
  /** The direction that each reading was told. */
  between: unknown[];
  verification: Verification;
}

export const order: RollbackOrder = {
  id: 'rb:auth/test:v2',
  service: 'auth',
  environment: 'test',
  from: 'bad',
  to: 'good',
  causes: [{ check: 'login', reason: 'target_5xx', text: 'login answers 500' }],
  actor: { kind: 'ci', name: 'pipeline 7' },
  by: 'run',
};

const platformOf = (world: World): PlatformSession => ({
  live: async (_, between) => {
    world.between.push(between);
    await world.onLive?.();
    const { live: revision, settled, instances } = world;
    const detail = `${settled ? 'all' : 'some'} run ${revision}`;
    return { revision, settled, detail, ...(instances ? { instances } : {}) };
  },
  undo: async (given, signal) => {
    if (![given.from, given.to].includes(world.live))
      throw new Superseded(world.live, `${world.live} is live, not ${given.from}`);
    world.undone.push(given);
    await world.onUndo(given, signal);
  },
  targetMissing: async () => world.onTarget(),
  forbidden: async () => world.onForbidden(),
  caveats: async () => world.onCaveats(),
  manual: ({ from, to }) => `go ${from} ${to}`,
  close: async () => {},
});

/** A plan that lets everything pass. */
export const planOf = (over: Partial<RollbackPlan>): RollbackPlan =>
  openPlan({
    platform: {
      holdpointPlatform: 1,
      name: 'desk',
      about: '',
      example: '',
      settings: undefined as never,
      fence: 'client',
      aftermath: 'auto-sync is off',
      open: undefined as never,
    },
    ...over,
  });

export interface Desk {
  world: World;
  events: RunEvent[];
  journals: Map<string, Json[]>;
  /** The store of every run at this desk. */
  store: Store;
  records: RunRecord[];
  controller: AbortController;
  clock: ReturnType<typeof virtualClock>;
  /** Set: the next write to a journal fails. */
  broken: { journal: Error | undefined; lock: Error | undefined };
  heldBy: LockHolder | undefined;
  run(
    given?: Partial<RollbackOrder>,
    tools?: Partial<RollbackTools>,
    plan?: Partial<RollbackPlan>,
  ): Promise<RollbackReport>;
  /** States of the journal in order, with `!` behind an interruption. */
  states(id?: string): string[];
}

const memory = (desk: Pick<Desk, 'journals' | 'records' | 'broken'> & { heldBy: LockHolder | undefined }) => ({
  ...memoryStore(),
  records: async () => desk.records,
  lock: async (): Promise<Lease | { heldBy: LockHolder }> => {
    if (desk.broken.lock) throw desk.broken.lock;
    return desk.heldBy ? { heldBy: desk.heldBy } : { release: async () => {} };
  },
  journal: async (id: string, line: Json) => {
    if (desk.broken.journal) throw desk.broken.journal;
    // As in a file: what is kept is the text.
    desk.journals.set(id, [...(desk.journals.get(id) ?? []), JSON.parse(JSON.stringify(line)) as Json]);
  },
  readJournal: async (id: string) => [...(desk.journals.get(id) ?? [])],
  journals: async (prefix: string) => [...desk.journals.keys()].filter((id) => id.startsWith(prefix)),
});

/** A bad release is live; all guards let pass. */
export const openDesk = (): Desk => {
  const clock = virtualClock();
  const world: World = {
    live: 'bad',
    settled: true,
    instances: undefined,
    undone: [],
    onUndo: ({ to }) => {
      world.live = to;
    },
    onLive: undefined,
    onTarget: () => undefined,
    onForbidden: () => undefined,
    onCaveats: () => [],
    between: [],
    verification: { green: true, because: 'login is green for 5 s' },
  };
  const desk: Desk = {
    world,
    events: [],
    journals: new Map(),
    records: [],
    controller: new AbortController(),
    clock,
    broken: { journal: undefined, lock: undefined },
    heldBy: undefined,
    get store() {
      return memory(desk);
    },
    run: (given = {}, tools = {}, plan = {}) =>
      clock.until(
        rollBack(
          { ...order, ...given },
          {
            io: fakeIo({ clock, env: () => undefined }),
            store: desk.store,
            plan: planOf(plan),
            root: '/project',
            platform: platformOf(world),
            acts: () => world.undone.map(({ to, token }): Act => actOf(to, token)),
            emit: (event) => void desk.events.push(event),
            redact: (text) => text.replaceAll('hunter2', '***'),
            verify: async () => world.verification,
            signal: desk.controller.signal,
            ...tools,
          },
        ),
      ),
    states: (id = order.id) =>
      (desk.journals.get(id) ?? []).map((line) => {
        const { state, reason } = line as unknown as Line & { reason?: string };
        return reason === 'interrupted' ? `${state}!` : state;
      }),
  };
  return desk;
};

const actOf = (to: string, token: number): Act => ({
  at: '2026-01-01T00:00:00.000Z',
  argv: ['undo', to, String(token)],
  exit: 0,
  ms: 5,
  outTail: '',
});

/** What the reporters were told, state by state. */
export const told = ({ events }: Desk): string[] =>
  events.flatMap((event) => (event.type === 'rollback' ? [`${event.state}: ${event.text}`] : []));
