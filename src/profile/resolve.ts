// Replaces `${…}` in a tree by values; what cannot be had stays a placeholder that says why.
import { nearest } from '../kit/index.ts';
import type { Problems } from './problems.ts';
import { mayRefer, type Piece, piecesOf, variablesIn } from './references.ts';
import { lookUp, type OutsideReference, type SecretsWorld } from './secrets.ts';
import type { MapTree, Path, ScalarTree, Tree, Unresolved } from './tree.ts';

export interface ResolverOptions extends SecretsWorld {
  vars: MapTree;
  problems: Problems;
  /** false: offline, only variables that are written out are known. */
  resolve: boolean;
  /** Told the reference, each time that a value which cannot be had is replaced by one that only looks right. */
  onStandIn?: ((written: string) => void) | undefined;
}

export interface Resolver {
  /** The tree with all references replaced. `path`: where it stands in the profile, for messages. */
  resolve(tree: Tree, path: Path): Promise<Tree>;
}

/** The value of a piece. A variable that is a number or true/false keeps its type when it stands alone. */
type Value = { value: string | number | boolean } | Unresolved;

/** Stands for a value that is not known: whatever a schema says of it is not told. */
const placeholder = 'unresolved';

/** At the beginning of a text: looks right as a secret and a URL. Further on: as a host, a number and a port. */
const standIn = { first: 'http://not-known.invalid', later: '1' };

const told = (because: string): Unresolved => ({ why: 'told', because });

const isValue = (value: Value): value is { value: string | number | boolean } => 'value' in value;

/** The ways along which variables refer to themselves, each told at the variable that closes it. */
const circles = (vars: MapTree): Map<string, readonly string[]> => {
  const found = new Map<string, readonly string[]>();
  const done = new Set<string>();
  const visit = (name: string, way: readonly string[]): void => {
    if (way.includes(name)) found.set(name, [...way.slice(way.indexOf(name)), name]);
    if (way.includes(name) || done.has(name)) return;
    const value = vars.entries.get(name)?.value;
    const names = value?.type === 'scalar' && typeof value.value === 'string' ? variablesIn(value.value) : [];
    for (const next of names) visit(next, [...way, name]);
    done.add(name);
  };
  for (const name of vars.entries.keys()) visit(name, []);
  return found;
};

/** Circles among variables as problems; the variables on them are never resolved. */
const tellCircles = (vars: MapTree, problems: Problems): Set<string> => {
  const found = circles(vars);
  for (const [name, way] of found) {
    problems.add(`refers to itself: ${way.join(' → ')}`, vars.entries.get(name)?.value.origin, ['vars', name]);
  }
  return new Set([...found.values()].flat());
};

const unknownVariable = (name: string, vars: MapTree): string =>
  `\${${name}} is not in vars; ${nearest(name, [...vars.entries.keys()])}`;

/** Variables that refer to unknown ones are wrong even when nobody uses them. */
const tellUnknown = (vars: MapTree, problems: Problems): void => {
  for (const [name, { value }] of vars.entries) {
    const names = value.type === 'scalar' && typeof value.value === 'string' ? variablesIn(value.value) : [];
    const unknown = names.filter((other) => !vars.entries.has(other));
    for (const other of unknown) problems.add(unknownVariable(other, vars), value.origin, ['vars', name]);
  }
};

/** Whether anything in it is to be replaced. */
const refers = (tree: Tree): boolean => {
  if (tree.type === 'scalar') return typeof tree.value === 'string' && mayRefer(tree.value);
  if (tree.type === 'list') return tree.items.some(refers);
  for (const { value } of tree.entries.values()) if (refers(value)) return true;
  return false;
};

/** A resolver for one profile. Every outside value is looked up once. */
export const createResolver = (options: ResolverOptions): Resolver => {
  const { vars, problems } = options;
  const inCircle = tellCircles(vars, problems);
  tellUnknown(vars, problems);
  const lookedUp = new Map<string, Promise<Value>>();

  const outside = async (reference: OutsideReference, written: string): Promise<Value> => {
    if (!options.resolve) return { why: 'offline', because: `${written} is not resolved offline` };
    if (options.onStandIn && reference.by === 'exec') return { why: 'missing', because: `${written} is not run` };
    const found = await lookUp(reference, options);
    return 'value' in found ? found : { why: 'missing', because: `${found.missing} (${written})` };
  };

  const variable = async (name: string, at: ScalarTree, path: Path): Promise<Value> => {
    if (inCircle.has(name)) return told(`the variable ${name} refers to itself`);
    const value = vars.entries.get(name)?.value;
    if (value?.type === 'scalar' && value.value !== null) return scalarValue(value, ['vars', name]);
    const text = value ? `the variable ${name} is not a text or a number` : unknownVariable(name, vars);
    problems.add(text, at.origin, path);
    return told(text);
  };

  const pieceValue = async (piece: Piece, at: ScalarTree, path: Path): Promise<Value> => {
    if ('text' in piece) return { value: piece.text };
    if ('wrong' in piece) {
      problems.add(piece.wrong, at.origin, path);
      return told(piece.wrong);
    }
    const { reference, written } = piece;
    if (reference.by === 'var') return variable(reference.name, at, path);
    const known = lookedUp.get(written) ?? outside(reference, written);
    lookedUp.set(written, known);
    return known;
  };

  const replaced = (value: Value, isFirst: boolean): Value => {
    if (isValue(value) || value.why !== 'missing') return value;
    options.onStandIn?.(/\$\{[^}]*\}/.exec(value.because)?.[0] ?? value.because);
    return { value: isFirst ? standIn.first : standIn.later };
  };

  const scalarValue = async (scalar: ScalarTree, path: Path): Promise<Value> => {
    if (typeof scalar.value !== 'string' || !mayRefer(scalar.value)) return { value: scalar.value ?? '' };
    const found = await Promise.all(piecesOf(scalar.value).map((piece) => pieceValue(piece, scalar, path)));
    const values = options.onStandIn ? found.map((value, place) => replaced(value, place === 0)) : found;
    const [only] = values;
    if (values.length === 1 && only) return only;
    const unknown = values.find((value) => !isValue(value));
    return unknown ?? { value: values.map((value) => (isValue(value) ? String(value.value) : '')).join('') };
  };

  const resolveScalar = async (scalar: ScalarTree, path: Path): Promise<ScalarTree> => {
    if (typeof scalar.value !== 'string' || !mayRefer(scalar.value)) return scalar;
    const value = await scalarValue(scalar, path);
    return isValue(value) ? { ...scalar, ...value } : { ...scalar, value: placeholder, unresolved: value };
  };

  const resolve = async (tree: Tree, path: Path): Promise<Tree> => {
    if (!refers(tree)) return tree;
    if (tree.type === 'scalar') return resolveScalar(tree, path);
    if (tree.type === 'list') {
      const items = await Promise.all(tree.items.map((item, index) => resolve(item, [...path, index])));
      return { ...tree, items };
    }
    const entries = await Promise.all(
      [...tree.entries].map(async ([key, entry]) => {
        return [key, { ...entry, value: await resolve(entry.value, [...path, key]) }] as const;
      }),
    );
    return { ...tree, entries: new Map(entries) };
  };

  return { resolve };
};
