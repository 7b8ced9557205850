// Takes the body of an answer as it comes in, with a limit, so that neither an endless nor a compressed one fills the memory.
import type { Duplex } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { HttpFailure } from '../kit/io.ts';

/** A body as text, and whether it was cut. */
export interface BoundedBody {
  body: string;
  truncated: boolean;
}

/** Collects a body. */
export interface BodySink {
  /** Takes what has come in; bytes beyond the limit are dropped. */
  take(chunk: Buffer): void;
  /** No more will come. */
  end(): void;
}

const decoders: Record<string, () => Duplex> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
};

const charsetOf = (contentType: string): string => /charset="?([\w-]+)/i.exec(contentType)?.[1] ?? 'utf-8';

/** Bytes that are no text become U+FFFD; a charset that nobody knows is read as UTF-8. */
const textOf = (bytes: Buffer, contentType: string): string => {
  const charset = charsetOf(contentType).toLowerCase();
  if (charset === 'utf-8' && !(bytes[0] === 0xef && bytes[1] === 0xbb)) return bytes.toString('utf8');
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
};

interface Ending {
  /** Called once, also when the limit is reached before the end. */
  done(body: BoundedBody): void;
  failed(error: Error): void;
}

const plainSink = (contentType: string, maxBytes: number, { done }: Ending): BodySink => {
  const chunks: Buffer[] = [];
  let size = 0;
  let isOver = false;
  const finish = (): void => {
    if (isOver) return;
    isOver = true;
    const [first] = chunks;
    const bytes = chunks.length === 1 && first ? first : Buffer.concat(chunks);
    done({ body: textOf(bytes.subarray(0, maxBytes), contentType), truncated: size > maxBytes });
  };
  return {
    take: (chunk) => {
      if (isOver) return;
      // What we get may be a window on the parser's memory that is written again.
      chunks.push(Buffer.from(chunk));
      size += chunk.length;
      if (size > maxBytes) finish();
    },
    end: finish,
  };
};

/** The limit counts what comes out of the decoder. */
const decodedSink = (decoder: Duplex, contentType: string, maxBytes: number, ending: Ending): BodySink => {
  const plain = plainSink(contentType, maxBytes, {
    ...ending,
    done: (body) => {
      ending.done(body);
      decoder.destroy();
    },
  });
  decoder.on('data', plain.take).on('end', plain.end).on('error', ending.failed);
  return { take: (chunk) => void decoder.write(Buffer.from(chunk)), end: () => void decoder.end() };
};

/**
 * A sink that keeps at most `maxBytes`. We ask for `identity`; a server may compress all the same. Throws for an
 * encoding that nobody knows.
 */
export const openBody = (
  headers: { encoding: string; contentType: string },
  maxBytes: number,
  ending: Ending,
): BodySink => {
  const encoding = headers.encoding.trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return plainSink(headers.contentType, maxBytes, ending);
  const open = decoders[encoding];
  if (!open) throw new HttpFailure('http', 'UNKNOWN_ENCODING', `the body has the unknown encoding "${encoding}"`);
  return decodedSink(open(), headers.contentType, maxBytes, ending);
};
