// The exit codes with their meaning: one table for reports, `explain`, the demo and the docs.

/** What each exit code means; fixed for good, because pipelines branch on them. */
export const exitMeanings: Readonly<Record<number, string>> = {
  0: 'passed',
  1: 'a bug in holdpoint or in a plugin (the stack is shown)',
  2: 'usage or configuration: nothing was checked',
  10: 'blocked: a check failed',
  11: 'blocked: could not tell (inconclusive)',
  12: 'blocked: could not measure (error)',
  13: 'blocked: failing since before this release',
  20: 'rolled back and verified',
  21: 'rolled back, checks still failing: page',
  22: 'rollback refused by a guard or a person: page',
  23: 'rollback failed, or its state is unknown: page',
  75: 'another run holds the lock',
  130: 'interrupted by SIGINT; the record says how far it came',
  143: 'interrupted by SIGTERM; the record says how far it came',
};
