// All PgBouncer processes behind one URL: with so_reuseport the kernel hands each connection to any of them.
import { randomUUID } from 'node:crypto';
import type { Postgres, PostgresOptions, PostgresSession } from '../../kit/index.ts';
import { refusesCommand } from './refusal.ts';

/** One process, with the console that is kept on it. */
export interface Bouncer {
  session: PostgresSession;
  /** The application_name of that console: by it another console on the same process finds it. */
  name: string;
  /** Settings in which two processes must differ, for versions whose SHOW CLIENTS tells no names. */
  settings: string;
  /** It knows SHOW STATE, which came with 1.19. */
  tellsState: boolean;
}

/** What was found, by place; a place whose process did not answer stays empty. */
export interface Found {
  places: (Bouncer | undefined)[];
  /** Console connections that were opened to find them. */
  tries: number;
}

/**
 * Opens the consoles that are missing. `wanted`: processes that there must be; undefined: as many as answer. Throws what
 * the first failing connection throws, with nothing left open that was opened here.
 */
export const findProcesses = async (
  postgres: Postgres,
  url: string,
  options: PostgresOptions,
  places: readonly (Bouncer | undefined)[],
  wanted: number | undefined,
): Promise<Found> => {
  const found: Found = { places: await livingPlaces(places, wanted), tries: 0 };
  const isOpenEnd = wanted === undefined && places.length === 0;
  try {
    await search(found, isOpenEnd, () => openConsole(postgres, url, options));
  } catch (error) {
    await closeAll(found.places.filter((one) => !places.includes(one)));
    throw error;
  }
  return isOpenEnd ? { ...found, places: found.places.filter((one) => one !== undefined) } : found;
};

/** Nobody runs more behind one port; a search that finds more cannot tell processes apart. */
export const mostProcesses = 32;

/** Closes the consoles of these processes. */
export const closeAll = async (places: readonly (Bouncer | undefined)[]): Promise<void> => {
  await Promise.all(places.filter((one) => one !== undefined).map(({ session }) => session.close()));
};

/** As many places as processes are looked for; those whose console is gone are empty. */
const livingPlaces = async (
  places: readonly (Bouncer | undefined)[],
  wanted: number | undefined,
): Promise<(Bouncer | undefined)[]> => {
  const isGone = (bouncer: Bouncer | undefined): boolean => bouncer !== undefined && !bouncer.session.alive();
  await closeAll(places.filter(isGone));
  const living = places.map((bouncer) => (isGone(bouncer) ? undefined : bouncer));
  return Array.from({ length: wanted ?? Math.max(1, places.length) }, (_, place) => living[place]);
};

const search = async (found: Found, isOpenEnd: boolean, open: () => Promise<Opened>): Promise<void> => {
  const { places } = found;
  let limit = triesFor(places.length);
  while (places.includes(undefined) && found.tries < limit) {
    found.tries += 1;
    const { bouncer, shares } = await open();
    if (!(await keep(bouncer, places)) || !shares || !isOpenEnd || places.length >= mostProcesses) continue;
    // Nobody said how many there are: one place more, until a long row of connections finds no other process.
    places.push(undefined);
    limit = found.tries + triesFor(places.length);
  }
};

/** Takes an empty place, or is closed when its process has a console of ours already. */
const keep = async (bouncer: Bouncer, places: (Bouncer | undefined)[]): Promise<boolean> => {
  const told = await whatItIs(bouncer, places).catch(async (error: unknown) => {
    await bouncer.session.close();
    throw error;
  });
  if (told) places[places.indexOf(undefined)] = { ...bouncer, ...told };
  else await bouncer.session.close();
  return told !== undefined;
};

/** What is to be known of a process that is kept; undefined for one that has a console of ours already. */
const whatItIs = async (
  bouncer: Bouncer,
  places: readonly (Bouncer | undefined)[],
): Promise<Pick<Bouncer, 'tellsState'> | undefined> =>
  (await isAmong(bouncer, places)) ? undefined : { tellsState: await knowsState(bouncer.session) };

/** Before 1.19 the console refuses the command, and stays open. */
const knowsState = async (session: PostgresSession): Promise<boolean> => {
  try {
    await session.query('SHOW STATE');
    return true;
  } catch (error) {
    if (session.alive() && refusesCommand(error)) return false;
    throw error;
  }
};

/**
 * Connections after which a process among `processes` has been missed with a chance below 1 in 10,000: it is missed
 * by one with (1 - 1/n), and there are n of them. 1, 15, 37, 85 for 1, 2, 4, 8 processes.
 */
export const triesFor = (processes: number): number =>
  processes === 1 ? 1 : Math.ceil(Math.log(processes * 10_000) / -Math.log(1 - 1 / processes));

interface Opened {
  bouncer: Bouncer;
  /** so_reuseport: other processes may share the port. */
  shares: boolean;
}

const openConsole = async (postgres: Postgres, url: string, options: PostgresOptions): Promise<Opened> => {
  const name = `holdpoint-${randomUUID()}`;
  const session = await postgres.connect(url, { ...options, applicationName: name });
  try {
    const rows = await session.query('SHOW CONFIG');
    const config = new Map(rows.map((row) => [String(row['key']), String(row['value'])]));
    const own = ['peer_id', 'conffile', 'pidfile', 'unix_socket_dir'].map((key) => config.get(key) ?? '');
    return {
      bouncer: { session, name, settings: own.join('\n'), tellsState: false },
      shares: config.get('so_reuseport') === '1',
    };
  } catch (error) {
    await session.close();
    throw error;
  }
};

/** Whether the process of this console has another console of ours. */
const isAmong = async ({ session, settings }: Bouncer, found: readonly (Bouncer | undefined)[]): Promise<boolean> => {
  const others = found.filter((one) => one !== undefined);
  if (others.length === 0) return false;
  const clients = await session.query('SHOW CLIENTS');
  if (!clients.some((row) => 'application_name' in row)) return others.some((other) => other.settings === settings);
  const names = new Set(clients.map((row) => row['application_name']));
  return others.some(({ name }) => names.has(name));
};
