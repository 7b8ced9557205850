// May this run roll back? The profile says at most what is allowed; flags and the situation only ever lower it.
import type { Profile } from '../kit/index.ts';
import type { Permission } from '../run/index.ts';

export interface PermissionFlags {
  rollback: boolean;
  shadow: boolean;
  /** `--only` or `--skip` left checks out. */
  partial: boolean;
  /** A person sits at the terminal and can be asked. */
  terminal: boolean;
}

/** The permission with the reason when it is withheld. */
export const permissionOf = ({ rollback: plan, name }: Profile, flags: PermissionFlags): Permission => {
  const refusals: [boolean, string][] = [
    [plan === undefined, `${name} has no rollback section`],
    [!flags.rollback, '--no-rollback was given'],
    [flags.shadow, '--shadow was given: nothing is acted on'],
    [flags.partial, '--only or --skip was given: a part of the checks never rolls back'],
    [plan?.mode === 'shadow', 'rollback.mode is shadow: this is what would have been rolled back'],
    [plan?.mode === 'ask' && !flags.terminal, 'rollback.mode is ask, and there is no terminal to ask on'],
  ];
  const refused = refusals.find(([applies]) => applies);
  if (refused) return { rollback: false, because: refused[1] };
  return flags.terminal ? { rollback: true, asked: true } : { rollback: true };
};
