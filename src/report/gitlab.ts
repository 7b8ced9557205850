// The reporter `gitlab`: variables for later jobs of a pipeline, as a dotenv report.
import type { Reporter, RunRecord } from '../kit/index.ts';
import { atEnd } from './at-end.ts';
import { exitReason, rolledBackTo, verdictWord } from './ending.ts';

export const gitlab: Reporter = {
  holdpointReporter: 1,
  name: 'gitlab',
  about: 'for GitLab CI: lines NAME=value for artifacts:reports:dotenv, at the end',
  writes: 'machine',
  open: (out) =>
    atEnd(out, (record, saved) =>
      variables(record, saved)
        .map((line) => `${line}\n`)
        .join(''),
    ),
};

/** Characters of a value: GitLab refuses a file of 5 KiB or more, and more than 20 variables. */
const longest = 500;

const variables = (record: RunRecord, saved: string | undefined): string[] =>
  Object.entries({
    HOLDPOINT_VERDICT: verdictWord(record),
    HOLDPOINT_EXIT_CODE: String(record.exitCode),
    HOLDPOINT_EXIT_REASON: exitReason(record),
    HOLDPOINT_RUN: record.runId,
    HOLDPOINT_RECORD: saved,
    HOLDPOINT_LIVE: record.release.liveAtEnd,
    HOLDPOINT_ROLLED_BACK_TO: rolledBackTo(record),
  }).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${name}=${allowed(value)}`]));

/**
 * GitLab keeps quotes as they are, knows no escapes and expands `$NAME` in later jobs: what is not plain printable ASCII
 * becomes `_`. See https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv.
 */
const allowed = (value: string): string => value.replace(/[^ -~]|["'`$\\#]/gu, '_').slice(0, longest);
