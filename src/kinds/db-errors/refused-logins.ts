// Looks at the counters of MySQL and MariaDB: logins that were refused, and clients that went away.
import type { Look, Session, World } from '../../kit/index.ts';
import type { OwnRefusals } from '../mysql/door.ts';
import { openAsking } from '../mysql/ask.ts';
import { poolerMissed } from '../mysql/refusal.ts';
import { readLimits, readStatus, type Status } from '../mysql/rows.ts';
import { limitsSql, statusSql } from '../mysql/sql.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';

/** Errors of the server before the login, none of them about slots. */
const broken = ['accept', 'internal', 'peer_address', 'select', 'tcpwrap'].map((name) => `Connection_errors_${name}`);

/** What the server had counted at one look, without our own attempts. */
interface Counters {
  uptime: number;
  noSlot: number;
  /** All logins that failed: for lack of slots, too. */
  aborted: number;
  abandoned: number;
  broken: number;
}

interface Counted {
  at: number;
  counters: Counters;
  /** No slot was free. */
  full: boolean;
}

const countersOf = (status: Status, own: Readonly<OwnRefusals>): Counters => ({
  uptime: status('Uptime'),
  noSlot: status('Connection_errors_max_connections') - own.noSlot,
  aborted: status('Aborted_connects') - own.aborted,
  abandoned: status('Aborted_clients'),
  broken: broken.reduce((sum, name) => sum + status(name), 0),
});

/** Counters that began again (a restart, FLUSH STATUS) have nothing to be compared with. */
const isComparable = (before: Counters, now: Counters): boolean =>
  (Object.keys(now) as (keyof Counters)[]).every((name) => now[name] >= before[name]);

/**
 * A login that is refused while the spare slot is free counts in Aborted_connects alone (measured on MariaDB 10.11), as
 * does a wrong password: while the server was full they are taken for refusals, else they are `failed`.
 */
const seenOf = (before: Counted, now: Counted): Seen => {
  const grown = (name: keyof Counters): number => now.counters[name] - before.counters[name];
  const noSlot = grown('noSlot');
  const others = Math.max(0, grown('aborted') - noSlot);
  const full = before.full || now.full;
  const counts = {
    slots: noSlot + (full ? others : 0),
    failed: full ? 0 : others,
    broken: grown('broken'),
    abandoned: grown('abandoned'),
  };
  return { seconds: (now.at - before.at) / 1000, counts };
};

/** Opens the looks; the first one has nothing to compare with. */
export const openLogins = async (mysql: string, spec: Spec, world: World): Promise<Session<Seen>> => {
  const { clock, mysql: driver } = world.io;
  await driver.prepare?.();
  const asking = await openAsking({ ...spec, mysql }, world);
  let earlier: Counted | undefined;

  const lookAt = (now: Counted): Look<Seen> => {
    const before = earlier && isComparable(earlier.counters, now.counters) ? earlier : undefined;
    earlier = now;
    return { seen: before ? seenOf(before, now) : {} };
  };

  return {
    sample: async (tick) => {
      const asked = await asking.ask(tick, async ({ session, refused, leave }): Promise<Look<Seen>> => {
        const [row] = await session.query(limitsSql);
        const limits = readLimits(row);
        if (session.pid !== 0 && session.pid !== limits.pid) return { missed: poolerMissed };
        const status = readStatus(await session.query(statusSql));
        const connected = status('Threads_connected');
        // We are in the spare slot: whoever ends the connections needs it.
        if (connected > limits.max_connections) leave();
        const full = connected >= limits.max_connections;
        return lookAt({ at: clock.monotonic(), counters: countersOf(status, refused), full });
      });
      return ['missed' in asked ? asked : asked.answer];
    },
    close: () => asking.close(),
  };
};
