// Processes at the edge of the world: a user's command, how it ended, and who still runs.

export interface Command {
  argv: readonly [string, ...string[]];
  cwd?: string;
  /** Added to the environment. */
  env?: Record<string, string>;
  /** What it reads from its standard input, also by the name /dev/stdin. Without it there is nothing to read. */
  input?: string;
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
