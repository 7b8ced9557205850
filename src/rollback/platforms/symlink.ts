// The platform `symlink`: releases in folders behind a `current` link, as Capistrano and many scripts deploy.
import { basename, dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import {
  argvSchema,
  type Live,
  type Platform,
  type PlatformSession,
  type PlatformWorld,
  positiveDuration,
  Superseded,
  type UndoOrder,
} from '../../kit/index.ts';
import { mustSucceed, shellLine } from './commands.ts';
import { type Answer, askInstances, versionSchema } from './running.ts';

const settings = z.strictObject({
  releases: z.string().min(1).prefault('./releases'),
  current: z.string().min(1).prefault('./current'),
  restart: argvSchema(),
  version: versionSchema,
  deadline: positiveDuration().prefault('5m'),
});

type Settings = z.infer<typeof settings>;

const open = async (given: Settings, world: PlatformWorld): Promise<PlatformSession> => {
  const spec = {
    ...given,
    releases: resolve(world.root, given.releases),
    current: resolve(world.root, given.current),
  };
  return {
    live: (signal) => live(spec, world, signal),
    undo: (order, signal) => undo(spec, world, order, signal),
    targetMissing: (to) => targetMissing(spec, world, to),
    manual: ({ to }) => manual(spec, to),
    close: async () => {},
  };
};

/** The name of the release folder that the link points to. */
const linked = async ({ releases, current }: Settings, { io }: PlatformWorld): Promise<string> => {
  const target = await io.files.readLink(current);
  if (target === undefined) throw new Error(`${current} is no symbolic link: which release is live cannot be told`);
  const inside = await samePlace(dirname(target), releases, io);
  if (!inside) throw new Error(`${current} points to ${target}, which is not a folder in ${releases}`);
  return basename(target);
};

/** Two spellings of one folder (/var and /private/var) are one place. */
const samePlace = async (a: string, b: string, { files }: PlatformWorld['io']): Promise<boolean> => {
  if (a === b) return true;
  if (!(await files.exists(a)) || !(await files.exists(b))) return false;
  return (await files.realPath(a)) === (await files.realPath(b));
};

/** A process keeps the folder in which it was started: the link alone does not tell what runs. */
const live = async (spec: Settings, world: PlatformWorld, signal?: AbortSignal): Promise<Live> => {
  const revision = await linked(spec, world);
  const answers = await askInstances(world.io, spec.version, signal);
  const instances = Object.fromEntries(
    answers.flatMap((answer) => ('revision' in answer ? [[answer.name, answer.revision]] : [])),
  );
  const others = answers.filter((answer) => !('revision' in answer) || answer.revision !== revision);
  return { revision, settled: others.length === 0, detail: detailOf(revision, answers.length, others), instances };
};

const detailOf = (revision: string, all: number, others: readonly Answer[]): string => {
  const running = `${all - others.length} of ${all} ${all === 1 ? 'instance runs' : 'instances run'} ${revision}`;
  if (others.length === 0) return running;
  const rest = others.map((answer) => `${answer.name} ${'problem' in answer ? answer.problem : runs(answer.revision)}`);
  return `the link points to ${revision}; ${running}, ${rest.join(', ')}`;
};

const runs = (revision: string): string => `runs ${revision}`;

/** Compared just before the link is replaced: a race of that length remains (`fence: client`). */
const undo = async (spec: Settings, world: PlatformWorld, order: UndoOrder, signal?: AbortSignal): Promise<void> => {
  const revision = await linked(spec, world);
  if (revision !== order.from && revision !== order.to)
    throw new Superseded(
      revision,
      `${spec.current} points to ${revision}, not to ${order.from}: somebody else has deployed`,
    );
  const missing = await targetMissing(spec, world, order.to);
  if (missing !== undefined) throw new Error(missing);
  // After a kill between link and restart the link is right already, and only the restart is left.
  if (revision === order.from) await world.io.files.link(spec.current, join(spec.releases, order.to));
  const { restart, deadline } = spec;
  const env = { HOLDPOINT_TOKEN: String(order.token) };
  mustSucceed(restart, await world.run(restart, { deadline, env, ...(signal ? { signal } : {}) }), deadline);
};

const targetMissing = async (
  { releases }: Settings,
  { io }: PlatformWorld,
  to: string,
): Promise<string | undefined> => {
  if (to !== basename(to) || to.startsWith('.')) return `${to} is not the name of a folder in ${releases}`;
  const folder = join(releases, to);
  if (await io.files.exists(folder)) return undefined;
  return `${folder} is gone: the release to return to was cleaned up`;
};

/** `mv -T` replaces the link in one step; `ln -sfn` alone does so only in newer versions of GNU ln. */
const manual = ({ releases, current, restart }: Settings, to: string): string =>
  [
    shellLine(['ln', '-s', join(releases, to), `${current}.new`]),
    shellLine(['mv', '-T', `${current}.new`, current]),
    shellLine(restart),
  ].join(' && ');

/** Releases in folders, one of them live behind a symbolic link. */
export const symlink: Platform<Settings> = {
  holdpointPlatform: 1,
  name: 'symlink',
  about:
    'Release folders behind a `current` link. The revision is the name of the folder; it counts as live once every instance in `version` tells that it runs it. `restart` must not keep our pipes open: redirect the output of what it leaves in the background.',
  example: `rollback:
  symlink:
    releases: ./releases
    current: ./current
    restart: [systemctl, restart, auth]
    version: { urls: { a: "http://10.0.0.1:8080/version", b: "http://10.0.0.2:8080/version" }, pointer: /revision }
    deadline: 2m
`,
  settings,
  fence: 'client',
  open,
};
