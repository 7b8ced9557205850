// The revisions that a service could go back to, as the store knows them: when each was live, and how it fared.
import { minuteOf, type RunRecord, type StoredBaseline } from '../kit/index.ts';

/** One revision that was seen live. Times are epoch milliseconds. */
export interface Candidate {
  revision: string;
  /** Seen live last. */
  seenAt: number;
  /** What the newest run that looked at it said. */
  verdict: string;
  label?: string;
}

/** Newest first, each revision once; never what is live now. */
export const candidatesOf = (
  records: readonly RunRecord[],
  baseline: StoredBaseline | undefined,
  live: string,
): Candidate[] => {
  const seen = [
    ...records.flatMap(sightings),
    ...(baseline?.live === undefined ? [] : [{ revision: baseline.live, at: Date.parse(baseline.takenAt) }]),
  ];
  const newest = new Map<string, number>();
  for (const { revision, at } of seen) newest.set(revision, Math.max(at, newest.get(revision) ?? 0));
  return [...newest]
    .filter(([revision]) => revision !== live)
    .sort(([, a], [, b]) => b - a)
    .map(([revision, seenAt]) => ({ revision, seenAt, ...judged(revision, records) }));
};

const sightings = ({ release, startedAt, finishedAt }: RunRecord): { revision: string; at: number }[] => [
  ...(release.to === undefined ? [] : [{ revision: release.to, at: Date.parse(startedAt) }]),
  ...(release.liveAtEnd === undefined ? [] : [{ revision: release.liveAtEnd, at: Date.parse(finishedAt) }]),
];

/** What the newest run of a release said, and the release's name. */
export const judged = (revision: string, records: readonly RunRecord[]): Pick<Candidate, 'verdict' | 'label'> => {
  const record = records.find(({ verb, release, shadow }) => verb === 'run' && release.from === revision && !shadow);
  if (!record) return { verdict: 'not judged by a run that is kept' };
  const { label } = record.release;
  return { verdict: verdictOf(record), ...(label === '' || label === revision ? {} : { label }) };
};

const verdictOf = ({ decision, rollback, finishedAt, overrides }: RunRecord): string => {
  const day = minuteOf(finishedAt);
  if (decision.action === 'pass') return `${overrides.length > 0 ? 'passed in part' : 'PASSED'} ${day}`;
  if (decision.action === 'block') return `blocked ${day}`;
  return rollback?.state === 'ROLLED_BACK' || rollback?.state === 'UNVERIFIED'
    ? `WAS ROLLED BACK ${day}`
    : `failed ${day}`;
};
