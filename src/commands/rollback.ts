// `holdpoint rollback`: go back by hand. The plan first, then the question, then the same engine as a run.
import { type RollbackOrder, type RollbackPlan, UsageError } from '../kit/index.ts';
import { examine } from '../rollback/index.ts';
import { goBack } from '../run/index.ts';
import { type Candidate, candidatesOf, judged } from './candidates.ts';
import { type Context, signalCode } from './context.ts';
import { drilled, type RollbackOptions } from './rollback-options.ts';
import { candidateLines, planLines } from './rollback-plan.ts';
import { actOnRecord } from './rollback-record.ts';
import { rollbackTools } from './rollback-tools.ts';
import { engineInput, finish } from './run.ts';
import { type Opened, usable, withEnvFile, withSession } from './session.ts';

/** Shows the plan, asks for the service's name, acts, proves. Declining is exit code 22. */
export const rollbackCommand = async (name: string, options: RollbackOptions, given: Context): Promise<number> => {
  const context = await withEnvFile(options.envFile, given);
  return withSession('rollback', name, options, context, async (opened) => {
    const plan = planOf(opened);
    if (options.record !== undefined) return actOnRecord(options.record, options, opened, context);
    const target = await targetOf(options, opened, context);
    const mayAct = await showPlan(target, plan, opened, context);
    // What a guard refuses needs no question: the engine refuses it again, and writes the record.
    if (mayAct && !options.drill && !(await agreed(options, opened, context))) return signalCode(context) ?? 22;
    const input = engineInput('rollback', opened, context);
    const record = await goBack(
      { ...input, ...drilled(input, options), permission: { rollback: true }, overrides: [], shadow: false },
      target,
    );
    return finish(record, opened, context);
  });
};

const planOf = ({ profile, platform }: Opened): RollbackPlan => {
  if (platform && profile.rollback) return profile.rollback;
  throw new UsageError(`${profile.name} has no rollback section: there is nothing to go back with`);
};

interface Target {
  from: string;
  to: string;
  /** What runs said of `from`. */
  tested: Pick<Candidate, 'verdict' | 'label'>;
  candidates: Candidate[];
  /** The newest migration that was applied while `to` was live, where it was captured. */
  migration?: string;
}

/** How many records are searched for revisions to go back to. */
const searched = 50;

/** `from` is what is live now; `to` is named, or the newest captured baseline's revision. Never "the previous one". */
const targetOf = async (
  { to }: RollbackOptions,
  { platform, store, profile: { name, service, environment }, redactor }: Opened,
  { io, interrupts }: Context,
): Promise<Target> => {
  const from = await liveNow(async () => (await platform?.session.live(interrupts.signal))?.revision ?? '', redactor);
  const [newest, records] = await usable(store, async () => [
    await store.baseline(service, environment),
    await store.records({ service, environment, limit: searched }),
  ]);
  const candidates = candidatesOf(records, newest, from);
  const captured = to ?? newest?.live;
  const known = candidateLines(candidates, io.clock.now(), (text) => redactor.text(text));
  const hint = ['name one with --to REVISION', ...(known.length > 0 ? [' of these:', ...known] : [])].join('\n');
  if (captured === undefined) throw new UsageError(`no baseline names a revision to go back to; ${hint}`);
  if (captured === from) throw new UsageError(`${from} is live already (is it well? holdpoint check ${name}); ${hint}`);
  const migration = newest?.live === captured ? newest.migration : undefined;
  return {
    from,
    tested: judged(from, records),
    to: captured,
    candidates,
    ...(migration === undefined ? {} : { migration }),
  };
};

const liveNow = async (read: () => Promise<string>, redactor: Opened['redactor']): Promise<string> => {
  try {
    return await read();
  } catch (cause) {
    const text = redactor.text((cause as Error).message);
    throw new UsageError(`what is live could not be told, so nothing was begun: ${text}`, { cause });
  }
};

/** Prints the plan; whether the guards would let it pass. */
const showPlan = async (target: Target, plan: RollbackPlan, opened: Opened, context: Context): Promise<boolean> => {
  const { profile, redactor, platform } = opened;
  const { from, to, migration } = target;
  const order: RollbackOrder = {
    id: `plan:${profile.service}`,
    service: profile.service,
    environment: profile.environment,
    from,
    to,
    ...(migration === undefined ? {} : { migration }),
    causes: [],
    actor: engineInput('rollback', opened, context).identity.actor,
    by: 'person',
  };
  const examined = await examine(order, rollbackTools(opened, context));
  const facts = { ...target, name: profile.name, examined, plan, now: context.io.clock.now() };
  const manual = platform?.session.manual({ from, to }) ?? '';
  const lines = planLines({ ...facts, manual, redact: (text) => redactor.text(text) });
  context.stderr.write(`${lines.join('\n')}\n`);
  return examined.ok;
};

const agreed = async ({ yes }: RollbackOptions, { profile }: Opened, context: Context): Promise<boolean> => {
  if (yes) return true;
  if (!context.stdin.isTTY)
    throw new UsageError('there is no terminal to ask on; give --yes to act without a question');
  const typed = await context.ask(`Type "${profile.service}" to go back, anything else to leave it: `);
  if (typed.trim() === profile.service) return true;
  context.stderr.write('declined: nothing was changed\n');
  return false;
};
