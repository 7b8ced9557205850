// Why a rollback ended as it did: each reason code with what it means and what to do.

/** Reasons of REFUSED: a guard or a person said no, and nothing was changed. */
const refusals = {
  no_target:
    'No other revision was captured before the deploy, so that there is nothing to return to. Take a `holdpoint baseline` before each deploy, or name one: `holdpoint rollback PROFILE --to REVISION`.',
  from_unknown:
    'The platform could not tell which revision was under test. Without it nobody can be protected from being overwritten. Look at the `live` command of the platform.',
  live_unknown: 'The platform could not tell what is live now. Run its `live` command by hand.',
  superseded:
    'Something else is live than the revision under test: somebody has deployed or gone back already. Ask who did; run `holdpoint check` on what is live now.',
  target_missing:
    'The captured revision can no longer be returned to: it was cleaned up. Keep more old releases, or deploy the wanted one again.',
  managed_elsewhere:
    'Something else decides what is live (Argo CD with auto-sync, Flux, a Helm release, an operator) and would undo this rollback, or be broken by it. Do what the sentence says: mostly, revert in Git.',
  platform_unclear:
    'The platform did not answer, within 32 s, whether it may act or whether the target is still there. Run `holdpoint doctor`, or its commands by hand.',
  irreversible:
    'This release is declared, or was found, to be a one-way door (a migration that the target did not have, say). Roll forward, or use one of the mitigations of the profile.',
  reversibility_unknown:
    'Nobody could say whether going back is safe: `rollback.reversible` is missing, its command did not print the line `reversible` and end with 0, or the newest migration could not be read. Silence is no consent.',
  not_permitted:
    'The profile or the surroundings do not allow this rollback: the mode, the fence, or a rollback from within a rollback.',
  frozen:
    'Automatic rollbacks of this service are frozen (`holdpoint freeze`). A person may go back all the same; `holdpoint freeze SERVICE --lift` ends it.',
  expired:
    'The deploy is older than `rollback.validFor`: other things have changed since. Look yourself; by hand the age does not count.',
  environment_budget:
    'So many services of this environment were rolled back automatically within the hour (`rollback.perEnvironment`) that the cause is probably something they share. Look at databases, network, certificates.',
  deploy_in_progress:
    'Some instances run what is neither the release under test nor the target: another deploy is under way. Wait for its end, then ask again.',
  budget:
    'This service was rolled back automatically less than an hour ago. A second time points to something else than the release: look yourself.',
  flap: 'The target was itself rolled back, or the release under test was put in place by a rollback, and has not passed since. Rolling back and forth helps nobody: look yourself.',
  human_declined: 'The person who was asked said no.',
  locked: 'Another process is carrying out a rollback of this service, or took this one over. Wait for its end.',
  no_journal:
    'The journal could not be written, so that a killed rollback could not be resumed, or another version of holdpoint has written it. Look at the disk of the store, and at the version.',
} as const;

/** Reasons of FAILED: something was done, and its result is not what it should be. */
const failures = {
  undo_failed:
    'The command or step that goes back failed, and the release under test is still live. The acts in the record show its output.',
  not_live:
    'The way back was ordered, but the target was not live everywhere within `rollback.deadline`. The last reading of the platform says what is live.',
} as const;

const others = {
  interrupted:
    'A signal ended holdpoint in the middle. The journal says how far it came: the same command again continues or refuses.',
  drill: 'Everything but the act was done, as asked by `--drill`.',
  live_lost:
    'The target was live and its checks were held again, but afterwards the platform could not tell what is live. Run its `live` command by hand.',
  still_failing: 'The target is live and the checks still fail: the release was not the cause, or not the only one.',
} as const;

/** All reason codes of a rollback with their meaning, for `holdpoint explain`. */
export const reasons: Readonly<Record<string, string>> = { ...refusals, ...failures, ...others };

export type Refusal = keyof typeof refusals;

/** Every reason that a report may give; empty when all went well. */
export type Reason = Refusal | keyof typeof failures | keyof typeof others | '';
