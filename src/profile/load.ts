// From the name of a profile to a validated profile: the steps in order, all problems at once.
import { createRedactor, type Profile, type Timings } from '../kit/index.ts';
import { planChecks } from './checks.ts';
import { environmentNames, withEnvironment } from './environments.ts';
import { findProfile, type FoundProfile } from './find.ts';
import { readLayers } from './layers.ts';
import type { Loading, LoadRequest } from './loading.ts';
import { mergeAll } from './merge.ts';
import { withPlugins } from './plugins.ts';
import { createProblems } from './problems.ts';
import { createResolver } from './resolve.ts';
import { planRollback } from './rollback-plan.ts';
import { type TopKeys, topSchema } from './schema.ts';
import { showOutlines, showTree } from './show.ts';
import { tellTogether } from './together.ts';
import { planNotify, planTop, topShapes } from './top.ts';
import { emptyMap, type MapTree, pick } from './tree.ts';
import { hashOf, wholeTree } from './whole.ts';

export interface Loaded {
  profile: Profile;
  /** The merged profile as YAML, redacted, with the origin (file:line:column) of each value. */
  show(): string;
}

/** The name where a profile is used without one of its environments. */
const noEnvironment = 'default';

const varsOf = (top: MapTree, { problems }: Pick<Loading, 'problems'>): MapTree => {
  const entry = top.entries.get('vars');
  if (entry?.value.type === 'map') return entry.value;
  if (entry) problems.add('must be a map of texts and numbers', entry.key, ['vars']);
  return emptyMap(top.origin);
};

/** What the layers say, before anything is validated. */
interface Written {
  layers: MapTree[];
  top: MapTree;
  loading: Loading;
}

const warnings = (found: FoundProfile, names: readonly string[]): string[] =>
  found.environment === undefined && names.length > 0
    ? [`no environment was named: the profile is used without the overlay of ${[...names].sort().join(' or ')}`]
    : [];

const stoodIn = 'not known here, and stood in for by values that only look right: ';

/** One sentence names all of them. */
const tellStandIn = (told: string[], written: string): void => {
  const place = told.findIndex((text) => text.startsWith(stoodIn));
  const names = told[place]?.slice(stoodIn.length).split(', ') ?? [];
  const text = `${stoodIn}${[...new Set([...names, written])].join(', ')}`;
  told.splice(place < 0 ? told.length : place, place < 0 ? 0 : 1, text);
};

const write = async (request: LoadRequest, found: FoundProfile): Promise<Written> => {
  const { io, registry: builtIn, resolve, parsed, standIns } = request;
  const { root, file, environment } = found;
  const problems = createProblems();
  const redactor = request.redactor ?? createRedactor();
  const all = await readLayers(file, { io, root, problems, parsed });
  const own = all.at(-1);
  if (own === undefined || problems.count > 0) return problems.throwIfAny((text) => redactor.text(text)) as never;
  const registry = await withPlugins(builtIn, all, { io, problems });
  const layers = withEnvironment(all, environment, problems, own.origin).map((layer) =>
    pick(layer, (key) => key !== 'plugins'),
  );
  const top = mergeAll(layers, topShapes(registry)) ?? own;
  const vars = varsOf(top, { problems });
  const told = warnings(found, environmentNames(all, problems));
  const onStandIn = standIns === true ? (written: string) => tellStandIn(told, written) : undefined;
  const resolver = createResolver({ vars, problems, io, root, redactor, resolve, onStandIn });
  return { layers, top, loading: { ...request, root, file, registry, problems, redactor, resolver, warnings: told } };
};

const timingsOf = ({ baseline, rollout, hold }: TopKeys): Timings => ({
  baseline,
  rollout,
  hold: { ...hold, errorGrace: hold.errorGrace ?? 3 * hold.every },
});

const nameOf = ({ name, environment }: FoundProfile): string =>
  environment === undefined ? name : `${name}/${environment}`;

/** What the profile says, unless the command's store answers by itself; undefined where neither is known. */
const durableIn = (known: TopKeys | undefined, { durableStore }: Loading): boolean | undefined =>
  durableStore === true ? true : known?.store.durable;

/** Defaults where the top cannot be known, so that the problems of checks are told, too. */
const fallback = (): TopKeys => topSchema.parse({ service: 'unknown' });

const plan = async ({ layers, top: tree, loading }: Written, found: FoundProfile): Promise<Loaded> => {
  const known = await planTop(tree, loading);
  const top = known ?? fallback();
  const timings = timingsOf(top);
  const rollback = await planRollback(tree, durableIn(known, loading), loading);
  const notify = await planNotify(tree, loading);
  const checks = await planChecks(layers, timings, top.hold.errorGrace, loading);
  const whole = wholeTree(tree, checks.merged);
  tellTogether({ ...checks, whole, timings: known && timings, rollback }, loading.problems);
  const { redactor, problems, registry, root } = loading;
  problems.throwIfAny((text) => redactor.text(text));
  const environment = found.environment ?? noEnvironment;
  const profile: Profile = {
    name: nameOf(found),
    file: found.file,
    root,
    // Validating asks for no hash, and loading node:crypto costs a tenth of its time.
    get hash() {
      return hashOf(whole, environment);
    },
    service: top.service,
    environment,
    checks: checks.plans,
    timings,
    alpha: top.alpha,
    ...(rollback ? { rollback } : {}),
    store: top.store,
    notify,
    registry,
    warnings: loading.warnings,
  };
  return { profile, show: () => redactor.text(`${showTree(whole)}${showOutlines(checks.plans)}`) };
};

/**
 * Loads a profile. Throws a UsageError with all problems at once, each with file, line, column, path, what is wrong and
 * what was expected.
 */
export const loadProfile = async (request: LoadRequest): Promise<Loaded> => {
  const found = await findProfile(request.name, request.cwd, request.io.files);
  return plan(await write({ parsed: new Map(), ...request }, found), found);
};
