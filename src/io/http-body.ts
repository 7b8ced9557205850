// Reads the body of an answer with a limit, so that neither an endless nor a compressed one fills the memory.
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { HttpFailure } from '../kit/io.ts';

/** A body as text, and whether it was cut. */
export interface BoundedBody {
  body: string;
  truncated: boolean;
}

const decoders: Record<string, () => NodeJS.ReadWriteStream & Readable> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** We ask for `identity`; a server may compress all the same, and the limit counts what comes out. */
const decoded = (stream: Readable, encoding: string): Readable => {
  if (encoding === '' || encoding === 'identity') return stream;
  const open = decoders[encoding];
  if (!open) throw new HttpFailure('http', 'UNKNOWN_ENCODING', `the body has the unknown encoding "${encoding}"`);
  const decoder = open();
  stream.once('error', (error) => decoder.destroy(error));
  return stream.pipe(decoder);
};

const charsetOf = (contentType: string): string => /charset="?([\w-]+)/i.exec(contentType)?.[1] ?? 'utf-8';

/** Bytes that are no text become U+FFFD; a charset that nobody knows is read as UTF-8. */
const textOf = (bytes: Buffer, contentType: string): string => {
  try {
    return new TextDecoder(charsetOf(contentType)).decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
};

/** Reads at most `maxBytes` and stops there. Throws when the stream fails. */
export const readBody = async (
  stream: Readable,
  headers: { encoding: string; contentType: string },
  maxBytes: number,
): Promise<BoundedBody> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of decoded(stream, headers.encoding.trim().toLowerCase()) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) break;
  }
  const bytes = Buffer.concat(chunks).subarray(0, maxBytes);
  return { body: textOf(bytes, headers.contentType), truncated: size > maxBytes };
};
