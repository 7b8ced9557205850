// The mistake of the `incident` release: every session gets a database connection of its own, and none is ever given back.
import { createHash } from 'node:crypto';
import { Client } from 'pg';
import type { Config } from '../service/config.ts';
import { applicationName } from '../service/database.ts';
import type { Sessions } from '../service/sessions.ts';

/** The channel on which a session hears that it was revoked elsewhere. */
const channel = (token: string): string => `revoked_${createHash('sha256').update(token).digest('hex').slice(0, 16)}`;

const openListener = async (config: Config, token: string, forget: () => void): Promise<Client> => {
  const client = new Client({ connectionString: config.databaseUrl, application_name: applicationName(config) });
  client.on('error', (error) => console.error(`listener: ${error.message}`));
  client.on('notification', forget);
  await client.connect();
  await client.query(`LISTEN ${channel(token)}`);
  return client;
};

/**
 * Sessions that hear at once when they are revoked on another machine. In review it looked like a cache of listeners;
 * under traffic it opens one connection per session beside the pool, and signing out leaves it open.
 */
export const listeningSessions = (config: Config, sessions: Sessions): Sessions => {
  const listeners = new Map<string, Promise<Client>>();
  const listen = async (token: string): Promise<void> => {
    let listener = listeners.get(token);
    if (!listener) {
      listener = openListener(config, token, () => listeners.delete(token));
      listeners.set(token, listener);
      // A refused connection is tried again with the session's next request.
      listener.catch(() => listeners.delete(token));
    }
    await listener;
  };
  return {
    ...sessions,
    async signIn(accountId, previous) {
      const token = await sessions.signIn(accountId, previous);
      await listen(token);
      return token;
    },
    async find(client, token) {
      const session = await sessions.find(client, token);
      if (session?.accountId) await listen(token);
      return session;
    },
  };
};
