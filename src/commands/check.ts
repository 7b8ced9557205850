// `holdpoint check`: by hand, read-only: has the service recovered, and what next? With a profile, or with flags alone.
import { UsageError } from '../kit/index.ts';
import { flagsProfile, type ProfileFlags } from './check-flags.ts';
import type { Context } from './context.ts';
import { runCommand } from './run.ts';
import { type CommonOptions, withEnvFile } from './session.ts';

export interface CheckOptions extends CommonOptions, ProfileFlags {
  /** Milliseconds; replaces `hold.deadline`. */
  deadline?: number;
  /** Milliseconds; keeps looking for so long. */
  watch?: number;
}

/** Looks, and returns 0, 10, 11 or 12. Without a profile the flags say what to look at. */
export const checkCommand = async (
  name: string | undefined,
  options: CheckOptions,
  given: Context,
): Promise<number> => {
  const { login, user, postgres, envFile, ...rest } = options;
  const named = [login, user, postgres].some((flag) => flag !== undefined);
  if (name !== undefined && named)
    throw new UsageError('name a profile, or give --login, --user and --postgres: not both');
  const byFlags = name === undefined ? await flagsProfile(options, await withEnvFile(envFile, given)) : undefined;
  const context = byFlags?.context ?? given;
  const file = byFlags || envFile === undefined ? {} : { envFile };
  return runCommand('check', byFlags?.name ?? name ?? '', { ...rest, ...file, rollback: true, shadow: false }, context);
};
