// What to do after each exit code: for `holdpoint explain CODE` and for the runbooks in the documentation.

/** Steps in their order, for the person who was woken by this code. */
export const exitAdvice: Readonly<Record<number, readonly string[]>> = {
  0: [
    'Nothing. `holdpoint show --last` tells what was seen, with the caveats.',
    'In a shadow run and in a drill 0 only says that everything could be computed: read the first line.',
  ],
  1: [
    'This is a bug in holdpoint or in a plugin, not in the service. Nothing is known of the release: look at it by hand.',
    'Keep the lines with the stack and the record in `.holdpoint/runs/`, and report them to the package that the stack names.',
    'Nothing is rolled back because of it. If it ended the process during a rollback, `holdpoint check` says what is live; the same `run` continues an order that was begun.',
  ],
  2: [
    'Nothing was checked and nothing was deployed. Each line names file, line, column and what was expected.',
    '`holdpoint validate` tells all problems of all profiles at once, offline.',
    'A variable or secret that is not set is named with its place: set it for the job, or with `--env-file`.',
  ],
  10: [
    'Read the first line and the diagnosis: the deepest layer explains the ones above it. Begin with its first `next:`.',
    'If a rollback was withheld, the command to go back is printed: decide, then `holdpoint rollback PROFILE`, which proves it.',
    'If the deploy command failed, the release may be half out: look at the platform first.',
    'After a repair by hand: `holdpoint check PROFILE --watch 15m` until it says RECOVERED.',
  ],
  11: [
    'It could not be told whether the release is good: too few requests, a throttled account, nothing new was live, or the deadline. This is no proof of a fault.',
    'Read which check is inconclusive and what it `needs`. Send traffic or wait, then run again without a deploy command.',
    '`not_live`: the deploy changed nothing. Look at the deploy command, not at the checks.',
    'If it is the same check each time, name one that stands in for it (`coveredBy`), or let it only warn (`onInconclusive: warn`).',
  ],
  12: [
    'holdpoint could not look. This says nothing about the release, in either direction.',
    'Mend the instrument that is named: a metrics endpoint, a password, a permission, a certificate.',
    'Ask again with `holdpoint check PROFILE`, or run again without a deploy command.',
  ],
  13: [
    'The service was failing before this release, and going back would not help. The release may be good.',
    'Look at what changed outside of it: the database, another service, traffic. Begin with the diagnosis.',
    'When that is mended: `holdpoint check PROFILE --watch 15m`.',
  ],
  20: [
    'Nothing is urgent: the release before is live again, and the failed checks are green.',
    'Mend the cause that the diagnosis names before the release is deployed once more. Keep the record for the review.',
    'A release that was rolled back is refused as a target until it has passed.',
  ],
  21: [
    'PAGE. The release before is live again, and the checks still fail: the release was not the cause, or it left something behind.',
    'Look at what a rollback does not take back: migrations, changed data, shared configuration, a full database.',
    'Look at what else changed at that time; then `holdpoint check PROFILE --watch 15m`.',
  ],
  22: [
    'PAGE. A guard or a person refused the rollback: the bad release is still live. The first line names the reason.',
    '`holdpoint rollback PROFILE --drill` asks every guard without acting.',
    'Decide by hand: roll forward, or `holdpoint rollback PROFILE --to REVISION`. A person is not bound by an earlier refusal.',
  ],
  23: [
    'PAGE. The rollback failed, or it is not known what is live. Read what is live by hand, now.',
    'The record has every command that was run, with its exit code and the end of its output.',
    'The same call goes on where it stopped; nothing is done twice. By hand: the command under `by hand:`.',
  ],
  75: [
    'Another run for this service and environment is at work; the message names its process, host and start.',
    'Wait for it with `--wait 10m`. A lock whose process is gone is taken over by itself.',
  ],
  130: [
    'Somebody pressed Ctrl-C, or the job was cancelled (SIGINT). The record says how far it came.',
    'The release is live and unverified: run again without a deploy command, or `holdpoint check PROFILE`.',
    'In the middle of a rollback: the same call goes on with it.',
  ],
  143: [
    'The job was ended from outside (SIGTERM): a timeout of the pipeline, or a machine that went away.',
    'Give the job more time than `holdpoint validate` prints as "at most …".',
    'The release is live and unverified: run again without a deploy command, or `holdpoint check PROFILE`.',
  ],
};
