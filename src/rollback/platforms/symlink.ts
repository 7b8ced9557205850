// The platform `symlink`: releases in folders behind a `current` link, as Capistrano and many scripts deploy.
import * as z from 'zod';
import {
  argvSchema,
  type Finding,
  type Live,
  type Platform,
  type PlatformSession,
  type PlatformWorld,
  type UndoOrder,
} from '../../kit/index.ts';
import { once } from '../../kit/once.ts';
import { type Ask, act, asking, mustBeOurs, shellLine } from './commands.ts';
import {
  type Changed,
  behindLinkAftermath,
  folderKeys,
  folderNeeds,
  foldersOf,
  linked,
  linkLine,
  releaseMissing,
  turnLink,
  watchEdits,
} from './release-folders.ts';
import { type Answer, askInstances, versionSchema } from './running.ts';
import { startFinding } from './programs.ts';
import { deadline } from './settings.ts';
import { examineNeed } from './system.ts';

const settings = once(() =>
  z.strictObject({ ...folderKeys(), restart: argvSchema(), version: versionSchema(), deadline: deadline() }),
);

type Settings = z.infer<ReturnType<typeof settings>>;

const open = async (given: Settings, world: PlatformWorld): Promise<PlatformSession> => {
  const spec = { ...given, ...foldersOf(given, world.root) };
  const changed = watchEdits(spec, world.io);
  return {
    live: (signal) => live(spec, world, changed, signal),
    undo: (order, signal) => undo(spec, world, order, signal),
    targetMissing: (to) => releaseMissing(spec, world.io, to),
    doctor: (signal) => doctor(spec, asking(world, signal)),
    manual: ({ to }) => `${linkLine(spec, to)} && ${shellLine(spec.restart)}`,
    close: async () => {},
  };
};

/** A process keeps the folder in which it was started: the link alone does not tell what runs. */
const live = async (spec: Settings, world: PlatformWorld, changed: Changed, signal?: AbortSignal): Promise<Live> => {
  const revision = await linked(spec, world.io);
  const answers = await askInstances(world.io, spec.version, signal);
  const instances = Object.fromEntries(
    answers.flatMap((answer) => ('revision' in answer ? [[answer.name, answer.revision]] : [])),
  );
  const others = answers.filter((answer) => !('revision' in answer) || answer.revision !== revision);
  const edits = others.length === 0 ? await changed(revision) : undefined;
  const detail = detailOf(revision, answers.length, others);
  return {
    revision,
    settled: others.length === 0 && edits === undefined,
    detail: edits === undefined ? detail : `${detail}, but ${edits}`,
    instances,
  };
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
  const revision = await linked(spec, world.io);
  mustBeOurs({ revision }, order);
  const missing = await releaseMissing(spec, world.io, order.to);
  if (missing !== undefined) throw new Error(missing);
  await turnLink(spec, world.io, revision, order.to);
  await act(spec.restart, { order, deadline: spec.deadline, world, signal });
};

const doctor = async (spec: Settings, ask: Ask): Promise<Finding[]> => [
  ...(await Promise.all(folderNeeds(spec).map((need) => examineNeed(need, ask)))),
  await startFinding(`may run ${shellLine(spec.restart)}`, spec.restart, ask),
  {
    what: 'the restart brings the release behind the link',
    state: 'unknown',
    because: 'it cannot be tried without restarting',
    next: 'holdpoint rollback PROFILE --drill does everything else',
  },
];

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
    manifest: SHA256SUMS             # optional: a file in each release, written by the deploy with sha256sum
    restart: [systemctl, restart, auth]
    version: { urls: { a: "http://10.0.0.1:8080/version", b: "http://10.0.0.2:8080/version" }, pointer: /revision }
    deadline: 2m
`,
  get settings() {
    return settings();
  },
  aftermath: behindLinkAftermath,
  fence: 'client',
  open,
};
