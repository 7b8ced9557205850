// The files of one log, rotated and packed ones with it, read line by line from their beginning.
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Files } from '../../kit/io.ts';
import { openLines } from './lines.ts';

const chunkBytes = 256 * 1024;

/** What logrotate adds to the name: `.1`, `.2.gz`, `-20261122`, `-20261122.gz`. */
const rotation = /^[.-]\d[\d._T:-]*(?:\.gz)?$/;

/** Paths of the log and of its rotated files that were written to at `since` (epoch milliseconds) or later. */
export const filesOf = async (files: Files, path: string, since: number): Promise<string[]> => {
  const [folder, name] = [dirname(path), basename(path)];
  const names = (await files.list(folder)).filter(
    (one) => one === name || (one.startsWith(name) && rotation.test(one.slice(name.length))),
  );
  // While a file is packed it stands there twice.
  const single = names.filter((one) => !one.endsWith('.gz') || !names.includes(one.slice(0, -'.gz'.length)));
  const dated = await Promise.all(
    single.map(async (one) => ({
      path: join(folder, one),
      changedAt: (await files.stat(join(folder, one))).changedAt,
    })),
  );
  return dated.filter(({ changedAt }) => changedAt >= since).map((one) => one.path);
};

/** Hands over every line of a file; one that ends in `.gz` is unpacked on the way. Memory stays at a few chunks. */
export const readLines = async (files: Files, path: string, onLine: (line: string) => void): Promise<void> => {
  const file = await files.open(path);
  try {
    const chunks = chunksOf(file, await file.size());
    if (path.endsWith('.gz')) await pipeline(chunks, createGunzip(), (unpacked) => splitLines(unpacked, onLine));
    else await splitLines(chunks, onLine);
  } finally {
    await file.close();
  }
};

/** Up to the size that the file had in the beginning: a busy log would have no end. */
async function* chunksOf(
  file: { read(offset: number, length: number): Promise<Uint8Array> },
  size: number,
): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < size; ) {
    const chunk = await file.read(offset, Math.min(chunkBytes, size - offset));
    if (chunk.length === 0) return;
    offset += chunk.length;
    yield chunk;
  }
}

const splitLines = async (chunks: AsyncIterable<Uint8Array>, onLine: (line: string) => void): Promise<void> => {
  const lines = openLines();
  for await (const one of chunks) lines.push(Buffer.from(one.buffer, one.byteOffset, one.length), onLine);
  lines.end(onLine);
};
