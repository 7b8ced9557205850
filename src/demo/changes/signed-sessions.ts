// The mistake of the `login-broken` release: it signs session tokens with a key file, which nobody put into the release.
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../service/config.ts';
import type { Sessions } from '../service/sessions.ts';

/** The file, in the folder of the release; the fix by hand of the `hotfix` scenario is to put it there. */
export const keyFile = 'session.key';

const sign = (token: string, key: string): string => createHmac('sha256', key).update(token).digest('base64url');

/** Sessions whose tokens read `token.signature`. Tokens from before this release have no signature and stay valid. */
export const signedSessions = (config: Config, sessions: Sessions): Sessions => {
  const key = (): Promise<string> => readFile(join(config.folder, keyFile), 'utf8');
  return {
    ...sessions,
    async signIn(accountId, previous) {
      const secret = await key();
      const token = await sessions.signIn(accountId, previous?.split('.')[0]);
      return `${token}.${sign(token, secret)}`;
    },
    async find(client, signed) {
      const [token = '', signature] = signed.split('.');
      if (signature !== undefined && signature !== sign(token, await key())) return undefined;
      return sessions.find(client, token);
    },
    end: (signed) => sessions.end(signed.split('.')[0] ?? ''),
  };
};
