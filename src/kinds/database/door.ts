// The one session per server that all checks share: kept open, and replaced at every look, so that a refused attempt
// is the measurement while the kept session still tells who holds the slots.
import type { Closable, Missed } from '../../kit/index.ts';

/** A session with a database server, whichever it is. */
interface Session {
  /** What the server calls it; 0 where it does not tell. */
  pid: number;
  alive(): boolean;
  close(): Promise<void>;
}

/** What a visitor finds behind the door. */
export interface Entry<S extends Session, Failure> {
  /** The new session, or the kept one when the attempt failed; undefined when there is none. */
  session: S | undefined;
  /** Why the attempt failed. */
  failure: Failure | undefined;
  /** Ids of ours that the server may still list. */
  ownPids: number[];
  /** How many slots our sessions hold. */
  own: number;
  /** Sessions that were opened through this door so far. */
  opened: number;
  /** Keeps no session after this visit: its slot is one that somebody else needs. */
  leave(): void;
}

export type Attempt<S, Failure> = { session: S } | { failure: Failure };

export interface AnyDoor<S extends Session, Failure, Options> {
  /** Tries a new session, then lets `work` ask. Visits happen one after the other. */
  visit<T>(options: Options, work: (entry: Entry<S, Failure>) => Promise<T>): Promise<T>;
}

/** A door to the server that `connect` leads to. Nothing is opened before the first visit. */
export const openAnyDoor = <S extends Session, Failure, Options>(
  connect: (options: Options) => Promise<Attempt<S, Failure>>,
): Closable<AnyDoor<S, Failure, Options>> => {
  let kept: S | undefined;
  let opened = 0;
  let last: Promise<unknown> = Promise.resolve();

  const enter = async (options: Options): Promise<Omit<Entry<S, Failure>, 'leave'>> => {
    const attempt = await connect(options);
    const older = kept;
    if ('failure' in attempt) {
      const session = older?.alive() ? older : undefined;
      return { session, failure: attempt.failure, ownPids: pidsOf(session), own: session ? 1 : 0, opened };
    }
    opened += 1;
    kept = attempt.session;
    await older?.close();
    return { session: kept, failure: undefined, ownPids: pidsOf(kept, older), own: 1, opened };
  };

  const visitWith = async <T>(options: Options, work: (entry: Entry<S, Failure>) => Promise<T>): Promise<T> => {
    const entry = await enter(options);
    let leaves = false;
    const leave = () => {
      leaves = true;
    };
    try {
      return await work({ ...entry, leave });
    } finally {
      if (leaves) await end();
    }
  };

  const end = async (): Promise<void> => {
    await kept?.close();
    kept = undefined;
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
      await end();
    },
  };
};

/** The ids of these sessions, as far as the server tells them. */
export const pidsOf = (...sessions: (Session | undefined)[]): number[] =>
  sessions.flatMap((session) => (session && session.pid > 0 ? [session.pid] : []));

/** The kept session broke before the question, and nothing else is known of the server. */
export const lost: Missed = {
  by: 'target',
  reason: 'target_unreachable',
  because: 'the session was lost before it could be asked',
};
