// Whether going back is safe: declared in the profile, asked of a command of the user's, or seen in the migrations.
import { clip, fill, type RollbackTools } from '../kit/index.ts';
import { type Answer, type Case, pass, refuse } from './guard.ts';
import { type MigrationQuery, newestMigration } from './migrations.ts';

/** Milliseconds for the command: it only looks. */
const deadline = 60_000;

/** Silence is unknown, and unknown refuses, unless a person decides in full knowledge of it. */
export const isReversible = async ({ order, tools }: Case): Promise<Answer> => {
  const { reversible } = tools.plan;
  switch (reversible.by) {
    case 'declaration':
      return declared(reversible);
    case 'command':
      return asked(reversible.argv, { from: order.from ?? '', to: order.to ?? '' }, tools);
    case 'migrations':
      return compared(reversible, order, tools);
    case 'nobody':
      return order.by === 'person' || tools.confirm
        ? pass('nobody has declared whether going back is safe; a person decides')
        : unknown('nobody has declared whether going back is safe');
    default:
      return reversible satisfies never;
  }
};

/** The newest migration now against the one that was the newest while the target was live. */
const compared = async (
  query: MigrationQuery,
  { to, migration }: Case['order'],
  { io, redact }: RollbackTools,
): Promise<Answer> => {
  if (migration === undefined) return unknown(`the newest migration was not captured while ${to} was live`);
  try {
    const now = await newestMigration(io, query);
    if (now === migration) return pass(`no migration was applied since: ${now} is the newest, as with ${to}`);
    return refuse('irreversible', `${now} is the newest migration, with ${to} it was ${migration}`);
  } catch (error) {
    return unknown(redact((error as Error).message));
  }
};

const unknown = (because: string): Answer => refuse('reversibility_unknown', because);

const declared = ({ reversible, reason }: { reversible: boolean; reason?: string }): Answer => {
  const why = reason === undefined ? '' : `: ${reason}`;
  return reversible ? pass(`declared reversible${why}`) : refuse('irreversible', `declared irreversible${why}`);
};

const asked = async (
  argv: readonly string[],
  way: { from: string; to: string },
  { io, root, redact, signal }: RollbackTools,
): Promise<Answer> => {
  const [program = '', ...args] = argv.map((word) => fill(word, way));
  const finished = await io.processes.run({ argv: [program, ...args], cwd: root, deadline, signal });
  const lines = finished.stdout.split('\n').map((line) => line.trim());
  const said = clip(redact([...lines, finished.stderr.trim()].join(' ').trim()), 200);
  if (lines.includes('irreversible')) return refuse('irreversible', `${program} says: ${said}`);
  if (finished.exit === 0 && !finished.timedOut && lines.includes('reversible'))
    return pass(`${program} says reversible`);
  return unknown(`${program} ${howEnded(finished)} and did not say reversible${said === '' ? '' : `: ${said}`}`);
};

const howEnded = (finished: Awaited<ReturnType<RollbackTools['io']['processes']['run']>>): string => {
  if (finished.startError !== undefined) return `could not be started (${finished.startError})`;
  if (finished.timedOut) return 'took longer than 60 s';
  return finished.exit === undefined ? `was ended by ${finished.signal}` : `ended with ${finished.exit}`;
};
