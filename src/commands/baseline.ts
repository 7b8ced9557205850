// `holdpoint baseline`: what is seen before a deploy, kept for the run that verifies it.
import { resolve } from 'node:path';
import type { StoredBaseline } from '../kit/index.ts';
import { baseline } from '../run/index.ts';
import { type Context, signalCode } from './context.ts';
import { engineInput } from './run.ts';
import { type CommonOptions, usable, withEnvFile, withSession } from './session.ts';
import { told } from './told.ts';

export interface BaselineOptions extends CommonOptions {
  release?: string;
  out?: string;
}

/** Captures, stores, and says what was kept. Exit code 0: a baseline of a sick service is a baseline, too. */
export const baselineCommand = async (name: string, options: BaselineOptions, given: Context): Promise<number> => {
  const context = await withEnvFile(options.envFile, given);
  return withSession('baseline', name, options, context, async (opened) => {
    const input = engineInput('run', opened, context, options.release);
    const taken = await baseline({ ...input, permission: { rollback: false }, overrides: [], shadow: false });
    const interrupted = signalCode(context);
    if (interrupted !== undefined) {
      context.stderr.write('interrupted: no baseline was kept\n');
      return interrupted;
    }
    if (context.faults.signal.aborted) {
      context.stderr.write('holdpoint or a plugin broke: no baseline was kept\n');
      return 1;
    }
    const kept = await usable(opened.store, () => opened.store.saveBaseline(taken));
    context.stderr.write(`${sentence(taken, kept, opened.store.where)}\n`);
    if (options.out !== undefined) await writeOut(options.out, opened.redactor.json(taken), context);
    return 0;
  });
};

const writeOut = (out: string, taken: StoredBaseline, { cwd, io }: Context): Promise<void> =>
  told('--out', () => io.files.write(resolve(cwd, out), `${JSON.stringify(taken, null, 2)}\n`));

const sentence = (
  { live, release, checks, service, environment }: StoredBaseline,
  kept: 'saved' | 'kept',
  where: string,
): string => {
  const what = `${service}/${environment}: ${live === undefined ? 'no platform is named, so the live revision is not known' : `${live} is live`}`;
  const looked = Object.entries(checks).map(
    ([id, { samples }]) =>
      `${id} ${samples.some((sample) => sample.missed !== undefined) ? 'could not be seen' : 'seen'}`,
  );
  const fate =
    kept === 'saved' ? `kept for ${release} in ${where}` : `an earlier baseline for ${release} in ${where} stays`;
  return `baseline ${what}; ${looked.join(', ')}; ${fate}`;
};
