// The lab's users: a process of its own that signs in and turns pages until the lab ends.
import { type LoadPlan, loadPlanVariable } from '../traffic/load-plan.ts';
import type { Caretaker } from './caretaker.ts';
import type { Seeded } from './database.ts';
import { program } from './program.ts';

/**
 * 15 users turn about 30 pages per second: each asks, waits 0.08 s or a little more, and reads for 0.42 s. That they wait
 * for their page bounds every queue: with 2 connections the mean wait settles between 100 and 350 ms, also on a slow
 * machine, and so stays between the limits that block and roll back (50 and 500 ms).
 */
const traffic = { thinkMs: 420, signInEveryMs: 800, limitMs: 120_000 };

/** Sends them to `base`; resolves when they have begun. */
export const startUsers = async (caretaker: Caretaker, base: string, seeded: Seeded): Promise<void> => {
  const plan: LoadPlan = {
    base,
    sessions: seeded.sessions,
    accounts: seeded.accounts,
    password: seeded.accountPassword,
    ...traffic,
  };
  await caretaker.start({
    name: 'the load generator',
    argv: [process.execPath, program('load')],
    cwd: caretaker.folder,
    env: { [loadPlanVariable]: JSON.stringify(plan) },
    ready: 'ready',
    farewell: [['SIGTERM', 1000]],
  });
};
