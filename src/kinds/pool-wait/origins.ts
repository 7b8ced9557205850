// Whose callers wait at PgBouncer and who has its connections, by application_name: that is the release.
import type { Origin } from './seen.ts';

type Row = Record<string, unknown>;

/** Whose pools are asked for. */
export interface Target {
  database: string;
  user?: string | undefined;
}

/** The most frequent first; absent before 1.18, where SHOW CLIENTS has no application_name. */
export interface Origins {
  waiters?: Origin[];
  holders?: Origin[];
}

/** So many names stand in a record; the rest are few. */
const most = 5;

const isOf = (row: Row, { database, user }: Target): boolean =>
  row['database'] === database && (user === undefined || row['user'] === user);

/** Reads the rows of SHOW CLIENTS. Its `wait` counts for running queries, too, so that only the state tells who waits. */
export const originsOf = (clients: readonly Row[], target: Target): Origins => {
  const mine = clients.filter((row) => isOf(row, target));
  if (!mine.some((row) => 'application_name' in row)) return {};
  // A client has a connection while it is linked to one; an active client between two transactions is not.
  const holding = mine.filter((row) => row['state'] === 'active' && row['link']);
  return { waiters: counted(mine.filter(({ state }) => state === 'waiting')), holders: counted(holding) };
};

const counted = (rows: readonly Row[]): Origin[] => {
  const callers = new Map<string, number>();
  for (const row of rows) {
    const name = row['application_name'];
    const application = typeof name === 'string' ? name : '';
    callers.set(application, (callers.get(application) ?? 0) + 1);
  }
  return [...callers]
    .map(([application, number]) => ({ application, callers: number }))
    .sort((a, b) => b.callers - a.callers || a.application.localeCompare(b.application))
    .slice(0, most);
};

/** `auth@9f2c1 37, unnamed 2`; empty for nobody. */
export const originText = (origins: readonly Origin[] = []): string =>
  origins.map(({ application, callers }) => `${application === '' ? 'unnamed' : application} ${callers}`).join(', ');
