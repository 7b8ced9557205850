// Looks at a pool from outside: log in, run SELECT 1, which needs a server connection, time it, and give it back.
import { duration, type Look, type Session, type Tick, type World } from '../../kit/index.ts';
import { acquireRefused } from './refusal.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';

/** Opens the looks. Each logs in anew, because in session mode only the goodbye gives the connection back. */
export const openProbe = async (url: string, spec: Spec, { io }: World): Promise<Session<Seen>> => {
  const acquire = async (connectTimeout: number): Promise<number> => {
    // Poolers refuse a statement timeout as a startup parameter; the answer is bounded by the same time as the login.
    const session = await io.postgres.connect(url, { connectTimeout, statementTimeout: 0 });
    try {
      const asked = io.clock.monotonic();
      await session.query('SELECT 1');
      return io.clock.monotonic() - asked;
    } finally {
      await session.close();
    }
  };

  const look = async ({ timeout }: Tick): Promise<Look<Seen>> => {
    // A login and an answer fit into one look.
    const limit = Math.min(Math.max(spec.connectTimeout, spec.limits.longest), timeout / 2);
    try {
      return { seen: { probed: await acquire(limit) } };
    } catch (error) {
      const refusal = acquireRefused(error, duration(limit));
      return 'missed' in refusal ? refusal : { seen: refusal };
    }
  };

  return { sample: async (tick) => [await look(tick)], close: async () => undefined };
};
