// The platform `command`: the live revision, the way back and the state come from the user's own commands.
import * as z from 'zod';
import {
  argvSchema,
  clip,
  fill,
  type Finding,
  type Live,
  type Platform,
  type PlatformSession,
  type PlatformWorld,
  references,
  type UndoOrder,
} from '../../kit/index.ts';
import { once } from '../../kit/once.ts';
import { examineCommands } from './command-doctor.ts';
import { type Ask, act, asking, failureOf, mustBeOurs, mustBeRevision, readDeadline, shellLine } from './commands.ts';
import { deadline } from './settings.ts';
import { told } from './system.ts';

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
    /** Prints the revisions that can still be returned to, one per line. */
    candidates: argvSchema().optional(),
    deadline: deadline(),
  }),
);

type Settings = z.infer<ReturnType<typeof settings>>;

const open = async (spec: Settings, world: PlatformWorld): Promise<PlatformSession> => {
  const { candidates } = spec;
  return {
    live: (signal) => live(spec, world, signal),
    undo: (order, signal) => undo(spec, world, order, signal),
    ...(candidates
      ? { targetMissing: (to) => told(missing(candidates, to, asking(world)), `whether ${to} is still there`) }
      : {}),
    doctor: (signal) => doctor(spec, world, signal),
    manual: (order) => shellLine(filled(spec.undo, { ...order, token: 1 })),
    close: async () => {},
  };
};

/** The lines that say something. Throws a sentence when there are none. */
const linesOf = async (argv: readonly string[], ask: Ask): Promise<[string, ...string[]]> => {
  const lines = (await ask.text(argv))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0) throw new Error(`\`${shellLine(argv)}\` printed no revision`);
  return lines as [string, ...string[]];
};

const revisionOf = async ({ live: argv }: Settings, ask: Ask): Promise<string> => {
  const lines = await linesOf(argv, ask);
  return lines.at(-1) ?? lines[0];
};

const missing = async (candidates: readonly string[], to: string, ask: Ask): Promise<string | undefined> => {
  const all = await linesOf(candidates, ask);
  if (all.includes(to)) return undefined;
  return `\`${shellLine(candidates)}\` does not list ${to}: it printed ${clip(all.join(', '), 120)}`;
};

const live = async (spec: Settings, world: PlatformWorld, signal?: AbortSignal): Promise<Live> => {
  const ask = asking(world, signal);
  const revision = await revisionOf(spec, ask);
  if (!spec.status) return { revision, settled: true, detail: `${revision} is live` };
  const problem = failureOf(spec.status, await ask.run(spec.status), readDeadline);
  return problem === undefined
    ? { revision, settled: true, detail: `${revision} is live and its status is good` }
    : { revision, settled: false, detail: `${revision} is live, its status is not good yet: ${problem}` };
};

const filled = (argv: readonly string[], { from, to, token }: UndoOrder): string[] =>
  argv.map((word) => fill(word, { from, to, token: String(token) }));

/** Compared just before the command starts: a race of that length remains (`fence: client`). */
const undo = async (spec: Settings, world: PlatformWorld, order: UndoOrder, signal?: AbortSignal): Promise<void> => {
  mustBeRevision(order.to);
  mustBeOurs({ revision: await revisionOf(spec, asking(world, signal)) }, order);
  await act(filled(spec.undo, order), { order, deadline: spec.deadline, world, signal });
};

const doctor = (spec: Settings, world: PlatformWorld, signal?: AbortSignal): Promise<Finding[]> => {
  const ask = asking(world, signal);
  const { live: asked, status, candidates = [] } = spec;
  return examineCommands(
    {
      live: asked,
      status,
      candidates: spec.candidates,
      undoOf: (revision) => filled(spec.undo, { from: revision, to: revision, token: 1 }),
      revision: () => revisionOf(spec, ask),
      listed: () => linesOf(candidates, ask),
    },
    ask,
  );
};

/** Any deploy system that has commands to tell the live revision and to return to a named one. */
export const command: Platform<Settings> = {
  holdpointPlatform: 1,
  name: 'command',
  about:
    'Your own commands: `live` prints the live revision as its last line, `undo` returns to {{to}}, `status` ends with 0 once every replica runs it, `candidates` prints what can be returned to, one per line. `undo` may be called again after a kill: it must tolerate that.',
  example: `rollback:
  command:
    live: [./scripts/live-revision.sh]
    undo: [./scripts/undo.sh, "{{from}}", "{{to}}"]
    status: [./scripts/is-rolled-out.sh]      # optional
    candidates: [ls, ./releases]              # optional: a target that is not listed was cleaned up
    deadline: 5m
`,
  get settings() {
    return settings();
  },
  aftermath:
    'The source in Git or CI still holds the release that was rolled back: the next deploy brings it back. What `undo` does not touch stayed as it was.',
  fence: 'client',
  open,
};
