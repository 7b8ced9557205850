// A service behind Digest authentication for the tests of `login`.
import { createHash, randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { account } from './auth-app.ts';
import { type App, routes } from './flow-apps.ts';

const hashes: Record<string, string> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };

/** Digest authentication (RFC 7616): `algorithms` are offered in this order; each nonce lives for `uses` requests. */
export const digestApp = async (algorithms: string[], uses = 100): Promise<App> => {
  const nonces = new Map<string, number>();
  const hash = (algorithm: string, text: string): string =>
    createHash(hashes[algorithm.replace('-sess', '')] ?? 'md5')
      .update(text)
      .digest('hex');
  const challenge = (response: ServerResponse, stale: boolean): void => {
    const nonce = randomUUID();
    nonces.set(nonce, 0);
    const of = (algorithm: string): string =>
      `Digest realm="a, \\"b\\"", nonce="${nonce}", qop="auth,auth-int", algorithm=${algorithm}, opaque="o"${stale ? ', stale=true' : ''}`;
    response.writeHead(401, { 'www-authenticate': [...algorithms.map(of), 'Basic realm="x"'] }).end();
  };
  return routes({
    'GET /me': ({ request, response }) => {
      const header = request.headers.authorization ?? '';
      const given = Object.fromEntries(
        [...header.matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)].map(([, key = '', quoted, plain]) => [
          key,
          quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '',
        ]),
      );
      const { algorithm = '', nonce = '', nc = '', cnonce = '', realm = '', uri = '', username = '' } = given;
      const first = hash(algorithm, `${account.username}:${realm}:${account.password}`);
      const ha1 = algorithm.endsWith('-sess') ? hash(algorithm, `${first}:${nonce}:${cnonce}`) : first;
      const ha2 = hash(algorithm, `GET:${request.url}`);
      const right = hash(algorithm, `${ha1}:${nonce}:${nc}:${cnonce}:auth:${ha2}`);
      const used = nonces.get(nonce);
      const known = algorithm === algorithms[0] && username === account.username && uri === request.url;
      if (!known || used === undefined || given['response'] !== right) return challenge(response, false);
      if (used >= uses || Number.parseInt(nc, 16) !== used + 1) return challenge(response, true);
      nonces.set(nonce, used + 1);
      return void response.end('Hello smoke');
    },
  });
};
