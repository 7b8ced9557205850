// The door to a Postgres server: as any, and with a way in for when every slot is taken.
import type { Closable, Postgres, PostgresFailure, PostgresOptions, PostgresSession } from '../../kit/index.ts';
import { type Attempt, type Entry, openAnyDoor, pidsOf } from '../database/door.ts';
import { scopeOf } from './refusal.ts';

/** What a visitor finds behind the door. */
export interface Visit extends Entry<PostgresSession, PostgresFailure> {
  /** Attempts through this door that the limit of the database refused so far: the server counts them as sessions. */
  refusedByDatabase: number;
  /** Set when the session is a walsender's, or when not even one could be had: then the failure. */
  breakGlass?: 'walsender' | { failure: PostgresFailure };
}

export interface VisitOptions extends PostgresOptions {
  /** Refused for lack of slots and with no session kept: ask through a walsender, for this one visit. */
  breakGlass?: boolean;
}

export interface Door {
  /** Tries a new session, then lets `work` ask. Visits happen one after the other. */
  visit<T>(options: VisitOptions, work: (visit: Visit) => Promise<T>): Promise<T>;
}

/** A door to the server of this URL. Nothing is opened before the first visit. */
export const openDoor = (postgres: Postgres, url: string): Closable<Door> => {
  let refusedByDatabase = 0;

  const connect = async (options: VisitOptions): Promise<Attempt<PostgresSession, PostgresFailure>> => {
    const attempt = await tryConnect(postgres, url, options);
    if ('failure' in attempt && attempt.failure.code === '53300' && scopeOf(attempt.failure) === 'database')
      refusedByDatabase += 1;
    return attempt;
  };

  /** A walsender takes no slot of ours, and is closed at once: it is not ours to keep. */
  const throughGlass = async <T>(
    visit: Visit,
    options: VisitOptions,
    work: (visit: Visit) => Promise<T>,
  ): Promise<T> => {
    const attempt = await tryConnect(postgres, url, { ...options, replication: true });
    if ('failure' in attempt) return work({ ...visit, breakGlass: attempt });
    const { session } = attempt;
    try {
      return await work({ ...visit, session, ownPids: pidsOf(session), breakGlass: 'walsender' });
    } finally {
      await session.close();
    }
  };

  const { value: door, close } = openAnyDoor(connect);
  return {
    value: {
      visit: (options, work) =>
        door.visit(options, (entry) => {
          const visit = { ...entry, refusedByDatabase };
          return options.breakGlass === true && lacksSlots(visit) ? throughGlass(visit, options, work) : work(visit);
        }),
    },
    close,
  };
};

/** Limits of role, database and processes hold a walsender up, too; and a session that lives needs no glass broken. */
const lacksSlots = ({ session, failure }: Visit): boolean =>
  session === undefined && failure?.code === '53300' && ['slots', 'all_slots'].includes(scopeOf(failure));

const isPostgresFailure = (error: unknown): error is PostgresFailure =>
  error instanceof Error && error.name === 'PostgresFailure';

const tryConnect = (
  postgres: Postgres,
  url: string,
  options: PostgresOptions,
): Promise<Attempt<PostgresSession, PostgresFailure>> =>
  asked(async () => ({ session: await postgres.connect(url, options) }));

/** Runs a statement; a failure of the server is returned, a bug is thrown. */
export const asked = async <T>(work: () => Promise<T>): Promise<T | { failure: PostgresFailure }> => {
  try {
    return await work();
  } catch (error) {
    if (isPostgresFailure(error)) return { failure: error };
    throw error;
  }
};
