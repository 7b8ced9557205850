// The form of a record (`holdpoint.record/1`) as a zod schema: what is published for those who read records.
import * as z from 'zod';
import type { RunRecord } from '../../kit/index.ts';

const time = () => z.iso.datetime().describe('ISO 8601, UTC');
const text = () => z.string();

const outcome = ['pass', 'fail', 'inconclusive', 'error'] as const;
const layer = ['database', 'pool', 'service', 'user'] as const;

const sample = () =>
  z.object({
    at: time(),
    ms: z.number().describe('how long the look took, milliseconds'),
    phase: text().describe('baseline, deploy, rollout, warmup, hold, last or verify'),
    group: text().exactOptional(),
    seen: z.json().exactOptional().describe('what was seen; its form belongs to the kind'),
    missed: z.object({ by: text(), reason: text(), because: text() }).exactOptional(),
  });

const part = () =>
  z.object({
    name: text(),
    outcome: z.enum([...outcome, 'skipped']),
    because: text(),
    ms: z.number().exactOptional(),
  });

const point = () => z.object({ at: z.number(), value: z.number(), bad: z.literal(true).exactOptional() });

const chart = () =>
  z.object({
    title: text(),
    unit: text(),
    limit: z.number().exactOptional(),
    baseline: z.number().exactOptional(),
    stacked: z.literal(true).exactOptional(),
    series: z.array(z.object({ name: text(), points: z.array(point()) })),
  });

const check = () =>
  z.object({
    id: text(),
    kind: text(),
    layer: z.enum(layer),
    title: text(),
    why: text().exactOptional(),
    outcome: z.enum([...outcome, 'skipped']),
    reason: text().describe('a code; `holdpoint explain CODE` tells more'),
    because: text().describe('the sentence: the number, the limit, what was seen'),
    next: text().exactOptional().describe('where to look first'),
    attribution: z.enum(['introduced', 'preexisting', 'unknown', 'none']),
    onFail: z.enum(['rollback', 'block', 'warn', 'none']),
    action: z.enum(['rollback', 'block', 'warn', 'none']),
    value: z.number().exactOptional(),
    limit: z.number().exactOptional(),
    unit: text().exactOptional(),
    baseline: z.object({
      from: z.enum(['captured', 'derived', 'control', 'none']),
      value: z.number().exactOptional(),
      samples: z.array(sample()),
    }),
    parts: z.array(part()),
    charts: z.array(chart()),
    samples: z.array(sample()),
  });

const states = () =>
  z.enum([
    'PLANNED',
    'FENCED',
    'EXECUTING',
    'EXECUTED',
    'WAITING',
    'VERIFYING',
    'ROLLED_BACK',
    'UNVERIFIED',
    'REFUSED',
    'FAILED',
    'WITHHELD',
  ]);

const act = () =>
  z.object({
    at: time(),
    argv: z.array(text()),
    exit: z.number().exactOptional(),
    signal: text().exactOptional(),
    timedOut: z.boolean().exactOptional(),
    ms: z.number(),
    outTail: text(),
  });

const rollback = () =>
  z.object({
    state: states(),
    reason: text().describe('a code; empty when it went well'),
    because: text(),
    from: text().exactOptional(),
    to: text().exactOptional(),
    fence: z.enum(['server', 'client']).exactOptional(),
    verified: z.boolean(),
    guards: z.array(z.object({ name: text(), ok: z.boolean(), because: text() })),
    acts: z.array(act()),
    aftermath: text().exactOptional(),
    evidence: z
      .object({
        at: time(),
        live: text(),
        checks: z.record(text(), z.array(sample())),
        commands: z.array(act()),
        missing: z.array(text()),
      })
      .exactOptional()
      .describe('what was seen just before the act'),
    mitigations: z.array(text()).exactOptional(),
    manual: text().exactOptional(),
  });

const lastCounted = () =>
  z
    .object({
      runId: text(),
      at: time(),
      title: text(),
      unit: text(),
      limit: z.number().exactOptional(),
      of: z.array(z.object({ name: text(), value: z.number() })),
    })
    .describe(
      'by hand, where nobody could be counted now: who held the connections when a run of the last day counted last',
    );

const plan = () =>
  z.object(
    Object.fromEntries(
      ['baseline', 'rollout', 'warmup', 'for', 'every', 'failAfter', 'errorGrace', 'deadline'].map((key) => [
        key,
        z.number(),
      ]),
    ) as Record<keyof RunRecord['plan'], z.ZodNumber>,
  );

/** The schema of a record. Later versions of the same format only add fields. */
export const recordSchema = (): z.ZodType<RunRecord> =>
  z.object({
    format: z.literal('holdpoint.record/1'),
    runId: text(),
    verb: z.enum(['run', 'check', 'rollback']),
    service: text(),
    environment: text(),
    profile: text(),
    actor: z.object({ kind: z.enum(['ci', 'person']), name: text(), url: text().exactOptional() }),
    release: z.object({
      label: text(),
      from: text().exactOptional().describe('the revision under test'),
      to: text().exactOptional().describe('the captured revision to go back to'),
      liveAtEnd: text().exactOptional(),
    }),
    startedAt: time(),
    finishedAt: time(),
    decision: z.object({
      action: z.enum(['pass', 'block', 'rollback']),
      because: z.array(z.object({ check: text(), reason: text(), text: text() })),
      withheld: text().exactOptional(),
    }),
    diagnosis: z.object({ layer: z.enum([...layer, 'none']), headline: text(), next: z.array(text()) }),
    checks: z.array(check()),
    rollback: rollback().exactOptional(),
    plan: plan().describe('milliseconds, but for failAfter'),
    marks: z.array(z.object({ at: time(), name: text(), data: z.json().exactOptional() })),
    notes: z
      .array(z.object({ at: time(), level: z.enum(['info', 'warn']), text: text() }))
      .exactOptional()
      .describe('what was told to people beside the verdicts, the newest 50'),
    deployOutput: z.array(text()).exactOptional().describe('the last 40 lines that the deploy command printed'),
    comparedWith: z.object({ runId: text(), finishedAt: time(), label: text() }).exactOptional(),
    lastCounted: lastCounted().exactOptional(),
    watchedUntil: time().exactOptional(),
    overrides: z.array(text()),
    shadow: z.boolean(),
    interrupted: z.enum(['SIGINT', 'SIGTERM']).exactOptional(),
    exitCode: z.number().int(),
    tool: z.object({ version: text(), profileHash: text() }),
  });
