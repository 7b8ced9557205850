// What is said differently of Postgres and of MySQL: the privilege that shows everything, and statements to paste.
import type { Seen } from './seen.ts';

interface Words {
  /** What the role of the probe needs in order to see the connections of others. */
  privilege: string;
  /** The reason of a verdict that hidden rows leave open, and what to do about it. */
  hidden: { reason: string; next: string };
  /** Who holds the connections, when nobody could be counted. */
  ask: string;
  /** Ends the connections of a group. */
  terminate(group: { application: string; role: string }): string;
  /** Lists the transactions that are left open. */
  idle: string;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const postgres: Words = {
  privilege: 'pg_monitor',
  hidden: {
    reason: 'needs_pg_monitor',
    next: 'GRANT pg_monitor TO the role of the probe; without it parallel workers look like connections',
  },
  ask: 'ask the server as a superuser, who has reserved slots: SELECT usename, application_name, count(*) FROM pg_stat_activity GROUP BY 1, 2 ORDER BY 3 DESC',
  terminate: ({ application, role }) => {
    const condition = application === '' ? `usename = ${quoted(role)}` : `application_name = ${quoted(application)}`;
    return `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${condition}`;
  },
  idle: "SELECT pid, application_name, now() - state_change AS idle, query FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' ORDER BY state_change",
};

/** A real one would end the statement for whoever cuts statements out of sentences. */
const semicolon = 'CHAR(59 USING utf8mb4)';

const mysqlQuoted = (text: string): string => quoted(text.replaceAll('\\', '\\\\'));

const mysql: Words = {
  privilege: 'PROCESS',
  hidden: {
    reason: 'needs_process',
    next: 'GRANT PROCESS ON *.* TO the account of the probe; without it nobody knows whose connections these are',
  },
  ask: 'ask the server with an account that has CONNECTION ADMIN, for which one slot is spare: SELECT user, count(*) FROM information_schema.processlist GROUP BY 1 ORDER BY 2 DESC',
  terminate: ({ application, role }) =>
    application === ''
      ? `SELECT CONCAT('KILL ', id, ${semicolon}) FROM information_schema.processlist WHERE user = ${mysqlQuoted(role)}`
      : `SELECT CONCAT('KILL ', processlist_id, ${semicolon}) FROM performance_schema.session_connect_attrs WHERE attr_name = 'program_name' AND attr_value = ${mysqlQuoted(application)}`,
  idle: 'SELECT p.id, p.user, p.host, p.time FROM information_schema.innodb_trx t JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id ORDER BY p.time DESC',
};

/** The words for the server of this look. */
export const wordsFor = ({ product }: Pick<Seen, 'product'>): Words => (product === 'mysql' ? mysql : postgres);
