// An Out over a stream: redaction, width, colour, and a reader that goes away.
import type { Out } from '../kit/index.ts';

/** What is needed of process.stdout, process.stderr or a file stream. */
export interface TextStream {
  write(text: string): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

export interface OutOptions {
  redact(text: string): string;
  /** An environment variable; undefined when unset. */
  env(name: string): string | undefined;
  /** Told once of a failure that is not a reader who went away: a full disk. */
  onError?(error: Error): void;
}

const is = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== 'false';

/** FORCE_COLOR outranks NO_COLOR, as in Node itself; https://no-color.org for the latter. */
const wantsColour = (understands: boolean, env: OutOptions['env']): boolean => {
  const forced = env('FORCE_COLOR');
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return understands && !is(env('NO_COLOR'));
};

/** The reader is gone: `| head -1` closed its end, or the terminal of the session vanished. */
const goneCodes = ['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'];

const isGone = (error: Error): boolean => 'code' in error && goneCodes.includes(String(error.code));

/** Asks the stream anew each time: terminals are resized. A pseudo-terminal of 0 columns is unknown, not narrow. */
const size = (measured: number | undefined, unknown: number): number =>
  measured !== undefined && measured > 0 ? measured : unknown;

/**
 * An Out over a stream. A terminal in CI (`CI` is set) is not redrawn. Once the stream has failed, nothing more is
 * written: what happens to a report must not change what happens to a release.
 */
export const createOut = (stream: TextStream, options: OutOptions): Out => {
  let failed = false;
  const fail = (error: Error): void => {
    if (!failed && !isGone(error)) options.onError?.(error);
    failed = true;
  };
  stream.on('error', fail);
  const understands = stream.isTTY === true && options.env('TERM') !== 'dumb';
  return {
    write: (text) => {
      if (failed) return;
      try {
        stream.write(options.redact(text));
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    },
    redact: (text) => options.redact(text),
    columns: () => size(stream.columns, stream.isTTY === true ? 80 : 100),
    rows: () => size(stream.rows, 24),
    terminal: understands && !is(options.env('CI')),
    colour: wantsColour(understands, options.env),
  };
};
