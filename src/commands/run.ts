// `holdpoint run` and `holdpoint check`: verify a release, or ask by hand how the service is.
import { isAbsolute, relative, resolve } from 'node:path';
import { type RunRecord, type StoredBaseline, UsageError } from '../kit/index.ts';
import { notify } from '../report/index.ts';
import { begunRollback, newestMigration } from '../rollback/index.ts';
import { type Permission, run, type RunInput } from '../run/index.ts';
import { readBaseline } from '../store/index.ts';
import type { Context } from './context.ts';
import { actorOf, ciRelease, newRunId } from './identity.ts';
import { answered, endOf } from './monitor.ts';
import { permissionOf } from './permission.ts';
import { carryOut } from './rollback-tools.ts';
import { type CommonOptions, type Opened, withEnvFile, withSession } from './session.ts';

export interface RunOptions extends CommonOptions {
  release?: string;
  baseline?: string;
  rollback: boolean;
  shadow: boolean;
  /** Milliseconds; replaces `hold.deadline`. */
  deadline?: number;
  deploy?: readonly string[];
  /** `check` only: milliseconds. */
  watch?: number;
}

/** Runs the verb and returns its exit code. */
export const runCommand = async (
  verb: 'run' | 'check',
  name: string,
  options: RunOptions,
  given: Context,
): Promise<number> => {
  const context = await withEnvFile(options.envFile, given);
  const work = withSession(verb, name, options, context, async (opened) => {
    const input = await inputOf(verb, options, opened, context);
    return finish(await run(input), opened, context);
  });
  return verb === 'check' ? answered(work, options.reporter, context) : work;
};

/** Hands the record to the reporters and the notification targets. */
export const finish = async (record: RunRecord, opened: Opened, context: Context): Promise<number> => {
  const { reporting, redactor, profile, saved, shown } = opened;
  await reporting.end(shown(record), shortest(saved(), context.cwd));
  await tidy(opened, context);
  const warnings = await notify(record, profile.notify.targets, {
    http: context.io.http,
    redact: (text) => redactor.text(text),
  });
  for (const warning of warnings) context.stderr.write(`holdpoint: ${warning}\n`);
  return endOf(record, reporting.plugin);
};

/** Retention, once the record is safe. A store that cannot be tidied is told, and changes nothing. */
const tidy = async ({ store, profile }: Opened, { io, stderr }: Context): Promise<void> => {
  const { service, environment } = profile;
  const { runs, for: age } = profile.store.keep;
  try {
    await store.prune({ service, environment, runs, before: io.clock.now() - age });
  } catch (error) {
    stderr.write(`holdpoint: old runs could not be dropped: ${(error as Error).message}\n`);
  }
};

/** A path below the current folder is told from there. */
export const shortest = (path: string | undefined, cwd: string): string | undefined => {
  const inside = path === undefined || !isAbsolute(path) ? '..' : relative(cwd, path);
  return inside.startsWith('..') ? path : inside;
};

const inputOf = async (
  verb: 'run' | 'check',
  options: RunOptions,
  opened: Opened,
  context: Context,
): Promise<RunInput> => {
  const permission = verb === 'check' ? { rollback: false } : permissionFor(options, opened, context);
  const [program, ...args] = options.deploy ?? [];
  return {
    ...engineInput(verb, opened, context, options.release),
    profile: withDeadline(opened.profile, options.deadline),
    permission: opened.profile.rollback ? permission : { rollback: false },
    ...(program === undefined ? {} : { deploy: [program, ...args] as const }),
    ...(options.baseline === undefined ? {} : { baseline: await fileBaseline(options.baseline, context) }),
    ...(options.watch === undefined ? {} : { watch: watchOf(options.watch, opened) }),
    overrides: [...opened.overrides, ...(options.rollback ? [] : ['--no-rollback'])],
    shadow: options.shadow,
  };
};

const watchOf = (watch: number, { profile: { timings } }: Opened): number => {
  if (watch >= timings.hold.for) return watch;
  throw new UsageError(
    `--watch is shorter than hold.for (${timings.hold.for / 1000} s): it could not end with "recovered"`,
  );
};

const permissionFor = (options: RunOptions, opened: Opened, context: Context): Permission =>
  permissionOf(opened.profile, {
    rollback: options.rollback,
    shadow: options.shadow,
    partial: opened.overrides.length > 0,
    terminal: context.stdin.isTTY,
  });

/** What every verb of the engine needs. */
export const engineInput = (
  verb: RunInput['verb'],
  opened: Opened,
  context: Context,
  release?: string,
): Omit<RunInput, 'permission' | 'overrides' | 'shadow'> => {
  const { profile, store, reporting, redactor, platform } = opened;
  const { io, interrupts, faults, version, env } = context;
  const label = release ?? ciRelease(env);
  const { rollback: plan } = profile;
  return {
    verb,
    profile,
    store,
    io,
    emit: reporting.emit,
    signal: interrupts.signal,
    interruptedBy: interrupts.by,
    fault: faults.signal,
    identity: { runId: newRunId(io.clock.now(), Math.random), label, actor: actorOf(env), version },
    usage: context.usage,
    learn: (secret, name) => redactor.learn(secret, name),
    ...(plan?.reversible.by === 'migrations' ? { migration: migrationOf(plan.reversible, opened, context) } : {}),
    ...(platform
      ? {
          platform: platform.session,
          rollBack: carryOut(opened, context),
          begun: (deploy) => begunRollback(store, deploy),
        }
      : {}),
  };
};

const migrationOf =
  (query: Parameters<typeof newestMigration>[1], { redactor }: Opened, { io }: Context) =>
  async (): Promise<string> => {
    try {
      return await newestMigration(io, query);
    } catch (error) {
      throw new Error(redactor.text((error as Error).message), { cause: error });
    }
  };

const withDeadline = (profile: Opened['profile'], deadline: number | undefined): Opened['profile'] => {
  if (deadline === undefined) return profile;
  const { hold } = profile.timings;
  if (deadline < hold.for)
    throw new UsageError(`--deadline is shorter than hold.for (${hold.for / 1000} s): the run could not end green`);
  return { ...profile, timings: { ...profile.timings, hold: { ...hold, deadline } } };
};

const fileBaseline = async (file: string, context: Context): Promise<StoredBaseline> => {
  const text = await context.io.files.readIfExists(resolve(context.cwd, file));
  if (text === undefined) throw new UsageError(`--baseline ${file}: there is no such file`);
  const read = readBaseline(text);
  if ('value' in read) return read.value;
  throw new UsageError(`--baseline ${file}: this is not a baseline that holdpoint wrote: ${read.problem}`);
};
