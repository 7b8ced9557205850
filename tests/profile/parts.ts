// Small parts for the tests of the loader: kinds, sources and platforms that only have schemas.
import * as z from 'zod';
import {
  type AnyKind,
  type AnyPlatform,
  type AnySource,
  positiveDuration,
  type Registered,
  type Registry,
  secretText,
  secretUrl,
  shareSchema,
  sourceRef,
} from '../../src/kit/index.ts';

const never = (): never => {
  throw new Error('the loader must not open or judge anything');
};

export const kind = (name: string, spec: z.ZodType, more: Partial<AnyKind> = {}): AnyKind => ({
  holdpointKind: 1,
  name,
  layer: 'service',
  about: name,
  example: '',
  spec,
  reasons: {},
  open: never,
  judge: never,
  ...more,
});

export const source = (name: string, settings: z.ZodType): AnySource => ({
  holdpointSource: 1,
  name,
  about: name,
  example: '',
  settings,
  open: never,
});

export const platform = (name: string, fence: 'server' | 'client', settings: z.ZodType): AnyPlatform => ({
  holdpointPlatform: 1,
  name,
  about: name,
  example: '',
  settings,
  fence,
  open: never,
});

const styles = z
  .strictObject({
    form: z.strictObject({ page: z.string() }).optional(),
    json: z.strictObject({ post: z.string() }).optional(),
  })
  .refine(({ form, json }) => (form === undefined) !== (json === undefined), 'needs exactly one of form, json')
  .meta({ choices: [['form', 'json']] });

export const signIn = kind(
  'sign-in',
  z.strictObject({
    target: z.string().min(1),
    account: z
      .strictObject({ username: z.string(), password: secretText() })
      .refine(({ username, password }) => username !== password, 'the password must not be the name')
      .optional(),
    login: styles.optional(),
    session: z.union([z.strictObject({ cookie: z.string() }), z.strictObject({ header: z.string() })]).optional(),
    steps: z.array(z.string()).default([]),
    budget: positiveDuration().optional(),
    limit: shareSchema().optional(),
    tries: z.number().int().min(1).max(5).default(1),
    mode: z.enum(['quick', 'full']).default('quick'),
  }),
  { sufficientAlone: true, every: 15_000, layer: 'user' },
);

export const rate = kind(
  'rate',
  z.strictObject({
    from: sourceRef(z.strictObject({ total: z.string(), errors: z.string().optional() })),
    ceiling: shareSchema().prefault('5%'),
  }),
);

export const pool = kind(
  'pool',
  z
    .strictObject({
      pgbouncer: z.strictObject({ url: secretUrl() }).optional(),
      from: sourceRef(z.strictObject({ waiting: z.string() })).optional(),
    })
    .refine(
      ({ pgbouncer, from }) => (pgbouncer === undefined) !== (from === undefined),
      'name exactly one: pgbouncer or a metric source',
    )
    .meta({ choices: [['pgbouncer', 'from']] }),
);

export const prometheus = source(
  'prometheus',
  z.strictObject({
    url: secretUrl(),
    headers: z.record(z.string(), z.string().meta({ secret: true })).default({}),
    timeout: positiveDuration().prefault('5s'),
  }),
);

export const scrape = source('scrape', z.strictObject({ url: z.string() }));

const byName = <Part extends { name: string }>(...parts: Part[]): Map<string, Registered<Part>> =>
  new Map(parts.map((part) => [part.name, { part, origin: 'holdpoint' }]));

export const registry: Registry = {
  kinds: byName(signIn, rate, pool),
  sources: byName(prometheus, scrape),
  platforms: byName(
    platform('symlink', 'client', z.strictObject({ current: z.string() })),
    platform('helm', 'server', z.strictObject({ release: z.string() })),
  ),
  reporters: new Map(),
};

/** The shipped checks of the tests. */
export const shipped = {
  'sign-in': 'kind: sign-in\ntitle: Sign in\nevery: 10s\ntries: 2\nlogin: { form: { page: /login } }\n',
  'error-rate': 'kind: rate\ntitle: Error rate\nceiling: 10%\n',
  'pool-wait': 'kind: pool\n',
};
