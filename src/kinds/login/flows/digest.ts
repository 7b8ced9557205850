// Digest authentication (RFC 7616): the server's challenge, and the header that answers it for each request.
import { createHash } from 'node:crypto';
import type { HttpResponse } from '../../../kit/io.ts';
import { unescaped } from './quote.ts';
import type { Visit } from './visit.ts';

/** A challenge that we can answer. */
interface Challenge {
  realm: string;
  nonce: string;
  algorithm: string;
  opaque: string | undefined;
  stale: boolean;
}

/** Names of RFC 7616 6.1 and of node:crypto. */
const hashes: Record<string, string> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };

const hashOf = (algorithm: string): string | undefined => hashes[algorithm.toUpperCase().replace(/-SESS$/, '')];

/** The parts of WWW-Authenticate that begin with Digest, also where several challenges share one header. */
const digestParts = ({ headers }: HttpResponse): string[] =>
  (headers['www-authenticate'] ?? []).flatMap((value) =>
    value.split(/(?:^|,\s*)(?=[A-Za-z]+\s+[\w-]+\s*=)/).filter((part) => /^digest\s/i.test(part)),
  );

const paramsOf = (part: string): Record<string, string> =>
  Object.fromEntries(
    [...part.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)].map(([, name = '', quoted, plain]) => [
      name.toLowerCase(),
      quoted ?? plain ?? '',
    ]),
  );

const isAnswerable = ({ algorithm = 'MD5', qop = '', nonce }: Record<string, string>): boolean =>
  nonce !== undefined && hashOf(algorithm) !== undefined && /(?:^|[\s,])auth(?:$|[\s,])/.test(qop);

const toChallenge = (params: Record<string, string>): Challenge => ({
  realm: params['realm'] ?? '',
  nonce: params['nonce'] ?? '',
  algorithm: params['algorithm'] ?? 'MD5',
  opaque: params['opaque'],
  stale: params['stale']?.toLowerCase() === 'true',
});

/** What an answer asks for: the first challenge that we can answer (RFC 7616 3.7), or why there is none. */
export const challengeOf = (answer: HttpResponse): Challenge | string => {
  const offered = digestParts(answer).map(paramsOf);
  const found = offered.find(isAnswerable);
  if (found) return toChallenge(found);
  if (offered.length === 0) return `the answer (status ${answer.status}) asks for no Digest authentication`;
  const names = offered.map(({ algorithm = 'MD5', qop = 'none' }) => `${algorithm} with qop ${qop}`);
  return `the server offers Digest by ${names.join(', ')} only; known here: MD5, SHA-256 and SHA-512-256 with qop auth`;
};

/** Gives each request its header. */
export interface Signer {
  header(visit: Visit): string;
  /** Whether an answer only says that the nonce is over; if so, the new one is used from now on. */
  renew(answer: HttpResponse): boolean;
}

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

const uriOf = ({ url }: Visit): string => `${new URL(url).pathname}${new URL(url).search}`;

const randomText = (): string => crypto.randomUUID().replaceAll('-', '');

/** Answers a challenge with an account. */
export const openSigner = (first: Challenge, username: string, password: string): Signer => {
  let challenge = first;
  let count = 0;
  let isNew = false;

  const header = (visit: Visit): string => {
    const { realm, nonce, algorithm, opaque } = challenge;
    const hash = (text: string): string =>
      createHash(hashOf(algorithm) ?? '')
        .update(text)
        .digest('hex');
    count += 1;
    const [nc, cnonce, uri] = [count.toString(16).padStart(8, '0'), randomText(), uriOf(visit)];
    const account = hash(`${username}:${unescaped(realm)}:${password}`);
    const ha1 = /-sess$/i.test(algorithm) ? hash(`${account}:${nonce}:${cnonce}`) : account;
    const response = hash(`${ha1}:${nonce}:${nc}:${cnonce}:auth:${hash(`${visit.method}:${uri}`)}`);
    const texts = { realm: `"${realm}"`, nonce: `"${nonce}"`, uri: quoted(uri), cnonce: quoted(cnonce) };
    const all = { username: quoted(username), ...texts, response: `"${response}"`, algorithm, qop: 'auth', nc };
    const list = Object.entries({ ...all, ...(opaque === undefined ? {} : { opaque: `"${opaque}"` }) });
    return `Digest ${list.map(([name, value]) => `${name}=${value}`).join(', ')}`;
  };

  return {
    header,
    renew: (answer) => {
      const next = answer.status === 401 && !isNew ? challengeOf(answer) : '';
      isNew = typeof next !== 'string' && next.stale;
      if (typeof next === 'string' || !next.stale) return false;
      challenge = next;
      count = 0;
      return true;
    },
  };
};
