// The one session per server that all checks share: kept open, and replaced at every look, so that a refused attempt
// is the measurement while the kept session still tells who holds the slots.
import type { Closable, Postgres, PostgresFailure, PostgresOptions, PostgresSession } from '../../kit/index.ts';

/** What a visitor finds behind the door. */
export interface Visit {
  /** The new session, or the kept one when the attempt failed; undefined when there is none. */
  session: PostgresSession | undefined;
  /** Why the attempt failed. */
  failure: PostgresFailure | undefined;
  /** Process ids of ours that the server may still list. */
  ownPids: number[];
  /** How many sessions we hold. */
  own: number;
}

export interface Door {
  /** Tries a new session, then lets `work` ask. Visits happen one after the other. */
  visit<T>(options: PostgresOptions, work: (visit: Visit) => Promise<T>): Promise<T>;
}

/** A door to the server of this URL. Nothing is opened before the first visit. */
export const openDoor = (postgres: Postgres, url: string): Closable<Door> => {
  let kept: PostgresSession | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const enter = async (options: PostgresOptions): Promise<Visit> => {
    const attempt = await tryConnect(postgres, url, options);
    const older = kept;
    if ('failure' in attempt) {
      const session = older?.alive() ? older : undefined;
      return { session, failure: attempt.failure, ownPids: pidsOf(session), own: session ? 1 : 0 };
    }
    kept = attempt.session;
    await older?.close();
    return { session: kept, failure: undefined, ownPids: pidsOf(kept, older), own: 1 };
  };

  return {
    value: {
      visit: (options, work) => {
        const answer = last.then(() => enter(options)).then(work);
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
