// Validates the keys of a check that belong to its kind, with the metric source that it names.
import { type AnyKind, type AnySource, nearest } from '../kit/index.ts';
import { settingsKeys, sourceNames, takesSource } from './check-shapes.ts';
import type { Loading } from './loading.ts';
import { knownKeys, type Shape, shapesOf } from './shape.ts';
import { type Entry, isUnresolved, type MapTree, type Path, pick, plain } from './tree.ts';
import { type Result, validate } from './validate.ts';

/** The kind's part of one check. */
export interface OwnKeys {
  kind: AnyKind;
  /** The check without its reserved keys, resolved. */
  tree: MapTree;
  path: Path;
  shapes: readonly Shape[];
}

/** The source that a check names, with what the author wrote under its name. */
interface NamedSource {
  name: string;
  source: AnySource;
  tree: MapTree;
}

const wrong = { is: 'wrong' } as const;

const tellSeveral = (names: readonly string[], { tree, path }: OwnKeys, { problems }: Loading): void => {
  const [first, ...others] = names;
  for (const name of others) {
    const text = `a check reads one metric source; ${first} is named, too`;
    problems.add(text, tree.entries.get(name)?.key, [...path, name]);
  }
};

/** The one source of a check; undefined when it names none; `wrong` when a problem was added. */
const namedSource = (own: OwnKeys, loading: Loading): NamedSource | undefined | typeof wrong => {
  const { kind, tree, path } = own;
  const sources = sourceNames(kind, loading.registry);
  const names = [...tree.entries.keys()].filter((name) => sources.includes(name));
  const [name] = names;
  if (name === undefined) return undefined;
  if (names.length > 1) {
    tellSeveral(names, own, loading);
    return wrong;
  }
  const source = loading.registry.sources.get(name)?.part;
  const { key, value } = tree.entries.get(name) as Entry;
  if (source && value.type === 'map') return { name, source, tree: value };
  loading.problems.add(`must be a map of the keys of the source ${name}`, key, [...path, name]);
  return wrong;
};

/** From zod's `from.settings.url` and `from.query.total` to the author's `prometheus.url` and `prometheus.total`. */
const authoredIn =
  (name: string) =>
  (path: Path): Path => {
    const [from, part, ...rest] = path;
    if (from !== 'from') return path;
    return part === 'settings' || part === 'query' ? [name, ...rest] : [name];
  };

const validateSettings = ({ name, source, tree }: NamedSource, { path }: OwnKeys, { problems }: Loading) => {
  const keys = settingsKeys(source);
  const settings = pick(tree, (key) => keys.includes(key));
  const what = `the settings of ${name}`;
  const against = { schema: source.settings, what, input: plain(settings), tree: settings, path: [...path, name] };
  return validate<unknown>({ ...against, shapes: shapesOf(source.settings) }, problems);
};

const withSource = async (own: OwnKeys, named: NamedSource, loading: Loading): Promise<Result<unknown>> => {
  const { kind, tree, path, shapes } = own;
  const settings = await validateSettings(named, own, loading);
  const keys = settingsKeys(named.source);
  const from = {
    source: named.name,
    settings: settings.is === 'valid' ? settings.value : plain(pick(named.tree, (key) => keys.includes(key))),
    ...(named.source.selects === undefined ? {} : { selects: named.source.selects }),
    ...(named.source.queries === undefined ? {} : { queries: named.source.queries }),
    query: plain(pick(named.tree, (key) => !keys.includes(key))),
  };
  const input = { ...(plain(pick(tree, (key) => key !== named.name)) as object), from };
  const what = `the settings of ${kind.name}`;
  const spec = await validate<unknown>(
    { schema: kind.spec, what, input, tree, path, shapes, authored: authoredIn(named.name) },
    loading.problems,
  );
  return settings.is === 'wrong' ? settings : settings.is === 'unknown' && spec.is === 'valid' ? settings : spec;
};

/** A kind that cannot do without a source says so by a missing `from`. */
const needsSource = async ({ kind, tree }: OwnKeys): Promise<boolean> => {
  if (!takesSource(kind) || isUnresolved(tree)) return false;
  const result = await kind.spec.safeParseAsync(plain(tree));
  return !result.success && result.error.issues.some(({ path, code }) => path[0] === 'from' && code === 'invalid_type');
};

const tellNoSource = ({ kind, tree, path, shapes }: OwnKeys, { problems, registry }: Loading): void => {
  const names = sourceNames(kind, registry).sort();
  const strangers = [...tree.entries].filter(([key]) => !knownKeys(shapes).includes(key));
  for (const [key, { key: origin }] of strangers)
    problems.add(`there is no metric source "${key}"; ${nearest(key, names)}`, origin, [...path, key]);
  const text = `names no metric source; a check of kind ${kind.name} needs one of ${names.join(', ')}`;
  if (strangers.length === 0) problems.add(text, tree.origin, path);
};

const withoutSource = async (own: OwnKeys, loading: Loading): Promise<Result<unknown>> => {
  const { kind, tree, path, shapes } = own;
  if (await needsSource(own)) {
    tellNoSource(own, loading);
    return wrong;
  }
  const against = { schema: kind.spec, what: `the settings of ${kind.name}`, input: plain(tree), tree, path, shapes };
  return validate<unknown>(against, loading.problems);
};

/** The kind's validated settings. */
export const validateSpec = async (own: OwnKeys, loading: Loading): Promise<Result<unknown>> => {
  const from = takesSource(own.kind) ? own.tree.entries.get('from') : undefined;
  if (from) {
    loading.problems.add('write the metric source by its name, like `scrape: { … }`', from.key, [...own.path, 'from']);
    return wrong;
  }
  const named = namedSource(own, loading);
  if (named === undefined) return withoutSource(own, loading);
  return 'is' in named ? named : withSource(own, named, loading);
};
