// The door to a MySQL or MariaDB server: as any, and it counts its own refusals, which the server counts, too.
import type { Closable, Mysql, MysqlFailure, MysqlOptions, MysqlSession } from '../../kit/index.ts';
import { type Attempt, type Entry, openAnyDoor } from '../database/door.ts';
import { isMysqlFailure, isOutsideTheDoor } from './refusal.ts';

/** Attempts of ours that the server refused so far. */
export interface OwnRefusals {
  /** In Aborted_connects: every one. */
  aborted: number;
  /** Of them in Connection_errors_max_connections: those that found not even the spare slot free. */
  noSlot: number;
}

export interface Visit extends Entry<MysqlSession, MysqlFailure> {
  refused: Readonly<OwnRefusals>;
}

export interface Door {
  /** Tries a new session, then lets `work` ask. Visits happen one after the other. */
  visit<T>(options: MysqlOptions, work: (visit: Visit) => Promise<T>): Promise<T>;
}

/** A door to the server of this URL. Nothing is opened before the first visit. */
export const openDoor = (mysql: Mysql, url: string): Closable<Door> => {
  const refused: OwnRefusals = { aborted: 0, noSlot: 0 };

  const connect = async (options: MysqlOptions): Promise<Attempt<MysqlSession, MysqlFailure>> => {
    const attempt = await asked(async () => ({ session: await mysql.connect(url, options) }));
    if ('failure' in attempt && attempt.failure.errno !== undefined) {
      refused.aborted += 1;
      if (isOutsideTheDoor(attempt.failure)) refused.noSlot += 1;
    }
    return attempt;
  };

  const { value: door, close } = openAnyDoor(connect);
  return { value: { visit: (options, work) => door.visit(options, (entry) => work({ ...entry, refused })) }, close };
};

/** Runs a statement; a failure of the server is returned, a bug is thrown. */
export const asked = async <T>(work: () => Promise<T>): Promise<T | { failure: MysqlFailure }> => {
  try {
    return await work();
  } catch (error) {
    if (isMysqlFailure(error)) return { failure: error };
    throw error;
  }
};
