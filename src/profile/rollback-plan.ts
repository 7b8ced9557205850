// The `rollback:` section → a plan: one platform, and what automatic acting needs.
import { type AnyPlatform, nearest, type RollbackPlan } from '../kit/index.ts';
import { type Loading, missingIn, missingText, tellMissing } from './loading.ts';
import { type RollbackKeys, rollbackSchema } from './schema.ts';
import { learnSecrets } from './secret-fields.ts';
import { shapesOf } from './shape.ts';
import { rollbackShapes } from './top.ts';
import { type Entry, type MapTree, originAt, type Path, pick, plain } from './tree.ts';
import { validate } from './validate.ts';

const top: Path = ['rollback'];

/** The one platform that the section names; undefined when a problem was added. */
const platformOf = (
  tree: MapTree,
  { registry, problems }: Loading,
): { platform: AnyPlatform; entry: Entry } | undefined => {
  const known = [...registry.platforms.keys()];
  const names = [...tree.entries.keys()].filter((name) => known.includes(name));
  const [name = '', second] = names;
  const platform = registry.platforms.get(name)?.part;
  const entry = tree.entries.get(name);
  if (second !== undefined) {
    const text = `a service is deployed by one platform; ${names.join(' and ')} are named`;
    problems.add(text, tree.entries.get(second)?.key, [...top, second]);
  } else if (platform && entry) return { platform, entry };
  else if (!tellStrangers(tree, known, problems))
    problems.add(`names no platform; known: ${[...known].sort().join(', ') || 'none'}`, tree.origin, top);
  return undefined;
};

/** Keys that were probably meant to be a platform. */
const tellStrangers = (tree: MapTree, known: readonly string[], problems: Loading['problems']): boolean => {
  const own = Object.keys(rollbackSchema.shape);
  const strangers = [...tree.entries].filter(([key, { value }]) => !own.includes(key) && value.type === 'map');
  for (const [key, { key: origin }] of strangers)
    problems.add(`there is no platform "${key}"; ${nearest(key, known)}`, origin, [...top, key]);
  return strangers.length > 0;
};

const reversibleOf = (written: RollbackKeys['reversible']): RollbackPlan['reversible'] => {
  if (written === undefined) return { by: 'nobody' };
  if (typeof written === 'boolean') return { by: 'declaration', reversible: written };
  if ('command' in written) return { by: 'command', argv: written.command };
  if ('postgres' in written)
    return { by: 'migrations', server: 'postgres', url: written.postgres, sql: written.newest };
  if ('mysql' in written) return { by: 'migrations', server: 'mysql', url: written.mysql, sql: written.newest };
  return { by: 'declaration', reversible: written.declared, reason: written.reason };
};

const planOf = (keys: RollbackKeys, platform: AnyPlatform, settings: unknown): RollbackPlan => ({
  mode: keys.mode,
  platform,
  settings,
  reversible: reversibleOf(keys.reversible),
  control: keys.control,
  allowClientFence: keys.allowClientFence,
  validFor: keys.validFor,
  perEnvironment: keys.perEnvironment,
  deadline: keys.deadline,
  verify: keys.verify,
  mitigations: keys.mitigations,
  evidence: keys.evidence,
});

const validateKeys = (tree: MapTree, { registry, problems }: Loading) => {
  const own = Object.keys(rollbackSchema.shape);
  // Maps that are neither are told as platforms that do not exist.
  const keys = pick(tree, (key, value) => own.includes(key) || (!registry.platforms.has(key) && value.type !== 'map'));
  const against = { schema: rollbackSchema, what: 'rollback', input: plain(keys), tree: keys, path: top };
  return validate<RollbackKeys>({ ...against, shapes: rollbackShapes(registry) }, problems);
};

const validateSettings = (platform: AnyPlatform, { key, value }: Entry, { problems }: Loading) => {
  const path = [...top, platform.name];
  const what = `the settings of ${platform.name}`;
  if (value.type === 'map')
    return validate<unknown>(
      { schema: platform.settings, what, input: plain(value), tree: value, path, shapes: shapesOf(platform.settings) },
      problems,
    );
  problems.add('must be a map of the keys of the platform', key, path);
  return undefined;
};

/** What automatic acting needs, each with its own sentence. */
const autoNeeds = (
  keys: RollbackKeys,
  platform: AnyPlatform,
  durable: boolean | undefined,
): [met: boolean, text: string][] => {
  const { reversible, control } = keys;
  const declared = reversibleOf(reversible);
  return [
    [
      durable !== false,
      'auto needs a store that outlives the run: say `store: { durable: true }` where .holdpoint/ is kept, else use mode: ask',
    ],
    [
      declared.by !== 'nobody' && !(declared.by === 'declaration' && !declared.reversible),
      'auto needs rollback.reversible: true, { declared: true, reason: … }, { command: […] } that prints `reversible`, or { postgres: URL, newest: SQL } (or mysql)',
    ],
    [
      control !== undefined,
      'auto needs rollback.control: { status: URL }, { command: […] }, a list of those, or { none: REASON }',
    ],
    [
      platform.fence === 'server' || keys.allowClientFence,
      `auto needs a fence on the server; ${platform.name} compares on our side only: say allowClientFence: true to accept the race`,
    ],
  ];
};

const tellAuto = (
  keys: RollbackKeys,
  platform: AnyPlatform,
  durable: boolean | undefined,
  tree: MapTree,
  { problems }: Loading,
) => {
  if (keys.mode !== 'auto') return;
  for (const [met, text] of autoNeeds(keys, platform, durable))
    if (!met) problems.add(text, originAt(tree, ['mode']), [...top, 'mode']);
};

/** `check` never acts: what it cannot know of the rollback is a warning, everywhere else a problem. */
const isIncomplete = (tree: MapTree, { verb, problems, warnings }: Loading): boolean => {
  const missing = missingIn(tree);
  if (verb !== 'check') tellMissing(missing, top, problems);
  else if (missing.length > 0)
    warnings.push(`${missing.map((one) => missingText(one, top)).join('; ')}; the live revision is not looked at`);
  return missing.length > 0;
};

/** `durable`: absent where it cannot be known. The plan; undefined without the section, and when a problem or (in `check`) a warning was added. */
export const planRollback = async (
  tree: MapTree,
  durable: boolean | undefined,
  loading: Loading,
): Promise<RollbackPlan | undefined> => {
  const written = tree.entries.get('rollback');
  if (!written) return undefined;
  const resolved = await loading.resolver.resolve(written.value, top);
  if (resolved.type !== 'map') {
    loading.problems.add('must be a map of keys', written.key, top);
    return undefined;
  }
  learnSecrets(resolved, rollbackShapes(loading.registry), loading.redactor, 'rollback');
  const keys = await validateKeys(resolved, loading);
  const named = platformOf(resolved, loading);
  const settings = named && (await validateSettings(named.platform, named.entry, loading));
  const incomplete = isIncomplete(resolved, loading);
  if (!named || keys.is !== 'valid') return undefined;
  tellAuto(keys.value, named.platform, durable, resolved, loading);
  return incomplete
    ? undefined
    : planOf(keys.value, named.platform, settings?.is === 'valid' ? settings.value : undefined);
};
