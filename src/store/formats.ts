// What is read back from files is held against its format: a torn or foreign file must not become a record.
import * as z from 'zod';
import { someText } from '../kit/units.ts';
import type { RunRecord, StoredBaseline } from '../kit/index.ts';

const time = z.iso.datetime();

const baselineFormat = z.looseObject({
  format: z.literal('holdpoint.baseline/1'),
  service: z.string(),
  environment: z.string(),
  release: z.string(),
  takenAt: time,
  live: z.string().optional(),
  checks: z.record(z.string(), z.looseObject({ kind: z.string(), samples: z.array(z.unknown()) })),
});

const recordFormat = z.looseObject({
  format: z.literal('holdpoint.record/1'),
  runId: someText(),
  service: z.string(),
  environment: z.string(),
  startedAt: time,
  decision: z.looseObject({ action: z.enum(['pass', 'block', 'rollback']) }),
  release: z.looseObject({ label: z.string() }),
  checks: z.array(z.looseObject({ id: z.string() })),
});

const claimFormat = z.strictObject({
  owner: z.string(),
  pid: z.int(),
  host: z.string(),
  started: z.string().optional(),
  since: time,
  holds: z.boolean(),
});

/** One process's claim to a lock. */
export type Claim = z.infer<typeof claimFormat>;

/** A value, or the sentence that says why the text holds none. */
export type Read<T> = { value: T } | { problem: string };

const reader =
  <T>(format: z.ZodType) =>
  (text: string): Read<T> => {
    try {
      const value: unknown = JSON.parse(text);
      const { success, error } = format.safeParse(value);
      // The text's own value: zod would put the keys that it knows first.
      return success ? { value: value as T } : { problem: firstIssue(error) };
    } catch (error) {
      return { problem: `it is not whole JSON (${(error as Error).message})` };
    }
  };

const firstIssue = ({ issues }: z.ZodError): string => {
  const [issue] = issues;
  return issue ? `${issue.path.join('.') || 'the whole'}: ${issue.message}` : 'it has another format';
};

/** A baseline as `holdpoint baseline` wrote it, in the store or with `--out`. */
export const readBaseline = reader<StoredBaseline>(baselineFormat);
export const readRecord = reader<RunRecord>(recordFormat);
export const readClaim = reader<Claim>(claimFormat);
