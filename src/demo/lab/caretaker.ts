// Keeps the list of everything that the lab started, ends it in reverse order, and leaves a janitor for the case of a crash.
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, type ChildPlan, startChild } from './children.ts';
import type { JanitorOrder } from './janitor.ts';
import { program } from './program.ts';

/** Starts processes for the lab and sees to their end. */
export interface Caretaker {
  /** The lab's folder; it goes when the lab goes. */
  folder: string;
  /** Starts a process that ends with the lab at the latest. */
  start(plan: ChildPlan): Promise<Child>;
  /** Takes a process over that somebody else started. */
  adopt(child: Child, signal: NodeJS.Signals): Child;
  /** Names a process that must not outlive a crash of the lab; returns how to say that it is gone. */
  guard(pid: number, signal: NodeJS.Signals): () => void;
  /** Calls `close` when the lab ends, before what was started earlier ends. */
  onEnd(close: () => Promise<void>): void;
  /** Ends everything and removes the folder; resolves when nothing is left. */
  end(): Promise<void>;
}

const startJanitor = (script: string): Promise<Child> =>
  startChild({
    name: 'the janitor',
    argv: [process.execPath, script],
    cwd: '/',
    env: {},
    ready: 'ready',
    farewell: [],
  });

const makeFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'holdpoint-demo-'));
  // Postgres may run as another user and has to get through to its own folder below.
  await chmod(folder, 0o711);
  return folder;
};

/** Starts the janitor of a lab and makes its folder, in this order: without a janitor nobody would remove the folder. */
export const openCaretaker = async (script = program('janitor')): Promise<Caretaker> => {
  const janitor = await startJanitor(script);
  const folder = await makeFolder().catch((error: unknown) => {
    janitor.input.end();
    throw error;
  });
  const tell = (order: JanitorOrder): void => void janitor.input.write(`${JSON.stringify(order)}\n`);
  tell({ folder });
  const closings: (() => Promise<void>)[] = [];
  const guard = (pid: number, signal: NodeJS.Signals): (() => void) => {
    tell({ watch: pid, signal });
    return () => tell({ gone: pid });
  };
  const adopt = (child: Child, signal: NodeJS.Signals): Child => {
    void child.gone.then(guard(child.pid, signal));
    closings.push(() => child.stop());
    return child;
  };
  return {
    folder,
    start: async (plan) => adopt(await startChild(plan), plan.farewell[0]?.[0] ?? 'SIGTERM'),
    adopt,
    guard,
    onEnd: (close) => void closings.push(close),
    async end() {
      const failures: unknown[] = [];
      for (const close of closings.splice(0).reverse()) await close().catch((error: unknown) => failures.push(error));
      janitor.input.end();
      await janitor.gone;
      if (failures.length > 0) throw new AggregateError(failures, 'the lab could not end everything that it started');
    },
  };
};
