// The store must not live in the database under test: the journal has to be written when that one takes no connection.
import { type Io, type Profile, UsageError } from '../kit/index.ts';
import { isPostgresUrl } from '../store/index.ts';

/** Milliseconds per server. */
const timeouts = { connectTimeout: 3000, statementTimeout: 3000, applicationName: 'holdpoint-store' };

/** Identifies a cluster and its physical copies: https://www.postgresql.org/docs/current/functions-info.html */
const question = 'SELECT system_identifier::text AS id FROM pg_control_system()';

/** A sentence when the store's server is one of those under test; undefined when it is not, or cannot be told. */
export const notApart = async (url: string, profile: Profile, io: Io): Promise<string | undefined> => {
  const own = await identify(url, io);
  for (const tested of underTest(profile)) {
    const same = own.id === undefined ? hostOf(tested) === own.host : await isSame(own, tested, io);
    if (same) return `the store ${own.host} is the database server under test (${hostOf(tested)})`;
  }
  return undefined;
};

interface Server {
  id: string | undefined;
  host: string;
}

const isSame = async (own: Server, tested: string, io: Io): Promise<boolean> => {
  const { id, host } = await identify(tested, io);
  // A server that is full, or a pooler's console, does not tell: then its address has to do.
  return id === undefined ? host === own.host : id === own.id;
};

const identify = async (url: string, { postgres }: Io): Promise<Server> => {
  const host = hostOf(url);
  try {
    const session = await postgres.connect(url, timeouts);
    try {
      const [row] = await session.query(question);
      return { id: typeof row?.['id'] === 'string' ? row['id'] : undefined, host };
    } finally {
      await session.close();
    }
  } catch {
    // Not reachable, or no such function: the address is compared instead.
    return { id: undefined, host };
  }
};

const hostOf = (url: string): string => {
  if (!URL.canParse(url)) return url;
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || '5432'}`;
};

/** Every Postgres URL in the settings of the checks, and the one that is asked for migrations. */
const underTest = ({ checks, rollback }: Profile): string[] => {
  const reversible = rollback?.reversible;
  const urls = [...checks.map(({ spec }) => spec), reversible?.by === 'migrations' ? reversible.url : undefined];
  return [...new Set(urls.flatMap(textsIn).filter(isPostgresUrl))];
};

const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

/** Throws a UsageError with what to do. */
export const mustBeApart = async (url: string, profile: Profile, io: Io): Promise<void> => {
  const sentence = await notApart(url, profile, io);
  if (sentence === undefined) return;
  throw new UsageError(
    `${sentence}: when it is full, no journal could be written and nothing rolled back. Name another server with --store, or keep files.`,
  );
};
