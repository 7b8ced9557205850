// Follows one log from its end: across renames, truncation and lines that are written in pieces.
import type { Files, OpenFile } from '../../kit/io.ts';
import { type Lines, openLines } from './lines.ts';

/** A file with how far it was read. */
interface Open {
  file: OpenFile;
  offset: number;
  /** The last bytes before `offset`: when they are others, the file was cut off and has grown again. */
  seal: Buffer;
  lines: Lines;
}

export interface Follower {
  /**
   * Hands over every line that was completed since the last call; says how many bytes are left for the next one.
   * Throws the error of the file system when nothing stands at the path; what the old file still had is read first.
   */
  drain(onLine: (line: string) => void): Promise<{ behind: number }>;
  close(): Promise<void>;
}

const chunkBytes = 256 * 1024;
const sealBytes = 64;
const newline = 0x0a;

/** More than this is not read at once; a log that grows faster cannot be followed. */
const mostAtOnce = 64 * 1024 * 1024;

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Begins at the end of the file; at the beginning of one that does not exist yet. */
export const openFollower = async (files: Files, path: string): Promise<Follower> => {
  let current: Open | undefined;
  let retired: Open[] = [];
  /** Where to begin with the next file at the path: what stood there before us is not ours to count. */
  let begin: (file: OpenFile) => Open | Promise<Open> = atEnd;
  try {
    current = await atEnd(await files.open(path));
    begin = atStart;
  } catch (error) {
    // Told by the first look, which opens it again.
    if (isMissing(error)) begin = atStart;
  }

  /** The writer of a renamed file goes on for a while: it is read until it stays quiet for one call. */
  const drainRetired = async (onLine: (line: string) => void): Promise<void> => {
    const still: Open[] = [];
    for (const one of retired) {
      if ((await readOn(one, onLine)).bytes > 0) still.push(one);
      else {
        one.lines.end(onLine);
        await one.file.close();
      }
    }
    retired = still;
  };

  const turnTo = async (next: OpenFile): Promise<void> => {
    if (next.id === current?.file.id) return next.close();
    if (current) retired.push(current);
    current = await begin(next);
    begin = atStart;
  };

  return {
    drain: async (onLine) => {
      await drainRetired(onLine);
      const before = current && (await readOn(current, onLine));
      const known = current;
      await turnTo(await files.open(path));
      if (!current || known === current) return { behind: before?.behind ?? 0 };
      return { behind: (await readOn(current, onLine)).behind };
    },
    close: async () => {
      await Promise.all([...retired, ...(current ? [current] : [])].map(({ file }) => file.close()));
    },
  };
};

const atStart = (file: OpenFile): Open => ({ file, offset: 0, seal: Buffer.alloc(0), lines: openLines() });

const atEnd = async (file: OpenFile): Promise<Open> => {
  const offset = await file.size();
  const seal = Buffer.from(await file.read(Math.max(0, offset - sealBytes), Math.min(offset, sealBytes)));
  return { file, offset, seal, lines: openLines(seal.length > 0 && seal.at(-1) !== newline) };
};

/** Begins anew in a file that was cut off. */
const checkSeal = async (open: Open): Promise<void> => {
  const { file, offset, seal } = open;
  const now =
    (await file.size()) < offset ? undefined : Buffer.from(await file.read(offset - seal.length, seal.length));
  // Nothing but a hole: it was cut off, and the writer went on at its old place, which is not before ours.
  const isHole = now?.every((byte) => byte === 0) ?? false;
  if (now && (isHole || seal.equals(now))) open.seal = now;
  else Object.assign(open, atStart(file));
};

const readOn = async (open: Open, onLine: (line: string) => void): Promise<{ bytes: number; behind: number }> => {
  await checkSeal(open);
  const from = open.offset;
  for (;;) {
    const chunk = Buffer.from(await open.file.read(open.offset, chunkBytes));
    if (chunk.length === 0) return { bytes: open.offset - from, behind: 0 };
    open.offset += chunk.length;
    open.seal = Buffer.concat([open.seal, chunk]).subarray(-sealBytes);
    open.lines.push(chunk, onLine);
    const bytes = open.offset - from;
    if (bytes >= mostAtOnce) return { bytes, behind: (await open.file.size()) - open.offset };
  }
};
