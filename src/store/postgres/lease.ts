// Locks as leases: a row that its holder renews; whoever finds it expired, by the server's clock, takes it over.
import { randomUUID } from 'node:crypto';
import { type Io, isoTime, type Lease, type LockHolder } from '../../kit/index.ts';
import type { Database } from './session.ts';

/** Seconds that a lease lasts, and milliseconds between two renewals: two may fail before it is lost. */
const lasting = { seconds: 60, renewEvery: 15_000 };

interface Holder {
  token: string;
  owner: string;
  /** A bigint, which the driver gives as text. */
  pid: string;
  host: string;
  started: string | null;
  since: Date | string;
}

/**
 * Takes the lock in one statement, or says who holds it. A holder on this host whose process is gone is taken over at
 * once, one elsewhere when its lease has run out. `warn` is told when the lease could not be renewed.
 */
export const takeLease = async (
  database: Database,
  io: Io,
  name: string,
  owner: string,
  warn: (text: string) => void,
): Promise<Lease | { heldBy: LockHolder }> => {
  const token = randomUUID();
  if (await claim(database, io, name, owner, token)) return leaseOf(database, io, name, token, warn);
  const holder = await holderOf(database, name);
  // Given back between the two questions.
  if (!holder) return takeLease(database, io, name, owner, warn);
  if (!(await isGone(io, holder))) return { heldBy: shown(holder) };
  if (await claim(database, io, name, owner, token, holder.token)) return leaseOf(database, io, name, token, warn);
  const other = await holderOf(database, name);
  return other ? { heldBy: shown(other) } : takeLease(database, io, name, owner, warn);
};

/** Sent twice with the same token it is taken once. */
const claim = async (
  { ask, text }: Database,
  io: Io,
  name: string,
  owner: string,
  token: string,
  from?: string,
): Promise<boolean> => {
  const { pid, host, started } = await io.processes.self();
  const since = isoTime(io.clock.now());
  const rows = await ask(
    `INSERT INTO holdpoint.locks AS held (name, token, owner, pid, host, started, since, expires_at)
     VALUES (${text(name)}, ${text(token)}, ${text(owner)}, ${pid}, ${text(host)}, ${text(started)}, ${text(since)},
       clock_timestamp() + interval '${lasting.seconds} seconds')
     ON CONFLICT (name) DO UPDATE SET token = excluded.token, owner = excluded.owner, pid = excluded.pid,
       host = excluded.host, started = excluded.started, since = excluded.since, expires_at = excluded.expires_at
       WHERE held.expires_at < clock_timestamp() OR held.token = ${text(token)}${from === undefined ? '' : ` OR held.token = ${text(from)}`}
     RETURNING token`,
  );
  return rows.length > 0;
};

const holderOf = async ({ ask, text }: Database, name: string): Promise<Holder | undefined> =>
  (await ask(`SELECT token, owner, pid, host, started, since FROM holdpoint.locks WHERE name = ${text(name)}`))[0] as
    | Holder
    | undefined;

const isGone = async ({ processes }: Io, { pid, host, started }: Holder): Promise<boolean> =>
  (await processes.isRunning({ pid: Number(pid), host, ...(started === null ? {} : { started }) })) === 'no';

const shown = ({ owner, pid, host, since }: Holder): LockHolder => ({
  owner,
  pid: Number(pid),
  host,
  since: new Date(since).toISOString(),
});

const leaseOf = (
  { ask, text }: Database,
  { clock }: Io,
  name: string,
  token: string,
  warn: (text: string) => void,
): Lease => {
  const over = new AbortController();
  const mine = `name = ${text(name)} AND token = ${text(token)}`;
  const renew = async (): Promise<void> => {
    const rows = await ask(
      `UPDATE holdpoint.locks SET expires_at = clock_timestamp() + interval '${lasting.seconds} seconds' WHERE ${mine} RETURNING name`,
    );
    if (rows.length === 0) throw new Error('it was taken over by another process');
  };
  const keep = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await clock.sleep(lasting.renewEvery, over.signal);
      if (over.signal.aborted) return;
      await renew().catch((error: Error) => warn(`the lock "${name}" could not be renewed: ${error.message}`));
    }
  };
  const keeping = keep();
  return {
    release: async () => {
      over.abort();
      await keeping;
      await ask(`DELETE FROM holdpoint.locks WHERE ${mine}`);
    },
  };
};
