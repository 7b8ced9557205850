// zod's issues → problems in the words of a person, at the place where the value was written.
import { nearest } from '../kit/index.ts';
import type { Problems } from './problems.ts';
import { childrenOf, knownKeys, type Shape } from './shape.ts';
import { keyAt, type MapTree, originAt, type Path, scalars, type Tree, valueAt } from './tree.ts';

/** The fields of zod 4's issues that are read here. */
export interface Issue {
  code?: string | undefined;
  path: readonly PropertyKey[];
  message: string;
  expected?: string;
  keys?: readonly string[];
  values?: readonly unknown[];
  errors?: readonly (readonly Issue[])[];
  origin?: string;
  minimum?: number | bigint;
  maximum?: number | bigint;
  inclusive?: boolean;
  format?: string;
  params?: { onlyKeys?: boolean } | undefined;
}

/** What was validated, and where it stands. */
export interface Validated {
  tree: MapTree;
  /** Path of `tree` in the profile: `checks.login`. */
  path: Path;
  shapes: readonly Shape[];
  /** From a path of zod's to the one that the author wrote. */
  authored?: (path: Path) => Path;
}

const names: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
  tuple: 'a list',
};

const isDefault = (message: string): boolean => /^(Invalid|Too (small|big)|Unrecognized)/.test(message);

const kindOf = (tree: Tree): string => {
  if (tree.type !== 'scalar') return tree.type === 'map' ? 'a map' : 'a list';
  if (tree.value === null) return 'empty';
  return typeof tree.value === 'string' ? 'text' : typeof tree.value === 'number' ? 'a number' : String(tree.value);
};

const listed = (words: readonly string[]): string => [...new Set(words)].join(' or ');

const mustBe = (expected: string, value: Tree | undefined): string =>
  value === undefined ? `is missing; must be ${expected}` : `must be ${expected}, not ${kindOf(value)}`;

const bound = ({ code, origin, minimum, maximum, inclusive }: Issue): string => {
  const limit = code === 'too_small' ? minimum : maximum;
  const side = code === 'too_small' ? (inclusive ? 'at least' : 'more than') : inclusive ? 'at most' : 'less than';
  if (code === 'too_small' && limit === 1 && origin !== 'number') return 'must not be empty';
  const unit = origin === 'string' ? ' characters' : origin === 'number' || origin === 'int' ? '' : ' entries';
  return origin === 'number' || origin === 'int' ? `must be ${side} ${limit}` : `must have ${side} ${limit}${unit}`;
};

const oneOf = (values: readonly unknown[], value: Tree | undefined): string => {
  const allowed = values.map(String);
  const written = value?.type === 'scalar' && typeof value.value === 'string' ? value.value : undefined;
  if (written === undefined || allowed.length === 1) return mustBe(listed(allowed), value);
  return `must be ${listed(allowed)}, not "${written}"; ${nearest(written, allowed)}`;
};

/** The expected types of issues that are about the value as a whole. */
const expectedTypes = (issues: readonly Issue[]): string[] =>
  issues.flatMap((issue) => {
    if (issue.code === 'invalid_union') return (issue.errors ?? []).flatMap(expectedTypes);
    if (issue.path.length > 0) return [];
    if (issue.code === 'invalid_value') return (issue.values ?? []).map(String);
    return issue.expected === undefined ? [] : [names[issue.expected] ?? issue.expected];
  });

/** `{ cookie }` for a map of that key. */
const formText = ({ form, keys }: Shape): string => (form === 'map' ? `{ ${keys.join(', ')} }` : 'a plain value');

const sentenceOf = (issue: Issue, value: Tree | undefined, shapes: readonly Shape[]): string => {
  const { code = '', message } = issue;
  if (!isDefault(message)) return value === undefined && code === 'invalid_type' ? `is missing; ${message}` : message;
  if (code === 'invalid_type') return mustBe(names[issue.expected ?? ''] ?? `${issue.expected}`, value);
  if (code === 'invalid_value') return oneOf(issue.values ?? [], value);
  if (code === 'invalid_union') return mustBe(listed(expectedTypes([issue])) || listed(shapes.map(formText)), value);
  if (code === 'too_small' || code === 'too_big') return bound(issue);
  if (code === 'invalid_format') return issue.format === 'regex' ? message : `must be a valid ${issue.format}`;
  return message;
};

