// The store on a Postgres of its own: for runners whose disk is gone after the job, and for several machines.
import type { Io, Store } from '../../kit/index.ts';
import { append, findBaseline, findRecords, journalIds, readJournal, saveBaseline, saveRecord } from './documents.ts';
import { takeLease } from './lease.ts';
import { prune } from './prune.ts';
import { openDatabase } from './session.ts';

export interface PostgresStoreOptions {
  /** With the credentials of a role that may create the schema `holdpoint`. */
  url: string;
  io: Io;
  /** Told of each foreign row that was left out, and of a lock that could not be renewed. */
  warn: (text: string) => void;
}

/** Opens the store. Nothing is connected before it is asked for. */
export const openPostgresStore = ({ url, io, warn }: PostgresStoreOptions): Store => {
  const database = openDatabase(io, url);
  const where = `Postgres at ${placeOf(url)}`;
  const pathOf: Store['pathOf'] = ({ runId }) => `run ${runId} in ${where}`;
  return {
    where,
    durable: true,
    saveBaseline: (baseline) => saveBaseline(database, baseline),
    baseline: (service, environment, release) => findBaseline(database, warn, service, environment, release),
    saveRecord: async (record) => {
      await saveRecord(database, record);
      return pathOf(record);
    },
    pathOf,
    records: (filter) => findRecords(database, warn, filter),
    lock: (name, owner) => takeLease(database, io, name, owner, warn),
    journal: (id, line) => append(database, id, line),
    readJournal: (id) => readJournal(database, id),
    journals: (prefix) => journalIds(database, prefix),
    prune: (rule) => prune(database, rule),
    close: () => database.close(),
  };
};

/** Host, port and database: never the credentials. */
const placeOf = (url: string): string => {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
};
