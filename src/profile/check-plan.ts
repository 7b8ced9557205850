// A merged check → a check that is ready to run.
import { type AnyKind, type CheckPlan, duration, type Timings } from '../kit/index.ts';
import type { MergedCheck } from './check-layers.ts';
import { literalSecrets } from './literal-secrets.ts';
import { type Loading, type Missing, missingIn, missingText, tellMissing } from './loading.ts';
import { type CheckKeys, checkSchema, reservedKeys } from './schema.ts';
import { learnSecrets } from './secret-fields.ts';
import { validateSpec } from './spec.ts';
import { isUnresolved, type MapTree, type Path, pick, plain, type Tree } from './tree.ts';
import { type Result, validate } from './validate.ts';

const isReserved = (key: string): boolean => (reservedKeys as readonly string[]).includes(key);

/** A literal `enabled: false` (also by a variable) drops a check before its secrets are asked for. */
export const isEnabled = async ({ id, tree }: MergedCheck, loading: Loading): Promise<boolean> => {
  const written = tree.entries.get('enabled')?.value;
  const resolved = written && (await loading.resolver.resolve(written, ['checks', id, 'enabled']));
  return !(resolved?.type === 'scalar' && resolved.value === false);
};

/** Values that are not resolved are left to the defaults: nothing can be said of them. */
const validateReserved = ({ shapes }: MergedCheck, tree: MapTree, path: Path, { problems }: Loading) => {
  const reserved = pick(tree, (key, value) => isReserved(key) && !isUnresolved(value));
  const against = { what: 'a check', input: plain(reserved), tree: reserved, path, shapes };
  return validate<CheckKeys>({ schema: checkSchema, ...against }, problems);
};

/** In `check` a missing value costs the one check; the sentence says which. Everywhere else it is a problem. */
const unavailable = (missing: readonly Missing[], path: Path, { verb, problems }: Loading): string | undefined => {
  if (missing.length === 0) return undefined;
  if (verb === 'check') return missing.map((one) => missingText(one, path)).join('; ');
  tellMissing(missing, path, problems);
  return undefined;
};

/** `hold: once` takes one sample of each check, whatever the check says. */
const failAfterOf = (keys: CheckKeys, { hold }: Timings): number =>
  hold.for === 0 ? hold.failAfter : (keys.failAfter ?? hold.failAfter);

const planOf = (
  { id, kind }: MergedCheck,
  keys: CheckKeys,
  spec: Result<unknown>,
  timings: Timings,
  errorGrace: number | undefined,
): CheckPlan => {
  const every = keys.every ?? kind.every ?? timings.hold.every;
  return {
    id,
    kind,
    spec: spec.is === 'valid' ? spec.value : undefined,
    title: keys.title ?? id,
    ...(keys.why === undefined ? {} : { why: keys.why }),
    ...(keys.next === undefined ? {} : { next: keys.next }),
    every,
    timeout: keys.timeout,
    failAfter: failAfterOf(keys, timings),
    errorGrace: errorGrace ?? 3 * every,
    onFail: keys.onFail,
    onInconclusive: keys.onInconclusive,
    onError: keys.onError,
    coveredBy: keys.coveredBy,
    sufficientAlone: keys.sufficientAlone ?? kind.sufficientAlone ?? false,
  };
};

const tellTooOften = (
  kind: AnyKind,
  { every }: CheckPlan,
  own: MapTree,
  tree: MapTree,
  path: Path,
  loading: Loading,
) => {
  const least = kind.leastEvery?.(plain(own));
  if (least === undefined || every >= least.every) return;
  const origin = tree.entries.get('every')?.value.origin ?? tree.origin;
  const text = `${duration(every)} is too often: ${least.because}; the least is ${duration(least.every)}`;
  loading.problems.add(text, origin, [...path, 'every']);
};

const outlineOf = (kind: AnyKind, own: MapTree, { verb }: Loading): Pick<CheckPlan, 'outline'> =>
  verb === 'validate' && kind.outline ? { outline: () => kind.outline?.(plain(own)) ?? [] } : {};

/** The plan of a check; undefined when a problem was added. `errorGrace`: where the profile names one. */
export const planCheck = async (
  check: MergedCheck,
  timings: Timings,
  errorGrace: number | undefined,
  loading: Loading,
): Promise<CheckPlan | undefined> => {
  const path: Path = ['checks', check.id];
  const resolved: Tree = await loading.resolver.resolve(check.tree, path);
  if (resolved.type !== 'map') return undefined;
  learnSecrets(resolved, check.shapes, loading.redactor, check.id);
  // At 3 a.m. it helps nobody.
  if (loading.verb !== 'check') loading.warnings.push(...literalSecrets(check.tree, check.shapes, path));
  const own = pick(resolved, (key) => !isReserved(key));
  const keys = await validateReserved(check, resolved, path, loading);
  const spec = await validateSpec({ kind: check.kind, tree: own, path, shapes: check.shapes }, loading);
  const because = unavailable(missingIn(resolved), path, loading);
  if (keys.is !== 'valid') return undefined;
  const plan = { ...planOf(check, keys.value, spec, timings, errorGrace), ...outlineOf(check.kind, own, loading) };
  tellTooOften(check.kind, plan, own, resolved, path, loading);
  return because === undefined ? plan : { ...plan, unavailable: because };
};
