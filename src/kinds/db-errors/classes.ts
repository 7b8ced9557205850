// The sorts of connection errors: how they are found in a log, how they are called, and where to look first.

/** What a look counts. `fatal`, `killed`, `abandoned`, `failed` and `broken` are counters of the server. */
export type Class = 'slots' | 'waiting' | 'ended' | 'lost' | 'errors' | 'broken' | SessionEnd;

/** Ends of a session, and logins that failed: they count as errors only when the profile names them. */
export const sessionEnds = ['fatal', 'killed', 'abandoned', 'failed'] as const;

type SessionEnd = (typeof sessionEnds)[number];

interface Sort {
  /** `12 connection errors: 10 …` */
  words: string;
  next: string;
}

export const sorts: Readonly<Record<Class, Sort>> = {
  slots: {
    words: 'refused for lack of slots',
    next: 'no slot is free: see db-connections for who holds them',
  },
  waiting: {
    words: 'given up waiting for a connection',
    next: 'the pool hands out no connection in time: see pool-wait, then db-connections',
  },
  ended: {
    words: 'ended or refused by the server (57P0x)',
    next: "the server is restarting, or its sessions are terminated: look at the server's log",
  },
  lost: {
    words: 'lost (08xxx)',
    next: 'connections break: look whether the server or a pooler restarts, then at the network between',
  },
  errors: { words: 'counted', next: 'read the errors themselves: they name what the database refuses' },
  fatal: {
    words: 'ended by a fatal error',
    next: "look at the FATAL lines of the server's log; logins refused by a database's own limit count here, too",
  },
  killed: {
    words: 'terminated by an operator',
    next: "something calls pg_terminate_backend: look for it in the server's log",
  },
  abandoned: {
    words: 'abandoned by the client',
    next: 'clients go away without closing their connections: look whether they crash or are killed',
  },
  failed: {
    words: 'failed at the login (Aborted_connects)',
    next: 'logins fail for a reason that the server does not count: look for wrong passwords in its log, and for probes that only open the port',
  },
  broken: {
    words: 'broken off in the server before the login (Connection_errors_*)',
    next: 'the server itself cannot take connections: look at its error log, then at its memory and open files',
  },
};

interface Trace {
  of: Class;
  /**
   * SQLSTATEs, https://www.postgresql.org/docs/current/errcodes-appendix.html; 08004 is MySQL's for 1040. What begins
   * with a letter is how drivers of MySQL call its errors.
   */
  codes?: string;
  /** What is written where no SQLSTATE stands: English messages of Postgres, pg-pool, PgBouncer and MariaDB. */
  texts: string;
}

const traces: readonly Trace[] = [
  {
    of: 'slots',
    codes: '53300|53400|08004|ER_CON_COUNT_ERROR|ER_TOO_MANY_USER_CONNECTIONS|ER_USER_LIMIT_REACHED',
    texts:
      "too many clients already|remaining connection slots are reserved|[Tt]oo many connections|'max_user_connections'",
  },
  {
    of: 'waiting',
    texts: 'timeout exceeded when trying to connect|Connection terminated due to connection timeout|query_wait_timeout',
  },
  {
    of: 'ended',
    codes: '57P0.|ER_SERVER_SHUTDOWN',
    texts:
      'the database system is (?:starting up|shutting down|in recovery mode|not yet accepting connections)|terminating connection due to administrator command|Server shutdown in progress',
  },
  {
    of: 'lost',
    codes: '0800[^4]|08P..|PROTOCOL_CONNECTION_LOST',
    texts: 'Connection terminated unexpectedly|server has gone away|Lost connection to (?:MySQL )?server',
  },
];

const allCodes = traces.flatMap(({ codes }) => codes ?? []).join('|');

/** The lines of a log that tell of connection errors, each line in one of the classes only. */
export const logSelectors: readonly { of: Class; selector: string }[] = traces.flatMap(
  ({ of, codes, texts }, index) => {
    const earlier = traces.slice(0, index).map((trace) => trace.texts);
    const not = earlier.length === 0 ? '' : `, line!~".*(?:${earlier.join('|')}).*"`;
    const byText = `lines{code!~"${allCodes}", line=~".*(?:${texts}).*"${not}}`;
    return [...(codes === undefined ? [] : [{ of, selector: `lines{code=~"${codes}"}` }]), { of, selector: byText }];
  },
);
