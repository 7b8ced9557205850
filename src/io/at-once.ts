// Output without the streams of Node, whose making costs a fifteenth of a short command.
import { writeSync } from 'node:fs';

const readerGone: readonly unknown[] = ['EPIPE', 'EIO'];

/** What is needed of Node's own stream. */
interface Stream {
  on(event: 'error', listener: () => void): Stream;
  write(bytes: Uint8Array): unknown;
}

/**
 * Writes to a file descriptor before it returns. A reader that has gone away is no error; a full disk is told to `onLost`;
 * a pipe that takes nothing more just now gets the rest from Node's own stream of it.
 */
export const textAtOnce = (
  fd: number,
  stream: () => Stream,
  onLost: (message: string) => void,
): { write(text: string): void } => ({
  write: (text) => {
    const bytes = Buffer.from(text);
    let done = 0;
    try {
      while (done < bytes.length) done += writeSync(fd, bytes, done);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN')
        stream()
          .on('error', () => undefined)
          .write(bytes.subarray(done));
      else if (!readerGone.includes(code)) onLost(message);
    }
  },
});
