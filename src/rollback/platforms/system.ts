// A platform out of a few declarations: how a deploy system is asked what is live, and which commands go back.
import type { ZodType } from 'zod';
import {
  clip,
  type Direction,
  type Finding,
  type Live,
  type Platform,
  type PlatformSession,
  type PlatformWorld,
  Superseded,
  type UndoOrder,
} from '../../kit/index.ts';
import { type Ask, act, asking, failureOf, mustBeOurs, mustBeRevision, readDeadline, shellLine } from './commands.ts';

type Argv = readonly string[];

/** Something that a rollback needs: a command that only looks, and proves it by ending with 0. */
export interface Need {
  /** `may patch deployments.apps/auth in prod`. */
  what: string;
  argv: Argv;
  /** What it then prints, where its exit code says nothing. */
  says?: string;
  /** What to do when it is not so. */
  next?: string;
}

/** With what a way back is gone. */
export interface Hands {
  ask: Ask;
  /** Runs a command that changes something; what it printed. Throws a sentence when it does not end with 0. */
  act(argv: Argv, input?: string): Promise<string>;
  signal: AbortSignal | undefined;
}

/** A deploy system that is driven by its command line. `Found` is what one look brings. */
export interface System<Settings extends { deadline: number }, Found extends Live> {
  name: string;
  about: string;
  example: string;
  /** Built when it is first needed. */
  settings(): ZodType<Settings>;
  fence: Platform<Settings>['fence'];
  aftermath?: string;
  /** Throws an Error with a sentence when it cannot be told. */
  look(spec: Settings, ask: Ask, between?: Direction): Promise<Found>;
  /** Goes back by commands; called when `from` is live, or `to` and not settled. */
  back(spec: Settings, order: Direction, found: Found, hands: Hands): Promise<void>;
  /** Why `to` cannot be returned to. */
  missing?(spec: Settings, to: string, ask: Ask): Promise<string | undefined>;
  /** Why this must not act, and what to do instead. */
  forbidden?(spec: Settings, ask: Ask): Promise<string | undefined>;
  /** What going back leaves as it is. */
  caveats?(spec: Settings, way: Direction, ask: Ask): Promise<string[]>;
  /** What a person would type. */
  manual(spec: Settings, way: Direction): string;
  needs(spec: Settings): readonly Need[];
  /** What takes more than the exit code of a command to find out. */
  examine?(spec: Settings, ask: Ask): Promise<Finding[]>;
  /** What cannot be proven without acting, and who could tell. */
  unproven?(spec: Settings): Pick<Finding, 'what' | 'because' | 'next'> | undefined;
}

/** The platform of a deploy system. */
export const platformOf = <Settings extends { deadline: number }, Found extends Live>(
  system: System<Settings, Found>,
): Platform<Settings> => {
  const { name, about, example, fence, aftermath } = system;
  return {
    holdpointPlatform: 1,
    name,
    about,
    example,
    get settings() {
      return system.settings();
    },
    fence,
    ...(aftermath === undefined ? {} : { aftermath }),
    open: async (spec, world) => session(system, spec, world),
  };
};

const session = <Settings extends { deadline: number }, Found extends Live>(
  system: System<Settings, Found>,
  spec: Settings,
  world: PlatformWorld,
): PlatformSession => {
  const ask = (signal?: AbortSignal): Ask => asking(world, signal);
  const { missing, caveats, forbidden } = system;
  return {
    live: async (signal, between) => liveOf(await system.look(spec, ask(signal), between)),
    undo: (order, signal) => undo(system, spec, world, order, signal),
    ...(missing ? { targetMissing: (to) => told(missing(spec, to, ask()), `whether ${to} is still there`) } : {}),
    ...(forbidden ? { forbidden: (signal) => forbidden(spec, ask(signal)) } : {}),
    ...(caveats ? { caveats: (way, signal) => caveats(spec, way, ask(signal)) } : {}),
    doctor: (signal) => examine(system, spec, ask(signal)),
    manual: (way) => system.manual(spec, way),
    close: async () => {},
  };
};

/** Nobody outside needs what else a look has brought. */
const liveOf = ({ revision, settled, detail, instances }: Live): Live => ({
  revision,
  settled,
  detail,
  ...(instances ? { instances } : {}),
});

/** Not to know is not to have: a target of which nothing can be told is none. */
export const told = async (answer: Promise<string | undefined>, what: string): Promise<string | undefined> => {
  try {
    return await answer;
  } catch (error) {
    return `${what} cannot be told: ${(error as Error).message}`;
  }
};

const undo = async <Settings extends { deadline: number }, Found extends Live>(
  system: System<Settings, Found>,
  spec: Settings,
  world: PlatformWorld,
  order: UndoOrder,
  signal?: AbortSignal,
): Promise<void> => {
  mustBeRevision(order.to);
  const ask = asking(world, signal);
  const found = await system.look(spec, ask, order);
  mustBeOurs(found, order);
  if (found.revision === order.to && found.settled) return;
  try {
    await system.back(spec, order, found, {
      ask,
      act: (argv, input) => act(argv, { order, deadline: spec.deadline, world, signal, input }),
      signal,
    });
  } catch (error) {
    await unlessSuperseded(() => system.look(spec, ask, order), order);
    throw error;
  }
};

/** A command also fails because somebody was faster. When nobody can tell, its own failure stands. */
export const unlessSuperseded = async (look: () => Promise<Live>, order: Direction): Promise<void> => {
  try {
    mustBeOurs(await look(), order);
  } catch (error) {
    if (error instanceof Superseded) throw error;
  }
};

const examine = async <Settings extends { deadline: number }, Found extends Live>(
  system: System<Settings, Found>,
  spec: Settings,
  ask: Ask,
): Promise<Finding[]> => {
  const findings = await Promise.all(system.needs(spec).map((need) => examineNeed(need, ask)));
  const more = (await system.examine?.(spec, ask).catch(unreadable)) ?? [];
  const unproven = system.unproven?.(spec);
  return [...findings, ...more, ...(unproven ? [{ ...unproven, state: 'unknown' as const }] : [])];
};

const unreadable = (error: Error): Finding[] => [
  { what: 'what is live can be read', state: 'failed', because: error.message },
];

/** Runs the command of one need. Never throws. */
export const examineNeed = async ({ what, argv, says, next }: Need, ask: Ask): Promise<Finding> => {
  const finished = await ask.run(argv);
  const line = `\`${shellLine(argv)}\``;
  const said = clip(finished.stdout.trim(), 100);
  const isSaid = says === undefined || said === says;
  const failure = failureOf(argv, finished, readDeadline) ?? (isSaid ? undefined : `${line} says ${said || 'nothing'}`);
  if (failure === undefined) return { what, state: 'ok', because: `${line} ended with 0` };
  return { what, state: 'failed', because: failure, ...(next === undefined ? {} : { next }) };
};
