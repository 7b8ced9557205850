// The statements that are asked of the server; all work on PostgreSQL 12 to 18, with any role, without bind values.

/** Writes a text as an SQL literal. */
export type Literal = (text: string) => string;

/** Only client backends take slots: parallel workers, autovacuum and walsenders are not counted. */
const clientBackend = `coalesce(backend_type = 'client backend', false)`;

/** Rows of other roles that an unprivileged session may not look into: clients, or parallel workers. */
const hiddenRow = 'backend_type IS NULL AND usesysid IS NOT NULL AND datid IS NOT NULL';

const notOurs = (ownPids: readonly number[]): string => `pid <> ALL (ARRAY[${[0, ...ownPids].join(', ')}])`;

const epoch = (expression: string): string => `extract(epoch FROM ${expression})::float8`;

/** Whether `reserved_connections` are kept for this role, not from it; null before PostgreSQL 16, which knows no such role. */
const mayUseReserved = (role: string): string => `(SELECT pg_has_role(r.oid, keeper.oid, 'USAGE')
                    FROM pg_catalog.pg_roles r, pg_catalog.pg_roles keeper
                   WHERE r.rolname = ${role} AND keeper.rolname = 'pg_use_reserved_connections')`;

/** Limits and use in one row. Times are epoch seconds of the server's clock. */
export const capacitySql = (role: string, database: string, ownPids: readonly number[], literal: Literal): string => `
SELECT pg_backend_pid() AS pid,
       current_setting('server_version_num')::int AS version,
       pg_is_in_recovery() AS standby,
       session_user = ${literal(role)} AS own_role,
       current_database() = ${literal(database)} AS own_database,
       ${epoch('clock_timestamp()')} AS db_now,
       ${epoch('pg_postmaster_start_time()')} AS started_at,
       current_setting('max_connections')::int AS max_connections,
       current_setting('superuser_reserved_connections')::int AS superuser_reserved,
       CASE WHEN ${mayUseReserved(literal(role))} THEN 0
            ELSE coalesce(nullif(current_setting('reserved_connections', true), ''), '0')::int END AS reserved,
       (SELECT rolconnlimit FROM pg_catalog.pg_roles WHERE rolname = ${literal(role)}) AS role_limit,
       (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = ${literal(role)}) AS role_super,
       (SELECT datconnlimit FROM pg_catalog.pg_database WHERE datname = ${literal(database)}) AS database_limit,
       a.*
  FROM (SELECT count(*) FILTER (WHERE cb)::int AS used,
               count(*) FILTER (WHERE cb AND usename = ${literal(role)})::int AS used_by_role,
               count(*) FILTER (WHERE cb AND datname = ${literal(database)})::int AS used_in_database,
               count(*) FILTER (WHERE cb AND state = 'active')::int AS active,
               count(*) FILTER (WHERE cb AND state = 'idle')::int AS idle,
               count(*) FILTER (WHERE cb AND state LIKE 'idle in transaction%')::int AS idle_in_transaction,
               count(*) FILTER (WHERE cb AND state = 'starting')::int AS starting,
               count(*) FILTER (WHERE hid)::int AS hidden,
               count(*) FILTER (WHERE hid AND usename = ${literal(role)})::int AS hidden_by_role,
               count(*) FILTER (WHERE hid AND datname = ${literal(database)})::int AS hidden_in_database
          FROM (SELECT state, usename, datname, ${clientBackend} AS cb, ${hiddenRow} AS hid
                  FROM pg_catalog.pg_stat_activity WHERE ${notOurs(ownPids)}) s) a`;

/** Who holds the connections, most first; `began` counts those that began after `since` (epoch seconds of the server). */
export const holdersSql = (since: number, ownPids: readonly number[]): string => `
SELECT coalesce(usename::text, '') AS role, coalesce(datname::text, '') AS database,
       coalesce(application_name, '') AS application, coalesce(host(client_addr), '') AS client,
       coalesce(state, '') AS state, count(*)::int AS connections,
       (count(*) FILTER (WHERE backend_start >= to_timestamp(${since})))::int AS began
  FROM pg_catalog.pg_stat_activity
 WHERE ((${clientBackend}) OR (${hiddenRow})) AND ${notOurs(ownPids)}
 GROUP BY 1, 2, 3, 4, 5 ORDER BY 6 DESC LIMIT 200`;

/**
 * What presses on the slots: sessions of the role that idle in a transaction for longer than `olderThan` seconds, the
 * age of the oldest, and the number of sessions that ever began in the database. Its column is new in PostgreSQL 14;
 * read through JSON it is null where it does not exist.
 */
export const pressureSql = (
  role: string,
  database: string,
  olderThan: number,
  ownPids: readonly number[],
  literal: Literal,
): string => `
SELECT (SELECT (to_jsonb(d) ->> 'sessions')::float8
          FROM pg_catalog.pg_stat_database d WHERE datname = ${literal(database)}) AS sessions,
       (count(*) FILTER (WHERE age > ${olderThan}))::int AS idle_long, max(age) AS idle_oldest
  FROM (SELECT ${epoch('clock_timestamp() - state_change')} AS age
          FROM pg_catalog.pg_stat_activity
         WHERE ${clientBackend} AND usename = ${literal(role)} AND state LIKE 'idle in transaction%'
           AND ${notOurs(ownPids)}) s`;
