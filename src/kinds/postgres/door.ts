// The one session per server that all checks share: kept open, and replaced at every look, so that a refused attempt
// is the measurement while the kept session still tells who holds the slots.
import type { Closable, Postgres, PostgresFailure, PostgresOptions, PostgresSession } from '../../kit/index.ts';
import { scopeOf } from './refusal.ts';

/** What a visitor finds behind the door. */
export interface Visit {
  /** The new session, or the kept one when the attempt failed; undefined when there is none. */
  session: PostgresSession | undefined;
  /** Why the attempt failed. */
  failure: PostgresFailure | undefined;
  /** Process ids of ours that the server may still list. */
  ownPids: number[];
  /** How many slots our sessions hold. */
  own: number;
  /** Sessions that were opened through this door so far. */
  opened: number;
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
  let kept: PostgresSession | undefined;
  let opened = 0;
  let refusedByDatabase = 0;
  let last: Promise<unknown> = Promise.resolve();

  const enter = async (options: VisitOptions): Promise<Visit> => {
    const attempt = await tryConnect(postgres, url, options);
    const older = kept;
    if ('failure' in attempt) {
      const session = older?.alive() ? older : undefined;
      const { failure } = attempt;
      if (failure.code === '53300' && scopeOf(failure) === 'database') refusedByDatabase += 1;
      return { session, failure, ownPids: pidsOf(session), own: session ? 1 : 0, opened, refusedByDatabase };
    }
    opened += 1;
    kept = attempt.session;
    await older?.close();
    return { session: kept, failure: undefined, ownPids: pidsOf(kept, older), own: 1, opened, refusedByDatabase };
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

  const visitWith = async <T>(options: VisitOptions, work: (visit: Visit) => Promise<T>): Promise<T> => {
    const visit = await enter(options);
    return options.breakGlass === true && lacksSlots(visit) ? throughGlass(visit, options, work) : work(visit);
  };

  return {
    value: {
      visit: (options, work) => {
        const answer = last.then(() => visitWith(options, work));
        last = answer.catch(() => undefined);
        return answer;
      },
    },
    close: async () => {
      await last;
      await kept?.close();
      kept = undefined;
    },
  };
};

/** Limits of role, database and processes hold a walsender up, too; and a session that lives needs no glass broken. */
const lacksSlots = ({ session, failure }: Visit): boolean =>
  session === undefined && failure?.code === '53300' && ['slots', 'all_slots'].includes(scopeOf(failure));

const pidsOf = (...sessions: (PostgresSession | undefined)[]): number[] =>
  sessions.flatMap((session) => (session && session.pid > 0 ? [session.pid] : []));

const isPostgresFailure = (error: unknown): error is PostgresFailure =>
  error instanceof Error && error.name === 'PostgresFailure';

const tryConnect = async (
  postgres: Postgres,
  url: string,
  options: PostgresOptions,
): Promise<{ session: PostgresSession } | { failure: PostgresFailure }> => {
  try {
    return { session: await postgres.connect(url, options) };
  } catch (error) {
    if (isPostgresFailure(error)) return { failure: error };
    throw error;
  }
};

/** Runs a statement; a failure of the server is returned, a bug is thrown. */
export const asked = async <T>(work: () => Promise<T>): Promise<T | { failure: PostgresFailure }> => {
  try {
    return await work();
  } catch (error) {
    if (isPostgresFailure(error)) return { failure: error };
    throw error;
  }
};
