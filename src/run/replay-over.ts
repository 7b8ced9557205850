// Replays the exact rule over windows of the sources' own history: how often would a deploy that changed nothing have been rolled back?
import type { Io, JudgePlan, Profile } from '../kit/index.ts';
import { judgePlans } from './course.ts';
import { atUnit, type OverUnit, type WindowsInput } from './replay-windows.ts';
import { createTurns } from './turns.ts';
import { closeAll, openWatched, type Watched } from './watched.ts';
import { createWorlds } from './world.ts';

export interface OverInput extends WindowsInput {
  io: Io;
  learn(secret: string, name: string): void;
}

export interface Over {
  /** Ids of the checks that were replayed, and of those without a history. */
  checks: string[];
  without: string[];
  units: OverUnit[];
}

/** Longer units are tried where the profile's own gave a false alarm; up to this many milliseconds. */
const multiples = [1, 2, 3, 4, 6];
const longestUnit = 60_000;

/** Replays; throws what a source throws that cannot tell its history. */
export const replayOver = async (input: OverInput): Promise<Over> => {
  const { profile, io, learn } = input;
  const worlds = createWorlds({ io, root: profile.root, registry: profile.registry, learn, onMark: () => undefined });
  const plans = judgePlans({ profile, verb: 'run' });
  const turns = createTurns();
  const rates = profile.checks.flatMap((check, index) => (check.kind.baseline === 'window' ? [{ check, index }] : []));
  const watched = await Promise.all(
    rates.map(({ check, index }) => {
      const plan = plans[index] as JudgePlan;
      return openWatched(check, plan, worlds(check.id, check.every), [], turns);
    }),
  );
  try {
    const kept = watched.filter(hasPast);
    const checks = kept.map(({ check }) => check.id);
    const without = profile.checks.map(({ id }) => id).filter((id) => !checks.includes(id));
    return { checks, without, units: kept.length === 0 ? [] : await atEachUnit(kept, input) };
  } finally {
    await closeAll(watched, io.clock);
  }
};

const hasPast = ({ opened }: Watched): boolean => 'session' in opened && opened.session.past !== undefined;

const atEachUnit = async (watched: readonly Watched[], input: OverInput): Promise<OverUnit[]> => {
  const done: OverUnit[] = [];
  for (const multiple of multiples) {
    const longer = watched.map((one) => withUnit(one, multiple, input.profile));
    const unit = Math.min(...longer.map(({ plan }) => plan.every));
    if (multiple > 1 && unit > longestUnit) break;
    done.push(await atUnit(longer, unit, input));
    if (done.at(-1)?.rolledBack.length === 0) break;
  }
  return done;
};

const withUnit = (watched: Watched, multiple: number, { timings }: Profile): Watched => {
  const every = watched.plan.every * multiple;
  const units = Math.max(1, Math.ceil(timings.hold.deadline / every));
  return { ...watched, plan: { ...watched.plan, every, units } };
};
