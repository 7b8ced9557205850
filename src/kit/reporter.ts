// The contract of a reporter: it turns events or a record into something a person or a machine reads; it never decides.
import type { RunEvent } from './events.ts';
import type { Clock } from './io.ts';
import type { RunRecord } from './record.ts';

export interface Reporter {
  holdpointReporter: 1;
  /** The name in `--reporter NAME[=FILE]`. */
  name: string;
  about: string;
  /** `prose` goes to stderr by default, `machine` to stdout. */
  writes: 'prose' | 'machine';
  open(out: Out, clock: Clock): ReporterSession;
  /**
   * Texts besides the main one that a CI reads from files: each is appended, at the end, to the file whose path stands in
   * the environment variable `env`; left out where that is unset.
   */
  appends?: readonly { env: string; open: Reporter['open'] }[];
  /** The file of `NAME=FILE` is for a program of another user: readable for everybody, where others are for their owner alone. */
  shared?: true;
  /** Lets `NAME=push:URL` send the text in place of writing it: the request without its body. */
  push?(url: URL, of: { service: string; environment: string }): Push;
  /** Makes a `check` whose text stands on stdout the plugin of a monitor. */
  plugin?: MonitorPlugin;
}

/** What a monitor expects of a program that it calls: an exit code of its own, and always a line. */
export interface MonitorPlugin {
  exitCode(record: RunRecord): number;
  /** Where there is no record: nothing could be begun. */
  noAnswer: { exitCode: number; line(why: string): string };
}

/** How a text is sent; an answer of 200 to 299 took it. */
export interface Push {
  method: 'PUT' | 'POST';
  url: string;
  headers: Record<string, string>;
}

/** Where a reporter writes. Everything passes through the redactor behind `write`. */
export interface Out {
  write(text: string): void;
  /** Masks secrets in a text before it is cut or wrapped: `write` no longer recognises half a secret. */
  redact(text: string): string;
  /** Width in columns now (a terminal may be resized); where unknown 80, and 100 for what is no terminal. */
  columns(): number;
  rows(): number;
  /** A terminal that understands cursor movement. */
  terminal: boolean;
  colour: boolean;
}

export interface ReporterSession {
  on(event: RunEvent): void;
  /**
   * The whole record, once, at the end (also for a record that was read from a file). `saved`: where it can be read
   * again (a path), when it was saved.
   */
  end(record: RunRecord, saved?: string): Promise<void> | void;
  /** A person is asked something on the same terminal: nothing is drawn until `resume`. */
  pause?(): void;
  resume?(): void;
  /** Called on every path: stops timers, restores the terminal. */
  close(): void;
}
