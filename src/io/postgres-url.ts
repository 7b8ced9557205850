// Connection URLs of Postgres made complete, so that nothing of them comes from PG* variables of the environment.
import { PostgresFailure } from '../kit/index.ts';

/** A URL in which every part stands, and what of the environment must not fill the rest. */
export interface CompleteUrl {
  url: string;
  /** The URL names a password; without one none is sent, whatever PGPASSWORD or ~/.pgpass say. */
  hasPassword: boolean;
  /** `options` of the URL itself; PGOPTIONS must never take its place. */
  options: string | undefined;
}

/** libpq's meaning of these modes; pg 8 would otherwise treat them as verify-full and warn on stderr. */
const libpqModes = ['prefer', 'require', 'verify-ca'];

const invalid = (because: string): PostgresFailure => new PostgresFailure('INVALID_URL', undefined, because);

const parse = (text: string): URL => {
  try {
    return new URL(text);
  } catch {
    // The text may hold a password: it is neither shown nor kept as a cause.
    throw invalid('the connection URL cannot be read; write it like postgres://user:password@host:5432/database');
  }
};

/**
 * Adds what a URL leaves out: port 5432, and the user's name as database.
 * Throws a `PostgresFailure` with code INVALID_URL, without showing the URL, when protocol, host or user are missing.
 */
export const completeUrl = (text: string): CompleteUrl => {
  const url = parse(text);
  const { searchParams } = url;
  if (!['postgres:', 'postgresql:'].includes(url.protocol))
    throw invalid(`the connection URL must begin with postgres://, not ${url.protocol}//`);
  if (url.hostname === '' && !searchParams.get('host')) throw invalid('the connection URL names no host');
  const user = searchParams.get('user') ?? decodeURIComponent(url.username);
  if (user === '') throw invalid('the connection URL names no user');
  if (url.port === '' && !searchParams.get('port')) searchParams.set('port', '5432');
  if (url.pathname.length <= 1) url.pathname = `/${encodeURIComponent(user)}`;
  if (libpqModes.includes(searchParams.get('sslmode') ?? '')) searchParams.set('uselibpqcompat', 'true');
  return {
    url: url.href,
    hasPassword: url.password !== '' || Boolean(searchParams.get('password')),
    options: searchParams.get('options') ?? undefined,
  };
};
