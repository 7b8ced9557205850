// The output of a command, bounded: its tail, and each line as it comes.
import { StringDecoder } from 'node:string_decoder';

/** A line longer than this is handed on in pieces, so that output without line breaks needs no memory. */
const longestLine = 64 * 1024;

export interface Output {
  push(chunk: Buffer): void;
  /** No more will come: hands on a last line without a line break. */
  end(): void;
  /** The last bytes, never more than were asked for, beginning with a whole character. */
  tail(): string;
}

/** Keeps the last `maxBytes` bytes and hands every line to `onLine`. */
export const createOutput = (maxBytes: number, onLine: ((line: string) => void) | undefined): Output => {
  const tail = createTail(maxBytes);
  const lines = onLine && createLines(onLine);
  return {
    push: (chunk) => {
      tail.push(chunk);
      lines?.push(chunk);
    },
    end: () => lines?.end(),
    tail: tail.text,
  };
};

const createTail = (maxBytes: number) => {
  let chunks: Buffer[] = [];
  let size = 0;
  const compact = (): Buffer => {
    const whole = Buffer.concat(chunks).subarray(-maxBytes);
    const kept = maxBytes === 0 ? Buffer.alloc(0) : Buffer.from(whole);
    chunks = [kept];
    size = kept.length;
    return kept;
  };
  return {
    push: (chunk: Buffer): void => {
      chunks.push(chunk);
      size += chunk.length;
      // Compacting only now and then keeps the copying in proportion to what is pushed.
      if (size > 2 * maxBytes + longestLine) compact();
    },
    text: (): string => withoutTornStart(compact()),
  };
};

/** A cut may fall into a character of several bytes: its rest (10xxxxxx) would read as a replacement character. */
const withoutTornStart = (bytes: Buffer): string => {
  const start = bytes.subarray(0, 4).findIndex((byte) => (byte & 0xc0) !== 0x80);
  return bytes.subarray(Math.max(start, 0)).toString('utf8');
};

const createLines = (onLine: (line: string) => void) => {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line.replace(/\r$/, ''));
    if (rest.length > longestLine) {
      onLine(rest);
      rest = '';
    }
  };
  return {
    push: (chunk: Buffer): void => take(decoder.write(chunk)),
    end: (): void => {
      take(decoder.end());
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
};
