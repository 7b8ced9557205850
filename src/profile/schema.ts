// The keys of a profile beside those that kinds, sources and platforms bring, with all defaults.
import * as z from 'zod';
import { argvSchema, durationSchema, positiveDuration, secretUrl, shareSchema, someText } from '../kit/index.ts';

/** Keys of a check that belong to the engine, not to the kind. */
export const reservedKeys = [
  'use',
  'kind',
  'title',
  'why',
  'next',
  'every',
  'timeout',
  'failAfter',
  'onFail',
  'onInconclusive',
  'onError',
  'coveredBy',
  'sufficientAlone',
  'enabled',
] as const;

const failAfter = z.number().int().min(1).max(1000);

const optionalText = someText().optional();

const texts = z.array(someText()).default([]);

/** The reserved keys of a check. `every`, `failAfter` and `sufficientAlone` fall back to the kind and to `hold`. */
export const checkSchema = z.strictObject({
  use: optionalText,
  kind: someText(),
  title: optionalText,
  why: optionalText,
  next: optionalText,
  every: positiveDuration().optional(),
  timeout: positiveDuration().prefault('10s'),
  failAfter: failAfter.optional(),
  onFail: z.enum(['rollback', 'block', 'warn']).default('rollback'),
  onInconclusive: z.enum(['block', 'warn']).default('block'),
  onError: z.enum(['block', 'warn']).default('block'),
  coveredBy: texts,
  sufficientAlone: z.boolean().optional(),
  enabled: z.boolean().default(true),
});

export type CheckKeys = z.output<typeof checkSchema>;

const holdKeys = z.strictObject({
  warmup: durationSchema().prefault('10s'),
  for: positiveDuration().prefault('60s'),
  every: positiveDuration().prefault('5s'),
  failAfter: failAfter.default(3),
  /** Default: 3 × `every` of each check. */
  errorGrace: durationSchema().optional(),
  deadline: positiveDuration().prefault('5m'),
});

/** `hold: once`: one sample of each check, no waiting. */
const once = { warmup: 0, for: 0, every: 5000, failAfter: 1, errorGrace: 0, deadline: 60_000 } as const;

const holdSchema = z.union([z.literal('once').transform(() => ({ ...once })), holdKeys]);

/** Lower-case parts of file names and locks; no separators in them. */
const nameSchema = z.string().regex(/^[\w][\w.-]*$/, 'must be a name of letters, digits, ".", "_" and "-"');

const alphaSchema = shareSchema().refine((share) => share > 0 && share <= 0.2, 'must be above 0% and at most 20%');

/** Milliseconds. Guards count the rollbacks of the last hour, and a baseline may be a day old. */
const shortestKeep = 86_400_000;

const shortKeep = 'must be at least 1d: what limits automatic rollbacks is read from what is kept';

/** The keys at the top, without `checks` and `rollback`, which are validated on their own. */
export const topSchema = z.strictObject({
  $schema: z.string().optional(),
  service: nameSchema,
  baseline: positiveDuration().prefault('15s'),
  rollout: positiveDuration().prefault('15m'),
  hold: holdSchema.prefault({}),
  alpha: alphaSchema.prefault('1%'),
  store: z
    .strictObject({
      durable: z.boolean().default(false),
      keep: z
        .strictObject({
          runs: z.number().int().min(1).max(100_000).default(200),
          for: durationSchema()
            .refine((ms) => ms >= shortestKeep, shortKeep)
            .prefault('90d'),
        })
        .prefault({}),
    })
    .prefault({}),
});

export type TopKeys = z.output<typeof topSchema>;

/** Where results are told. */
export const notifySchema = z.strictObject({ slack: secretUrl().optional(), json: secretUrl().optional() });

/** Keys at the top that have a schema of their own. */
export const otherTopKeys = ['vars', 'extends', 'plugins', 'checks', 'rollback', 'notify', 'environments'] as const;

/** Keys that an environment cannot overlay: they say what a profile is made of. */
export const fixedKeys = ['$schema', 'extends', 'plugins', 'environments'] as const;

/** Whether the release can be taken back: declared, told by a command (exit 0 and the line `reversible`), or by migrations. */
const reversibleSchema = z.union(
  [
    z.boolean(),
    z.strictObject({ declared: z.boolean(), reason: someText() }),
    z.strictObject({ command: argvSchema() }),
    z.strictObject({ postgres: secretUrl(), newest: someText() }),
    z.strictObject({ mysql: secretUrl(), newest: someText() }),
  ],
  'must be true, false, { declared: true, reason: TEXT }, { command: [PROGRAM, …] } or { postgres: URL, newest: SQL } (or mysql)',
);

/** Something outside the release that would fail, too, when the cause is not the release. */
const oneControl = [z.strictObject({ status: secretUrl() }), z.strictObject({ command: argvSchema() })] as const;

const controlSchema = z.union(
  [z.strictObject({ none: someText() }), ...oneControl, z.array(z.union(oneControl)).min(1).max(20)],
  'must be { status: URL }, { command: [PROGRAM, …] }, a list of those, or { none: REASON }',
);

/** The keys of `rollback` beside the one platform. */
export const rollbackSchema = z.strictObject({
  mode: z.enum(['shadow', 'ask', 'auto']).default('ask'),
  reversible: reversibleSchema.optional(),
  control: controlSchema.optional(),
  allowClientFence: z.boolean().default(false),
  validFor: positiveDuration().prefault('1h'),
  perEnvironment: z.number().int().min(1).max(1000).default(3),
  deadline: positiveDuration().prefault('15m'),
  verify: z
    .strictObject({ for: positiveDuration().prefault('30s'), deadline: positiveDuration().prefault('3m') })
    .prefault({}),
  mitigations: texts,
  evidence: z.array(argvSchema()).max(20).default([]),
});

export type RollbackKeys = z.output<typeof rollbackSchema>;
