// Connection URLs of MySQL and MariaDB, read into the settings of the driver.
import { MysqlFailure } from '../kit/index.ts';

export interface MysqlSettings {
  host: string;
  port: number;
  user: string;
  password: string;
  database?: string;
  socketPath?: string;
  ssl?: { rejectUnauthorized: boolean; verifyIdentity?: boolean };
}

/** MySQL's words for its modes; without one the session is not encrypted. */
const modes: Readonly<Record<string, MysqlSettings['ssl']>> = {
  DISABLED: undefined,
  REQUIRED: { rejectUnauthorized: false },
  VERIFY_CA: { rejectUnauthorized: true },
  VERIFY_IDENTITY: { rejectUnauthorized: true, verifyIdentity: true },
};

const parameters = ['ssl-mode', 'socket'];

const invalid = (because: string): MysqlFailure => new MysqlFailure('INVALID_URL', undefined, because);

const parse = (text: string): URL => {
  // The text may hold a password: it is neither shown nor kept as a cause.
  if (!URL.canParse(text))
    throw invalid('the connection URL cannot be read; write it like mysql://user:password@host:3306/database');
  return new URL(text);
};

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid('the connection URL holds a % that is not followed by two hexadecimal digits; write it as %25');
  }
};

/**
 * Reads `mysql://user:password@host:3306/database?ssl-mode=REQUIRED`, also with `mariadb:` and with `socket=/path`.
 * Throws a `MysqlFailure` with code INVALID_URL, without showing the URL.
 */
export const settingsOf = (text: string): MysqlSettings => {
  const url = parse(text);
  if (!['mysql:', 'mariadb:'].includes(url.protocol))
    throw invalid(`the connection URL must begin with mysql:// or mariadb://, not ${url.protocol}//`);
  const unknown = [...url.searchParams.keys()].find((key) => !parameters.includes(key));
  if (unknown !== undefined)
    throw invalid(`the connection URL has the unknown parameter ${unknown}; known are ${parameters.join(' and ')}`);
  const socketPath = url.searchParams.get('socket');
  if (url.hostname === '' && socketPath === null) throw invalid('the connection URL names no host');
  if (url.username === '') throw invalid('the connection URL names no user');
  const ssl = sslOf(url.searchParams.get('ssl-mode'));
  const database = decoded(url.pathname.slice(1));
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 3306 : Number(url.port),
    user: decoded(url.username),
    password: decoded(url.password),
    ...(database === '' ? {} : { database }),
    ...(socketPath === null ? {} : { socketPath }),
    ...(ssl === undefined ? {} : { ssl }),
  };
};

const sslOf = (mode: string | null): MysqlSettings['ssl'] => {
  if (mode === null) return undefined;
  if (Object.hasOwn(modes, mode.toUpperCase())) return modes[mode.toUpperCase()];
  throw invalid(`the connection URL has the unknown ssl-mode ${mode}; known are ${Object.keys(modes).join(', ')}`);
};
