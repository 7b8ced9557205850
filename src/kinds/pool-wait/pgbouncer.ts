// Looks at PgBouncer: one console per process, kept for the whole run, because several processes may share one port.
import { type Look, type Missed, plural, type Session, type Tick, type World } from '../../kit/index.ts';
import { type Console, readConsole } from './console.ts';
import { type Bouncer, closeAll, findProcesses } from './processes.ts';
import { consoleMissed } from './refusal.ts';
import { known, type Seen } from './seen.ts';
import type { PgBouncer, Spec } from './spec.ts';

/** Opens the looks; consoles are opened by the first of them. */
export const openPgBouncer = async (target: PgBouncer, spec: Spec, world: World): Promise<Session<Seen>> => {
  const watchers = target.urls.map((url) => watchUrl(url, target, spec, world));
  return {
    sample: async (tick) => {
      const looks = await Promise.all(watchers.map((watcher) => watcher.look(tick)));
      return looks.length > 1 || (looks[0]?.length ?? 0) > 1 ? looks.flat() : withoutGroup(looks.flat());
    },
    close: async () => {
      await Promise.all(watchers.map((watcher) => watcher.close()));
    },
  };
};

const withoutGroup = (looks: readonly Look<Seen>[]): Look<Seen>[] =>
  looks.map((look) => ('seen' in look ? { seen: look.seen } : { missed: look.missed }));

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'invalid URL');

interface Watcher {
  look(tick: Tick): Promise<Look<Seen>[]>;
  close(): Promise<void>;
}

/** A console reading with its moment (monotonic milliseconds), and the process that it is of. */
interface Moment {
  of: Bouncer;
  at: number;
  console: Console;
}

const watchUrl = (url: string, target: PgBouncer, { connectTimeout }: Spec, { io }: World): Watcher => {
  const host = hostOf(url);
  let places: (Bouncer | undefined)[] = [];
  let earlier: (Moment | undefined)[] = [];

  const groupOf = (place: number): { group: string } => ({
    group: places.length > 1 ? `${host} process ${place + 1}` : host,
  });

  const lookAt = async (of: Bouncer, place: number): Promise<Look<Seen>> => {
    const read = await readConsole(of, target).catch((error: unknown) => ({ missed: consoleMissed(error) }));
    const before = earlier[place];
    earlier[place] = undefined;
    if ('missed' in read) return { ...groupOf(place), missed: read.missed };
    if ('unknown' in read) return { ...groupOf(place), missed: unknownDatabase(target.database, read.unknown) };
    const now = { of, at: io.clock.monotonic(), console: read };
    earlier[place] = now;
    // Counters of another process, or of one that began again, are nothing to compare with.
    return { ...groupOf(place), seen: seenOf(before?.of === of ? before : undefined, now) };
  };

  const look = async ({ timeout }: Tick): Promise<Look<Seen>[]> => {
    // No statement timeout: the console refuses it as a startup parameter.
    const options = { connectTimeout: Math.min(connectTimeout, timeout), statementTimeout: 0 };
    const found = await findProcesses(io.postgres, url, options, places, target.processes);
    places = found.places;
    return Promise.all(
      places.map(async (bouncer, place): Promise<Look<Seen>> => {
        if (bouncer !== undefined) return lookAt(bouncer, place);
        return { ...groupOf(place), missed: silent(host, places, found.tries) };
      }),
    );
  };

  return {
    look: (tick) => look(tick).catch((error: unknown) => [{ group: host, missed: consoleMissed(error) }]),
    close: async () => {
      await closeAll(places);
      [places, earlier] = [[], []];
    },
  };
};

const silent = (host: string, places: readonly (Bouncer | undefined)[], tries: number): Missed => ({
  by: 'target',
  reason: 'process_missing',
  because: `${places.filter(Boolean).length} of ${plural(places.length, 'process', 'processes')} behind ${host} answered in ${plural(tries, 'further console connection')}`,
});

const unknownDatabase = (database: string, names: readonly string[]): Missed => ({
  by: 'ours',
  reason: 'unknown_database',
  because: `PgBouncer knows no database "${database}"; it knows ${names.join(', ') || 'none'}`,
});

/** What is not so is left out; who cannot tell is asked only while somebody waits. */
const flagsOf = ({ paused, capped, halted, untold, waiting }: Console): Seen => ({
  ...(paused ? { paused } : {}),
  ...(capped ? { capped } : {}),
  ...(halted ? { halted } : {}),
  ...(untold && waiting > 0 ? { untold } : {}),
});

/** Counters that went back mean a restart: nothing to compare with. */
const seenOf = (before: Moment | undefined, now: Moment): Seen => {
  const { waiting, longest, servers, inUse, poolSize, waiters, holders } = now.console;
  const flags = flagsOf(now.console);
  const gauges = { waiting, longest, servers, inUse, max: poolSize, waiters, holders, ...flags };
  if (!before || now.console.waitMicros < before.console.waitMicros) return known(gauges);
  const [earlier, later] = [before.console.acquires, now.console.acquires];
  const acquires = earlier === undefined || later === undefined || later < earlier ? undefined : later - earlier;
  return known({
    ...gauges,
    seconds: (now.at - before.at) / 1000,
    waited: (now.console.waitMicros - before.console.waitMicros) / 1e6,
    acquires,
  });
};
