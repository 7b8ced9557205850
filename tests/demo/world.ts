// Looks at the machine from outside, for tests: processes, ports, database connections.
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { Client } from 'pg';

/** Parent, state and name of a process; `undefined` when it is gone. A name may hold spaces and brackets. */
const stat = (pid: number): { parent: number; state: string } | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(parent), state };
  } catch {
    return undefined;
  }
};

/** Whether a process is there and not merely waiting to be collected by its parent. */
export const isRunning = (pid: number): boolean => !['Z', undefined].includes(stat(pid)?.state);

/** All descendants of a process. */
export const childPids = (root: number): number[] => {
  const all = readdirSync('/proc').map(Number).filter(Number.isInteger);
  const children = all.filter((pid) => stat(pid)?.parent === root);
  return [...children, ...children.flatMap(childPids)];
};

/** Whether somebody listens on a port of 127.0.0.1. */
export const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

const sql =
  "SELECT application_name AS name, count(*)::int AS count FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() GROUP BY 1";

/** Client connections of a Postgres by application name. */
export const connectionsByName = async (url: string): Promise<Record<string, number>> => {
  const client = new Client({ connectionString: url, application_name: 'test' });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; count: number }>(sql);
    return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
  } finally {
    await client.end();
  }
};
