// `holdpoint rollback`: go back by hand. The plan first, then the question, then the same engine as a run.
import { duration, type RollbackOrder, UsageError } from '../kit/index.ts';
import { goBack, type RunInput } from '../run/index.ts';
import { type Context, signalCode } from './context.ts';
import { engineInput, finish } from './run.ts';
import { type CommonOptions, type Opened, withEnvFile, withSession } from './session.ts';

export interface RollbackOptions extends CommonOptions {
  to?: string;
  yes: boolean;
  drill: boolean;
}

/** Shows the plan, asks for the service's name, acts, proves. Declining is exit code 22. */
export const rollbackCommand = async (name: string, options: RollbackOptions, given: Context): Promise<number> => {
  const context = await withEnvFile(options.envFile, given);
  return withSession('rollback', name, options, context, async (opened) => {
    const { platform, profile } = opened;
    if (!platform || !profile.rollback)
      throw new UsageError(`${profile.name} has no rollback section: there is nothing to go back with`);
    const target = await targetOf(options, opened);
    context.stderr.write(`${opened.redactor.text(planText(target, opened))}\n`);
    if (!options.drill && !(await agreed(options, opened, context))) return signalCode(context) ?? 22;
    const input = engineInput('rollback', opened, context);
    const record = await goBack(
      { ...input, ...drilled(input, options), permission: { rollback: true }, overrides: [], shadow: false },
      target,
    );
    return finish(record, opened, context);
  });
};

const drilled = (input: Pick<RunInput, 'rollBack'>, { drill }: RollbackOptions): Pick<RunInput, 'rollBack'> => {
  const { rollBack } = input;
  if (!rollBack || !drill) return {};
  return { rollBack: (order: RollbackOrder, ...rest) => rollBack({ ...order, drill }, ...rest) };
};

interface Target {
  from: string;
  to: string;
  /** The newest migration that was applied while `to` was live, where it was captured. */
  migration?: string;
}

/** Nobody goes back from what cannot be told: no fence could hold. */
const liveNow = async (platform: Opened['platform']): Promise<{ revision: string }> => {
  try {
    return (await platform?.session.live()) ?? { revision: '' };
  } catch (error) {
    throw new UsageError(`what is live cannot be told: ${(error as Error).message}`, { cause: error });
  }
};

/** `from` is what is live now; `to` is named, or the newest captured baseline's revision. Never "the previous one". */
const targetOf = async ({ to }: RollbackOptions, { platform, store, profile }: Opened): Promise<Target> => {
  const { revision: from } = await liveNow(platform);
  const newest = await store.baseline(profile.service, profile.environment);
  const captured = to ?? newest?.live;
  if (captured === undefined)
    throw new UsageError('no baseline names a revision to go back to; name it with --to REVISION');
  if (captured === from) throw new UsageError(`${from} is live already; name another revision with --to REVISION`);
  const migration = newest?.live === captured ? newest.migration : undefined;
  return { from, to: captured, ...(migration === undefined ? {} : { migration }) };
};

const planText = ({ from, to }: Target, { profile, platform }: Opened): string => {
  const { rollback: plan } = profile;
  return [
    `${profile.name}: go back from ${from} to ${to}`,
    `  with: ${platform?.session.manual({ from, to })}`,
    `  fence: ${plan?.platform.fence}; then every check is held for ${duration(plan?.verify.for ?? 0)}, at most ${duration(plan?.deadline ?? 0)} in all`,
    ...(plan?.platform.aftermath ? [`  afterwards: ${plan.platform.aftermath}`] : []),
  ].join('\n');
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
