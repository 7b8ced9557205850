// Postgres at the edge of the world: a session in the simple protocol, and how it is refused.

export interface PostgresOptions {
  /** Milliseconds for connect, including authentication. */
  connectTimeout: number;
  /** Milliseconds per statement; 0 sends no such startup parameter (poolers refuse it). */
  statementTimeout: number;
  /** Seen in pg_stat_activity. Default `holdpoint`. */
  applicationName?: string;
  /** Opens a walsender session, which needs no ordinary slot. */
  replication?: boolean;
}

/** A refusal or failure of the server: recognised by SQLSTATE and routine, never by text. */
export class PostgresFailure extends Error {
  /** SQLSTATE, or the code of the network error (ECONNREFUSED), or `TIMEOUT`. */
  readonly code: string;
  /** The function of the server that raised it: independent of the language of messages. */
  readonly routine: string | undefined;
  constructor(code: string, routine: string | undefined, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PostgresFailure';
    this.code = code;
    this.routine = routine;
  }
}

export interface PostgresSession {
  /** Simple protocol, no bind values (poolers' consoles and walsenders refuse them): quote with `literal`. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Backend pid of this session; 0 where the server gives none. */
  pid: number;
  /** False once the server ended it. */
  alive(): boolean;
  close(): Promise<void>;
}

export interface Postgres {
  /** Loads the driver, so that the first measured connect does not pay for it. */
  prepare?(): Promise<void>;
  /** Throws `PostgresFailure`. */
  connect(url: string, options: PostgresOptions): Promise<PostgresSession>;
  /** A text as an SQL literal. */
  literal(text: string): string;
}
