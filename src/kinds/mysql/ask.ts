// One check's share in the session that all checks of a MySQL or MariaDB server have in common, for kinds that only ask.
import type { Missed, MysqlFailure, MysqlSession, Tick, World } from '../../kit/index.ts';
import { lost } from '../database/door.ts';
import { asked, type Door, openDoor, type Visit } from './door.ts';
import { refusalOf } from './refusal.ts';

/** Where to ask, and how long (milliseconds) a connect and a statement may take. */
export interface Server {
  mysql: string;
  connectTimeout: number;
  statementTimeout: number;
}

/** The session that was reached, what belongs to us on that server, and our attempts that it counts as refused. */
export type Reached = Pick<Visit, 'ownPids' | 'opened' | 'refused' | 'leave'> & { session: MysqlSession };

export interface Asking {
  /** Lets `work` ask the server; says why when nothing could be asked. */
  ask<T>(tick: Tick, work: (reached: Reached) => Promise<T>): Promise<{ answer: T } | { missed: Missed }>;
  close(): Promise<void>;
}

/** Nothing is connected before the first question. */
export const openAsking = async (server: Server, { io, shared }: World): Promise<Asking> => {
  const door = await shared<Door>(`mysql:${server.mysql}`, async () => openDoor(io.mysql, server.mysql));
  return {
    ask: (tick, work) => {
      const { statementTimeout } = server;
      const options = { connectTimeout: Math.min(server.connectTimeout, tick.timeout), statementTimeout };
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

const missedOf = (failure: MysqlFailure): Missed => {
  const refusal = refusalOf(failure, { sameRole: false });
  if ('missed' in refusal) return refusal.missed;
  const { code, routine } = refusal.refused;
  const because = `the server refuses new connections for lack of slots (${code} ${routine}); this is not the network`;
  return { by: 'target', reason: 'slots_exhausted', because };
};
