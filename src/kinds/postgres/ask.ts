// One check's share in the session that all checks of a server have in common, for kinds that only want to ask.
import { type Missed, type PostgresFailure, type PostgresSession, type Tick, type World } from '../../kit/index.ts';
import { lost } from '../database/door.ts';
import { asked, type Door, openDoor, type Visit } from './door.ts';
import { poolerMissed, refusalOf } from './refusal.ts';

/** Where to ask, and how long (milliseconds) a connect and a statement may take. */
export interface Server {
  postgres: string;
  connectTimeout: number;
  statementTimeout: number;
}

/** The session that was reached, and what belongs to us on that server. */
export type Reached = Pick<Visit, 'own' | 'ownPids' | 'refusedByDatabase'> & { session: PostgresSession };

export interface Asking {
  /** Lets `work` ask the server; says why when nothing could be asked. */
  ask<T>(tick: Tick, work: (reached: Reached) => Promise<T>): Promise<{ answer: T } | { missed: Missed }>;
  close(): Promise<void>;
}

/** Nothing is connected before the first question. */
export const openAsking = async (server: Server, world: World): Promise<Asking> => {
  const { postgres } = world.io;
  const door = await world.shared<Door>(`postgres:${server.postgres}`, async () => openDoor(postgres, server.postgres));
  return {
    ask: (tick, work) => {
      const connectTimeout = Math.min(server.connectTimeout, tick.timeout);
      const options = { connectTimeout, statementTimeout: server.statementTimeout, breakGlass: false };
      return door.value.visit(options, async ({ session, failure, ...visit }) => {
        // A refused attempt is what db-connections measures; here the kept session still answers.
        if (!session) return { missed: failure ? missedOf(failure) : lost };
        const answer = await asked(async () => ({ answer: await work({ session, ...visit }) }));
        return 'failure' in answer ? { missed: missedOf(answer.failure) } : answer;
      });
    },
    close: () => door.release(),
  };
};

const missedOf = (failure: PostgresFailure): Missed => {
  const refusal = refusalOf(failure, { sameRole: true, sameDatabase: true });
  if ('missed' in refusal) return refusal.missed;
  const { code, routine } = refusal.refused;
  const because = `the server refuses new connections for lack of slots (${code} ${routine}); this is not the network`;
  return { by: 'target', reason: 'slots_exhausted', because };
};

/** A pooler hands out process ids of its own: `pid` is what the server itself calls this session. */
export const poolerIn = ({ session }: Reached, pid: number): Missed | undefined =>
  session.pid !== 0 && session.pid !== pid ? poolerMissed : undefined;

/** Why a look at a server may be missed, for the `reasons` of a kind. */
export const serverReasons: Record<string, string> = {
  slots_exhausted: 'The server refused a connection with 53300, and no session was left to ask: see db-connections.',
  not_ready: 'The server is starting, shutting down or recovering, or ended our session. Look at its log.',
  target_unreachable: 'No connection to the server could be made. Look whether it runs, then at the network between.',
  target_timeout: 'The server did not answer in time. Look at its load and its log.',
  target_error: 'The server failed for lack of memory or disk, or internally. Look at its log.',
  probe_refused: 'The server refused the credentials or the database of the probe. Check its URL.',
  is_a_pooler: 'The URL leads to a pooler. Give the address of the server itself.',
  unknown_refusal: 'The connect failed in a way that is not known here. Look at the code in the message.',
};
