// The edge of the world as an argument: clock, files, HTTP, Postgres, processes, environment.

/** Everything outside the process. Only src/io/ implements it; tests hand in their own. */
export interface Io {
  clock: Clock;
  files: Files;
  http: Http;
  postgres: Postgres;
  processes: Processes;
  modules: Modules;
  /** An environment variable; undefined when unset. */
  env(name: string): string | undefined;
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Monotonic milliseconds, for durations and deadlines. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when the signal aborts (it never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Paths are absolute. Every write is whole or not at all. */
export interface Files {
  /** Throws the error of the file system (ENOENT …). */
  read(path: string): Promise<string>;
  readIfExists(path: string): Promise<string | undefined>;
  /** Writes a temporary file beside it, syncs, renames. */
  write(path: string, text: string): Promise<void>;
  /** Creates the file, or says false when it exists. */
  create(path: string, text: string): Promise<boolean>;
  /** Appends one line and syncs; repairs a torn last line by starting a new one. */
  append(path: string, line: string): Promise<void>;
  /** Names in a folder, sorted; empty when it does not exist. */
  list(folder: string): Promise<string[]>;
  remove(path: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Where a symbolic link points, absolute; undefined when it is none. */
  readLink(path: string): Promise<string | undefined>;
  /** Replaces a symbolic link in one step (link beside it, rename over it). */
  link(path: string, target: string): Promise<void>;
  realPath(path: string): Promise<string>;
  /** Permission bits, size in bytes and time of the last change (epoch milliseconds). */
  stat(path: string): Promise<{ mode: number; size: number; changedAt: number; folder: boolean }>;
}

export interface HttpRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** Milliseconds for the whole exchange. */
  timeout: number;
  signal?: AbortSignal;
  /** Bytes of body to keep; the rest is cut and `truncated` says so. Default 1 MiB. */
  maxBytes?: number;
  /** `host:port` to dial instead of the URL's; Host header and TLS name are kept. */
  connectTo?: string;
  /** A fresh connection (the default for probes), or the shared agent. */
  fresh?: boolean;
}

export interface HttpResponse {
  status: number;
  /** Lower-case names; several values in order. */
  headers: Record<string, string[]>;
  body: string;
  truncated: boolean;
  timings: HttpTimings;
}

/** Milliseconds per stage; absent where a stage did not happen (a reused connection has no dns, tcp, tls). */
export interface HttpTimings {
  dns?: number;
  tcp?: number;
  tls?: number;
  firstByte: number;
  total: number;
  reused: boolean;
}

/** The stage at which a request failed. */
export type HttpStage = 'dns' | 'tcp' | 'tls' | 'http' | 'timeout' | 'aborted';

/** Failed requests throw an `HttpFailure` (recognised by `name`), never anything else. */
export class HttpFailure extends Error {
  readonly stage: HttpStage;
  /** ECONNREFUSED, ENOTFOUND, DEPTH_ZERO_SELF_SIGNED_CERT … */
  readonly code: string;
  constructor(stage: HttpStage, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HttpFailure';
    this.stage = stage;
    this.code = code;
  }
}

export interface Http {
  /** Never follows redirects: the caller owns them. */
  request(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

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
  /** Throws `PostgresFailure`. */
  connect(url: string, options: PostgresOptions): Promise<PostgresSession>;
  /** A text as an SQL literal. */
  literal(text: string): string;
}

export interface Command {
  argv: readonly [string, ...string[]];
  cwd?: string;
  /** Added to the environment. */
  env?: Record<string, string>;
  /** Milliseconds until TERM is sent to the group. */
  deadline: number;
  /** Milliseconds between TERM and KILL. Default 5 s. */
  grace?: number;
  signal?: AbortSignal;
  /** Bytes of each stream that are kept (the tail). Default 64 KiB. */
  maxBytes?: number;
  /** Each line as it comes, both streams. */
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

export interface Finished {
  /** Exit code; undefined when a signal ended it or it could not be started. */
  exit: number | undefined;
  signal: string | undefined;
  timedOut: boolean;
  /** ENOENT, EACCES … when it could not be started; ABORTED when the signal had aborted before. */
  startError?: string;
  stdout: string;
  stderr: string;
  ms: number;
}

/** A process (`self` is this one), so that another one can tell whether it still runs. */
export interface ProcessIdentity {
  pid: number;
  host: string;
  /** When the kernel started it: tells a re-used pid. Absent where that cannot be had. */
  started?: string;
}

export interface Processes {
  /** Runs an argument list in a process group of its own, without a shell. Never throws for what the command does. */
  run(command: Command): Promise<Finished>;
  self(): Promise<ProcessIdentity>;
  /** Whether a process still runs; `unknown` when it belongs to another host. */
  isRunning(process: ProcessIdentity): Promise<'yes' | 'no' | 'unknown'>;
}

/** Installed packages and files of code, as a profile names them: plugins, shared profiles and checks. */
export interface Modules {
  /**
   * Absolute path of what `specifier` (`holdpoint-kafka`, `@acme/checks/login.yaml`, `./plugin.mjs`) means in the file
   * `from`. Throws an Error with a sentence when there is no such package or file.
   */
  find(specifier: string, from: string): Promise<string>;
  /** Runs a module and gives its exports. Throws what the module throws. */
  load(path: string): Promise<Record<string, unknown>>;
}
