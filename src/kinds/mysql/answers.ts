// Asks a MySQL or MariaDB server all that one look needs, with as much as the role of the probe may read.
import type { MysqlSession } from '../../kit/index.ts';
import { isMysqlFailure } from './refusal.ts';
import { type Account, type Answers, readAccounts, readLimits, readRows, readStatus } from './rows.ts';
import { accountsSql, holdersSql, limitsSql, type Readable, statusSql } from './sql.ts';

/** No such privilege on a table, or none at all; the table does not exist or is not to be used here. */
const unreadable = [1142, 1143, 1227, 1109, 1146, 1044, 1683];

const isUnreadable = (error: unknown): boolean =>
  isMysqlFailure(error) && error.errno !== undefined && unreadable.includes(error.errno);

/** What was refused once is not asked for again. */
export interface Known extends Readable {
  accounts: boolean;
}

export const everything: Readonly<Known> = { accounts: true, transactions: true, attributes: true };

export interface Question {
  role: string;
  /** Ids above it began after our first look; unset at the first. */
  since: number | undefined;
  ownPids: readonly number[];
  /** Seconds. */
  olderThan: number;
}

/** Throws a `MysqlFailure`. `known` is what could be read so far; the answer says what can be. */
export const askAll = async (
  session: MysqlSession,
  { role, since, ownPids, olderThan }: Question,
  known: Known,
): Promise<Omit<Answers, 'own'> & { known: Known }> => {
  const [row] = await session.query(limitsSql);
  const limits = readLimits(row);
  const status = readStatus(await session.query(statusSql));
  const accounts = known.accounts ? await accountsOf(session, role) : undefined;
  const list = (readable: Readable) => session.query(holdersSql(since ?? limits.pid, ownPids, olderThan, readable));
  const { rows, readable } = await listWith(list, known);
  return {
    limits,
    status,
    accounts,
    rows: readRows(rows),
    seesAll: readable.transactions,
    known: { ...readable, accounts: accounts !== undefined },
  };
};

const accountsOf = async (session: MysqlSession, role: string): Promise<Account[] | undefined> => {
  try {
    return readAccounts(await session.query(accountsSql(role)));
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
};

type Listed = { rows: Record<string, unknown>[]; readable: Readable };

/** The most that may be read: without attributes, then without transactions, then with neither. */
const listWith = async (list: (readable: Readable) => Promise<Listed['rows']>, known: Readable): Promise<Listed> => {
  const { transactions, attributes } = known;
  const fewer = [
    { transactions, attributes },
    { transactions, attributes: false },
    { transactions: false, attributes },
  ];
  for (const readable of fewer) {
    try {
      return { rows: await list(readable), readable };
    } catch (error) {
      if (!isUnreadable(error)) throw error;
    }
  }
  const readable = { transactions: false, attributes: false };
  return { rows: await list(readable), readable };
};
