// A profile out of flags, for a person without one: `check --login URL --user NAME --postgres URL`. It exists in memory only.
import { join } from 'node:path';
import { stringify } from 'yaml';
import { UsageError } from '../kit/index.ts';
import { literal } from '../profile/index.ts';
import { type Context, signalCode } from './context.ts';
import { withFiles } from './memory-files.ts';
import { NotBegun } from './not-begun.ts';

/** What to look at, as it was typed. */
export interface ProfileFlags {
  /** URL of the page with the login form. */
  login?: string;
  user?: string;
  /** Path of a page behind the login, and a text on it. */
  probe?: string;
  contains?: string;
  /** URL of the Postgres server itself. */
  postgres?: string;
  /** The role of the service on it; default: the one of the URL. */
  role?: string;
}

/** The environment variables that hold the passwords, for scripts. */
const passwordVariable = 'HOLDPOINT_PASSWORD';
const postgresPassword = 'HOLDPOINT_POSTGRES_PASSWORD';

/** Where the profile finds the URL of the server with its password: never in its text. */
const postgresVariable = 'HOLDPOINT_POSTGRES_URL_TYPED';

/** How messages call the profile that was never written. */
const fileName = 'the-command-line.yaml';

/** Three looks, three seconds apart, are enough for a person who waits. */
const every = '3s';
const hold = { warmup: '0s', for: '9s', every, failAfter: 3, deadline: '1m' };

/** The profile's name, and a context in which it can be read. Asks for the password where no variable has it. */
export const flagsProfile = async (
  flags: ProfileFlags,
  given: Context,
): Promise<{ name: string; context: Context }> => {
  const login = flags.login === undefined ? undefined : urlOf('--login', flags.login, /^https?:$/);
  const postgres = flags.postgres === undefined ? undefined : urlOf('--postgres', flags.postgres, /^postgres(?:ql)?:$/);
  if (!login && !postgres)
    throw new UsageError(
      'name a profile, or say what to look at: --login URL --user NAME (a login), --postgres URL (its connections)',
    );
  if (login && flags.user === undefined) throw new UsageError('--login needs --user NAME: the account that signs in');
  const password = login ? await passwordOf(flags, login, given) : undefined;
  const server = postgres ? await withPassword(postgres, given) : undefined;
  const text = stringify(escaped(profileOf(flags, login, postgres)));
  const context = given.withEnv({ [passwordVariable]: password, [postgresVariable]: server?.href });
  const path = join(given.cwd, fileName);
  return {
    name: `./${fileName}`,
    context: { ...context, io: { ...context.io, files: withFiles(context.io.files, new Map([[path, text]])) } },
  };
};

const urlOf = (flag: string, text: string, protocols: RegExp): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && protocols.test(url.protocol)) return url;
  const example = flag === '--login' ? 'https://auth.example.com/login' : 'postgres://probe@db.example.com/auth';
  throw new UsageError(`${flag} must be a URL like ${example}`);
};

const passwordOf = async ({ user }: ProfileFlags, login: URL, context: Context): Promise<string> => {
  const known = context.env(passwordVariable);
  if (known === '')
    throw new UsageError(`${passwordVariable} is empty: set it to the password, or unset it to be asked`);
  if (known !== undefined) return known;
  const typed = await asked(`password of ${user} at ${login.host}: `, context);
  if (typed !== '') return maskable(typed);
  throw new UsageError(`no password was given: type it, hand it over on stdin, or set ${passwordVariable}`);
};

/** A server that trusts its clients needs none: an empty answer is one, and without a terminal nobody is asked. */
const withPassword = async (url: URL, context: Context): Promise<URL> => {
  if (url.password !== '' || url.username === '') return url;
  const question = `password of ${decodeURIComponent(url.username)} at ${url.host} (empty: none): `;
  const known = context.env(postgresPassword) ?? (context.stdin.isTTY ? await asked(question, context) : '');
  const whole = new URL(url);
  if (known !== '') whole.password = encodeURIComponent(maskable(known));
  return whole;
};

const asked = async (question: string, context: Context): Promise<string> => {
  const typed = await context.askHidden(question);
  const interrupted = signalCode(context);
  if (interrupted !== undefined) throw new NotBegun('interrupted: nothing was begun', interrupted);
  return typed;
};

const maskable = (password: string): string => {
  if (password.length >= 4) return password;
  throw new UsageError(
    `a password of ${password.length} characters cannot be masked in the output; it needs at least 4`,
  );
};

const profileOf = (flags: ProfileFlags, login: URL | undefined, postgres: URL | undefined): object => ({
  service: (login ?? postgres)?.host.replaceAll(/[^\w.-]/g, '-') || 'service',
  hold,
  checks: {
    ...(login ? { login: loginCheck(flags, login) } : {}),
    ...(postgres ? { 'db-connections': connectionsCheck(flags, postgres) } : {}),
  },
});

const byHand = 'asked by hand with an account of somebody';

/** Without a text on a page behind the login, an answer without a password field is all that can be asked for. */
const loginCheck = ({ user, probe = '/', contains }: ProfileFlags, { origin, pathname, search }: URL): object => ({
  target: origin,
  account: { username: user, password: { reference: passwordVariable } },
  login: { form: { page: `${pathname}${search}` } },
  probe: { get: probe, granted: contains === undefined ? { status: 200 } : { status: 200, contains } },
  every,
  negative: {
    anonymous: contains === undefined ? { off: 'no text of a page behind the login was named' } : true,
    wrongPassword: { off: byHand },
  },
});

const connectionsCheck = ({ role }: ProfileFlags, url: URL): object => {
  const name = role ?? decodeURIComponent(url.username);
  if (name === '') throw new UsageError('--postgres names no user: name the role of the service with --role');
  return { postgres: { reference: postgresVariable }, role: name };
};

/** What was typed stands for itself: a `${` in it is no reference. The password is the one that is. */
const escaped = (value: unknown): unknown => {
  if (typeof value === 'string') return literal(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if ('reference' in value) return `\${secret:${String(value.reference)}}`;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, escaped(one)]));
};
