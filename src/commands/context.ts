// What every command gets: streams, environment, io, and the signals that end a run in order.
import type { Io } from '../kit/index.ts';
import type { TextStream } from '../report/index.ts';

export interface Context {
  cwd: string;
  /** The folder of this package: the shipped checks and profiles are in it. */
  packageRoot: string;
  version: string;
  env(name: string): string | undefined;
  stdin: { isTTY: boolean };
  stdout: TextStream;
  stderr: TextStream;
  io: Io;
  /** The same with more variables; those that are set already win. */
  withEnv(more: Readonly<Record<string, string | undefined>>): Context;
  interrupts: Interrupts;
  faults: Faults;
  /** Asks on the terminal; resolves with the line that was typed. */
  ask(question: string): Promise<string>;
  /** The same without an echo: for a password. Without a terminal it is the next line of stdin. */
  askHidden(question: string): Promise<string>;
  /** Peak memory and event-loop delay of this process so far, for the record's `process` mark. */
  usage(): { maxRssMb: number; eventLoopDelayP99Ms: number };
}

/** The first SIGINT or SIGTERM aborts the signal; the second ends the process at once. */
export interface Interrupts {
  signal: AbortSignal;
  by(): 'SIGINT' | 'SIGTERM' | undefined;
}

/** What is thrown where nobody waits for it: by a timer, a listener or a promise of a plugin, or of ours. */
export interface Faults {
  /** Aborts with what was thrown first while somebody keeps faults. */
  signal: AbortSignal;
  /** From now on a fault lets the work end in order. Returns how to stop that: then a fault ends the process at once, as before. */
  keep(): () => void;
}

/** The exit code after a signal, as shells tell it (128 + signal); undefined while none has come. */
export const signalCode = ({ interrupts }: Pick<Context, 'interrupts'>): number | undefined => {
  const by = interrupts.by();
  return by === undefined ? undefined : by === 'SIGINT' ? 130 : 143;
};
