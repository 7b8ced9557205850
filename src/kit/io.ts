// The edge of the world as an argument: clock, files, HTTP, databases, processes, environment.
import type { Http } from './io-http.ts';
import type { Mysql } from './io-mysql.ts';
import type { Postgres } from './io-postgres.ts';
import type { Processes } from './io-processes.ts';

export * from './io-http.ts';
export * from './io-mysql.ts';
export * from './io-postgres.ts';
export type * from './io-processes.ts';

/** Everything outside the process. Only src/io/ implements it; tests hand in their own. */
export interface Io {
  clock: Clock;
  files: Files;
  http: Http;
  postgres: Postgres;
  mysql: Mysql;
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
  /** Calls `ring` once after `ms`, unless what it returns is called before: a deadline that costs no abort signal. */
  alarm(ms: number, ring: () => void): () => void;
}

/** A file that is kept open: it stays the same file when it is renamed or removed. */
export interface OpenFile {
  /** Names the file itself, whatever its path: another file at the same path has another one. */
  id: string;
  /** Bytes that it has now. */
  size(): Promise<number>;
  /** At most `length` bytes from `offset` on; fewer at the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Paths are absolute. Every write is whole or not at all. */
export interface Files {
  /** Throws the error of the file system (ENOENT …). */
  read(path: string): Promise<string>;
  readIfExists(path: string): Promise<string | undefined>;
  /** Opens a file for reading piece by piece. Throws as `read`, and with the code ENOTFILE for what is no plain file. */
  open(path: string): Promise<OpenFile>;
  /**
   * Writes a temporary file beside it, syncs, renames; straight into a device or a pipe. `mode`: permission bits whatever the
   * umask; default: its owner's alone.
   */
  write(path: string, text: string, mode?: number): Promise<void>;
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
  /** Replaces a symbolic link in one step (link beside it, rename over it); a relative one stays relative. */
  link(path: string, target: string): Promise<void>;
  realPath(path: string): Promise<string>;
  /** Permission bits, size in bytes and time of the last change (epoch milliseconds). */
  stat(path: string): Promise<{ mode: number; size: number; changedAt: number; folder: boolean }>;
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