const keysOf = (path: readonly PropertyKey[]): Path =>
  path.map((part) => (typeof part === 'number' ? part : String(part)));

const isBelow = (path: Path, top: Path): boolean => top.every((part, index) => String(part) === String(path[index]));

/**
 * Unresolved values: what a schema says of a placeholder, or of a map as a whole that holds one, is not told; but what it
 * says of the keys alone (`params: { onlyKeys: true }`) holds whatever the values will be.
 */
const isVoid = (issue: Issue, path: Path, unresolved: readonly Path[]): boolean =>
  issue.params?.onlyKeys !== true &&
  unresolved.some((place) => isBelow(path, place) || (issue.code === 'custom' && isBelow(place, path)));

/** How far a value is from an option of a union: a wrong type as a whole is farthest, then unknown keys. */
const farness = (issues: readonly Issue[], depth: number): number =>
  issues.reduce((sum, { path, code, keys }) => {
    if (path.length > depth) return sum + 1;
    return sum + (code === 'unrecognized_keys' ? 10 * (keys?.length ?? 1) : code === 'custom' ? 1 : wrongType);
  }, 0);

const wrongType = 1000;

/** The issues of the option that the value comes nearest to; undefined when it is near to none or to several. */
const nearestOption = (options: readonly Issue[][], depth: number): Issue[] | undefined => {
  const ranked = [...options].sort((a, b) => farness(a, depth) - farness(b, depth));
  const [best, second] = ranked;
  if (best === undefined || farness(best, depth) >= wrongType) return undefined;
  return second === undefined || farness(best, depth) < farness(second, depth) ? best : undefined;
};

/** Issues as they are to be told: unions opened where one option was meant, what hangs on placeholders left out. */
const opened = (issues: readonly Issue[], base: Path, isVoidAt: (issue: Issue, path: Path) => boolean): Issue[] =>
  issues.flatMap((issue) => {
    const path = [...base, ...keysOf(issue.path)];
    if (isVoidAt(issue, path)) return [];
    if (issue.code !== 'invalid_union' || !isDefault(issue.message)) return [{ ...issue, path }];
    const options = (issue.errors ?? []).map((option) => opened(option, path, isVoidAt));
    if (options.some((option) => option.length === 0)) return [];
    return nearestOption(options, path.length) ?? [{ ...issue, path }];
  });

const shapesAt = (shapes: readonly Shape[], path: Path): readonly Shape[] =>
  path.reduce<readonly Shape[]>(childrenOf, shapes);

/** Keys of one map that are told; looking for the nearest known name takes its time. */
const mostUnknown = 100;

const tellUnknownKeys = (
  issue: Issue,
  { tree, path, shapes, authored = (same) => same }: Validated,
  problems: Problems,
): void => {
  const here = authored(keysOf(issue.path));
  const known = knownKeys(shapesAt(shapes, here));
  for (const key of (issue.keys ?? []).slice(0, mostUnknown)) {
    const full = [...here, key];
    problems.add(`unknown key "${key}"; ${nearest(key, known)}`, keyAt(tree, full), [...path, ...full]);
  }
};

/** Adds every issue as a problem; says whether there was one. */
export const tellIssues = (issues: readonly Issue[], validated: Validated, problems: Problems): boolean => {
  const { tree, path, shapes, authored = (same) => same } = validated;
  const unresolved = scalars(tree).flatMap((found) => (found.scalar.unresolved ? [found.path] : []));
  const toTell = opened(issues, [], (issue, at) => isVoid(issue, authored(at), unresolved));
  for (const issue of toTell) {
    const here = authored(keysOf(issue.path));
    if (issue.code === 'unrecognized_keys') tellUnknownKeys(issue, validated, problems);
    else {
      const sentence = sentenceOf(issue, valueAt(tree, here), shapesAt(shapes, here));
      problems.add(sentence, originAt(tree, here), [...path, ...here]);
    }
  }
  return toTell.length > 0;
};
