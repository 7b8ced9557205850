// `--only` and `--skip`: fewer checks than the profile names. Such a run never rolls back and never counts as good.
import { nearest, type Profile, UsageError } from '../kit/index.ts';

/** The profile with the selected checks, and what was overridden, for the record. */
export const select = (
  profile: Profile,
  { only, skip }: { only: readonly string[]; skip: readonly string[] },
): { profile: Profile; overrides: string[] } => {
  const ids = profile.checks.map(({ id }) => id);
  const unknown = [...only, ...skip].filter((id) => !ids.includes(id));
  if (unknown.length > 0) {
    throw new UsageError(
      unknown.map((id) => ({ text: `--only/--skip: ${profile.name} has no check "${id}"; ${nearest(id, ids)}` })),
    );
  }
  const checks = profile.checks.filter(({ id }) => (only.length === 0 || only.includes(id)) && !skip.includes(id));
  if (checks.length === 0) throw new UsageError('--only/--skip: no check is left, so nothing would be proven');
  const overrides = [...only.map((id) => `--only ${id}`), ...skip.map((id) => `--skip ${id}`)];
  return { profile: { ...profile, checks }, overrides };
};
