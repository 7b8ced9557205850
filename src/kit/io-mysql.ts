// MySQL and MariaDB at the edge of the world: a session, and how it is refused.

export interface MysqlOptions {
  /** Milliseconds for connect, including authentication. */
  connectTimeout: number;
  /** Milliseconds per statement; the session is given up afterwards. */
  statementTimeout: number;
  /** `program_name` in the server's session_connect_attrs. Default `holdpoint`. */
  programName?: string;
}

/** A refusal or failure of the server: recognised by its number, never by text. */
export class MysqlFailure extends Error {
  /** Name of the server's error (ER_CON_COUNT_ERROR), or the code of the network error (ECONNREFUSED), or `TIMEOUT`. */
  readonly code: string;
  /** Number of the server's error (1040); undefined when it was not the server that said no. */
  readonly errno: number | undefined;
  /** SQLSTATE; undefined in a refusal that came before the server's greeting: not even the spare slot was free. */
  readonly sqlState: string | undefined;
  constructor(
    code: string,
    server: { errno: number; sqlState: string | undefined } | undefined,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'MysqlFailure';
    this.code = code;
    this.errno = server?.errno;
    this.sqlState = server?.sqlState;
  }
}

export interface MysqlSession {
  /** One statement, no bind values. Numbers beyond 2^53 and decimals come as texts. Throws `MysqlFailure`. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** The server's connection id, from its greeting. */
  pid: number;
  /** False once the server ended it. */
  alive(): boolean;
  close(): Promise<void>;
}

export interface Mysql {
  /** Loads the driver, so that the first measured connect does not pay for it. */
  prepare?(): Promise<void>;
  /** Throws `MysqlFailure`. */
  connect(url: string, options: MysqlOptions): Promise<MysqlSession>;
}
