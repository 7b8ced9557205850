// The statements that are asked of MySQL and MariaDB; without bind values, and with no privilege where that is said.

/** Limits, and the server's clock (epoch seconds); needs no privilege. MySQL skips `/*M!`: it has no extra_port. */
export const limitsSql = `
SELECT CONNECTION_ID() AS pid, VERSION() AS version, UNIX_TIMESTAMP(SYSDATE(6)) AS db_now,
       @@global.max_connections AS max_connections, @@global.max_user_connections AS role_limit,
       @@global.read_only AS standby, @@session.max_user_connections AS own_limit
       /*M! , IF(@@global.extra_port > 0, @@global.extra_max_connections, 0) AS extra_most */`;

/** Counters of the server; needs no privilege. */
export const statusSql = `
SHOW GLOBAL STATUS WHERE Variable_name IN ('Uptime', 'Threads_connected', 'Connections', 'Aborted_connects', 'Aborted_clients')
   OR Variable_name LIKE 'Connection\\_errors\\_%'`;

/** A text as an SQL literal in any sql_mode: its bytes. */
const bytes = (text: string): string => `x'${Buffer.from(text, 'utf8').toString('hex')}'`;

/** Limit and privileges of the accounts of this name, which may be several, by host; needs SELECT on mysql.user. */
export const accountsSql = (role: string): string => `
SELECT max_user_connections AS role_limit, Super_priv = 'Y' AS super FROM mysql.user WHERE User = ${bytes(role)}`;

/** What of the server may be read besides the list of its connections. */
export interface Readable {
  /** information_schema.innodb_trx: needs PROCESS, as do the connections of others. */
  transactions: boolean;
  /** performance_schema.session_connect_attrs: needs SELECT on it, and performance_schema switched on. */
  attributes: boolean;
}

/** Threads of the server itself take no slots. */
const clients = `p.USER NOT IN ('system user', 'event_scheduler') AND p.COMMAND <> 'Daemon'`;

/** The address without its port. */
const client = `IF(p.HOST LIKE '%:%', LEFT(p.HOST, CHAR_LENGTH(p.HOST) - CHAR_LENGTH(SUBSTRING_INDEX(p.HOST, ':', -1)) - 1), p.HOST)`;

/**
 * Connections of the same origin, most first. `began` counts those whose id is above `since`: ids only rise. `mine` are
 * our own. `idle_long` counts those that do nothing in an open transaction for longer than `olderThan` seconds.
 */
export const holdersSql = (
  since: number,
  ownPids: readonly number[],
  olderThan: number,
  { transactions, attributes }: Readable,
): string => {
  const inTransaction = transactions ? 't.trx_mysql_thread_id IS NOT NULL' : 'FALSE';
  return `
SELECT s.role, s.db, s.application, s.client, s.mine, s.state, COUNT(*) AS connections, CAST(SUM(s.id_of > ${since}) AS SIGNED) AS began,
       CAST(SUM(s.state = 'idle in transaction' AND s.seconds > ${olderThan}) AS SIGNED) AS idle_long,
       MAX(IF(s.state = 'idle in transaction', s.seconds, NULL)) AS idle_oldest
  FROM (SELECT p.USER AS role, COALESCE(p.DB, '') AS db, ${attributes ? `COALESCE(a.ATTR_VALUE, '')` : `''`} AS application,
               ${client} AS client, p.ID IN (${[0, ...ownPids].join(', ')}) AS mine, p.ID AS id_of, p.TIME AS seconds,
               CASE WHEN p.USER = 'unauthenticated user' OR p.COMMAND = 'Connect' THEN 'starting'
                    WHEN p.COMMAND <> 'Sleep' THEN 'active'
                    WHEN ${inTransaction} THEN 'idle in transaction' ELSE 'idle' END AS state
          FROM information_schema.PROCESSLIST p
          ${transactions ? 'LEFT JOIN information_schema.INNODB_TRX t ON t.trx_mysql_thread_id = p.ID' : ''}
          ${attributes ? `LEFT JOIN performance_schema.session_connect_attrs a ON a.PROCESSLIST_ID = p.ID AND a.ATTR_NAME = 'program_name'` : ''}
         WHERE ${clients}) s
 GROUP BY s.role, s.db, s.application, s.client, s.mine, s.state ORDER BY connections DESC`;
};
