// The reasons that the engine itself gives, each with what it means and what to do: for `explain` and the docs.

export const engineReasons: Readonly<Record<string, string>> = {
  no_checks: 'No check was left to look at, so nothing was proven. Look at --only, --skip and `enabled: false`.',
  no_samples: 'The check has not been looked at yet.',
  not_live:
    'The revision that was live before the deploy is still live: nothing new was deployed. Look at the deploy command and at the platform, not at the checks.',
  rollout_incomplete:
    'Not every replica runs the new revision within `rollout`. Look at the platform: image pulls, readiness, quotas.',
  rollout_stuck:
    'The new revision is in place, but not every replica runs it within `rollout`. The checks are judged all the same: they may ask for a rollback; without that it blocks. Look at the log of the release: it may not start.',
  superseded:
    'Another revision is live than the one under test: somebody deployed during the run. Run again for what is live now.',
  rollout_unreadable: 'The live revision could not be read from the platform. Look at its credentials and commands.',
  deploy_failed:
    'The deploy command did not end with 0. Nothing was verified. Where it left another revision live than before, going back is offered: a person decides.',
  by_hand: 'A person asked for the rollback with `holdpoint rollback`.',
  deadline: 'The checks were not all green together for `hold.for` before `hold.deadline`.',
  stopped_early: 'The run ended before this check had enough samples, because a rollback was decided.',
  record_ends:
    'A replay only: the recorded samples end before the profile would have decided. Nothing is concluded from their absence.',
  interrupted: 'The run was ended by a signal. The record says how far it came.',
  internal_error:
    'Something was thrown where nobody waits for it, by a plugin or by holdpoint, so the run was ended: nothing is known of the release, and nothing was rolled back. The place that is named says whose bug it is; the stack stands on stderr.',
  control_failing: 'The control fails, too, so the fault is not in this release alone, and a rollback would not help.',
  rollback_withheld: 'A rollback would be right, but this run may not carry it out. The report prints the command.',
  unavailable: 'A value that the check needs (a secret, a variable) is missing. Only this check could not look.',
  open_failed:
    'What the check needs could not be opened. Look at the sentence: it names the address or the permission.',
  too_slow: 'The look did not come back within the check’s timeout and ignored its end signal.',
  bug: 'The kind threw an unexpected error. Please report it with the sentence.',
  bad_verdict: 'The kind (of a plugin) gave a verdict that cannot be used. Report it to the package that is named.',
  bad_look: 'The kind (of a plugin) gave a look that is not plain data. Report it to the package that is named.',
};
