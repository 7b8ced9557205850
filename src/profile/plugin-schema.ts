// The contract of a plugin as a schema: what has to be there before any of it is called.
import * as z from 'zod';

/** The lists of parts that a plugin may bring. */
export const contracts = ['kinds', 'sources', 'platforms', 'reporters'] as const;
export type Contract = (typeof contracts)[number];

const isFunction = (value: unknown): boolean => typeof value === 'function';
const method = () => z.custom(isFunction, 'must be a function');
const sentence = () => z.string('must be a text').min(1, 'must not be empty');

/** zod 4 of any copy: recognised by its fields. */
const isSchema = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && '_zod' in value && 'safeParseAsync' in value;
const schema = () => z.custom(isSchema, 'must be a zod 4 schema');

const name = () =>
  z.string('must be a text').regex(/^[a-z][a-z0-9-]*$/, 'must be of lower-case letters, digits and "-"');
const version = () => z.literal(1, 'must be 1: another version of this contract is not known here');

const kindSchema = () =>
  z.looseObject({
    holdpointKind: version(),
    name: name(),
    layer: z.enum(['database', 'pool', 'service', 'user'], 'must be database, pool, service or user'),
    about: sentence(),
    example: sentence(),
    spec: schema(),
    reasons: z.record(z.string(), z.string(), 'must be a map of sentences by reason'),
    baseline: z.enum(['look', 'window'], 'must be look or window').optional(),
    every: z.number('must be a number of milliseconds').positive('must be above 0').optional(),
    sufficientAlone: z.boolean('must be true or false').optional(),
    hypotheses: method().optional(),
    leastTime: method().optional(),
    traffic: method().optional(),
    open: method(),
    judge: method(),
    charts: method().optional(),
  });

const sourceSchema = () =>
  z.looseObject({
    holdpointSource: version(),
    name: name(),
    about: sentence(),
    example: sentence(),
    settings: schema(),
    open: method(),
  });

const platformSchema = () =>
  z.looseObject({
    holdpointPlatform: version(),
    name: name(),
    about: sentence(),
    example: sentence(),
    settings: schema(),
    fence: z.enum(['server', 'client'], 'must be server or client'),
    aftermath: sentence().optional(),
    open: method(),
  });

const reporterSchema = () =>
  z.looseObject({
    holdpointReporter: version(),
    name: name(),
    about: sentence(),
    writes: z.enum(['prose', 'machine'], 'must be prose or machine'),
    open: method(),
    appends: z.array(z.looseObject({ env: sentence(), open: method() })).optional(),
    shared: z.literal(true, 'must be true or absent').optional(),
    push: method().optional(),
    plugin: z
      .looseObject({
        exitCode: method(),
        noAnswer: z.looseObject({ exitCode: z.number().int().min(0).max(255), line: method() }),
      })
      .optional(),
  });

const list = (part: z.ZodType) => z.array(part, 'must be a list').optional();

/** The `default` or `plugin` export of a plugin. */
export const pluginSchema = () =>
  z.strictObject({
    holdpointPlugin: version(),
    name: sentence(),
    kinds: list(kindSchema()),
    sources: list(sourceSchema()),
    platforms: list(platformSchema()),
    reporters: list(reporterSchema()),
  });
