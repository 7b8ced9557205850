// The platform `command`: the live revision, the way back and the state come from the user's own commands.
import * as z from 'zod';
import {
  argvSchema,
  fill,
  type Live,
  type Platform,
  type PlatformSession,
  type PlatformWorld,
  references,
  type UndoOrder,
} from '../../kit/index.ts';
import { once } from '../../kit/once.ts';
import { act, failureOf, mustBeOurs, mustBeRevision, mustSucceed, readDeadline, shellLine } from './commands.ts';
import { deadline } from './settings.ts';

const known = ['from', 'to', 'token'];

/** "The previous one" is no target: run twice, it would lead back to the bad release. */
const undoSchema = () =>
  argvSchema().superRefine((argv, context) => {
    const names = argv.flatMap(references);
    for (const name of names.filter((each) => !known.includes(each)))
      context.addIssue({
        code: 'custom',
        message: `{{${name}}} is not known here; known: {{from}}, {{to}}, {{token}}`,
      });
    if (!names.includes('to'))
      context.addIssue({ code: 'custom', message: 'must name the revision to return to as {{to}}' });
  });

const settings = once(() =>
  z.strictObject({
    live: argvSchema(),
    undo: undoSchema(),
    status: argvSchema().optional(),
    deadline: deadline(),
  }),
);

type Settings = z.infer<ReturnType<typeof settings>>;

const open = async (spec: Settings, world: PlatformWorld): Promise<PlatformSession> => ({
  live: (signal) => live(spec, world, signal),
  undo: (order, signal) => undo(spec, world, order, signal),
  manual: (order) => shellLine(filled(spec.undo, { ...order, token: 1 })),
  close: async () => {},
});

const reading = (signal: AbortSignal | undefined) => ({
  deadline: readDeadline,
  reads: true,
  ...(signal ? { signal } : {}),
});

const revisionOf = async ({ live: argv }: Settings, world: PlatformWorld, signal?: AbortSignal): Promise<string> => {
  const finished = await world.run(argv, reading(signal));
  mustSucceed(argv, finished, readDeadline);
  const revision = finished.stdout
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '');
  if (revision === undefined) throw new Error(`\`${shellLine(argv)}\` printed no revision`);
  return revision;
};

const live = async (spec: Settings, world: PlatformWorld, signal?: AbortSignal): Promise<Live> => {
  const revision = await revisionOf(spec, world, signal);
  if (!spec.status) return { revision, settled: true, detail: `${revision} is live` };
  const problem = failureOf(spec.status, await world.run(spec.status, reading(signal)), readDeadline);
  return problem === undefined
    ? { revision, settled: true, detail: `${revision} is live and its status is good` }
    : { revision, settled: false, detail: `${revision} is live, its status is not good yet: ${problem}` };
};

const filled = (argv: readonly string[], { from, to, token }: UndoOrder): string[] =>
  argv.map((word) => fill(word, { from, to, token: String(token) }));

/** Compared just before the command starts: a race of that length remains (`fence: client`). */
const undo = async (spec: Settings, world: PlatformWorld, order: UndoOrder, signal?: AbortSignal): Promise<void> => {
  mustBeRevision(order.to);
  mustBeOurs({ revision: await revisionOf(spec, world, signal) }, order);
  await act(filled(spec.undo, order), order, spec.deadline, world, signal);
};

/** Any deploy system that has commands to tell the live revision and to return to a named one. */
export const command: Platform<Settings> = {
  holdpointPlatform: 1,
  name: 'command',
  about:
    'Your own commands: `live` prints the live revision as its last line, `undo` returns to {{to}}, `status` ends with 0 once every replica runs it. `undo` may be called again after a kill: it must tolerate that.',
  example: `rollback:
  command:
    live: [./scripts/live-revision.sh]
    undo: [./scripts/undo.sh, "{{from}}", "{{to}}"]
    status: [./scripts/is-rolled-out.sh]
    deadline: 5m
`,
  get settings() {
    return settings();
  },
  fence: 'client',
  open,
};
