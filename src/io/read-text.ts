// Reads a whole file as text, and no more of it than any file of holdpoint can hold: a device has no end.
import { type FileHandle, open } from 'node:fs/promises';

/** A record of a long run with every sample has some megabytes. */
const mostBytes = 256 * 1024 * 1024;

const tooLarge = (path: string): Error =>
  Object.assign(new Error(`${path} is larger than ${mostBytes / 1024 / 1024} MiB, or has no end`), {
    code: 'EFBIG',
    path,
  });

/** A pipe or a device: `/dev/stdin`, or what a shell puts in place of `<(command)`. */
const readStream = async (handle: FileHandle, path: string): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of handle.createReadStream({
    autoClose: false,
    highWaterMark: 1024 * 1024,
  }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) throw tooLarge(path);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** The text of a file, UTF-8. Throws what the file system throws, and EFBIG beyond 256 MiB. */
export const readText = async (path: string): Promise<string> => {
  const handle = await open(path, 'r');
  try {
    const found = await handle.stat();
    if (found.isFile() && found.size > mostBytes) throw tooLarge(path);
    const plain = found.isFile() || found.isDirectory();
    return (await (plain ? handle.readFile() : readStream(handle, path))).toString('utf8');
  } finally {
    await handle.close();
  }
};
