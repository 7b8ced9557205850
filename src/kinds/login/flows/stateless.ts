// Tokens that no server can end: they carry their end in themselves.
import { duration } from '../../../kit/text.ts';
import { jsonAt, parseJson } from '../../http/json-path.ts';

const payloadOf = (authorization: string): string => {
  const [, payload] = /^Bearer [\w-]+\.([\w-]+)\.[\w-]*$/.exec(authorization) ?? [];
  return payload === undefined ? '' : Buffer.from(payload, 'base64url').toString('utf8');
};

/** Half a sentence on a JWT (RFC 7519) that outlives the logout; empty for other sessions. `now`: epoch milliseconds. */
export const livesOn = (headers: Readonly<Record<string, string>>, now: number): string => {
  const authorization = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? '';
  const expiry = jsonAt(parseJson(payloadOf(authorization)) ?? null, 'exp');
  const left = typeof expiry === 'number' ? expiry * 1000 - now : 0;
  return left <= 0
    ? ''
    : `the token is stateless and lives on until its exp, in ${duration(left)}; say in \`dead\` what must be refused instead, like the refresh token`;
};
