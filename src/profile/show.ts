// Prints a merged profile as YAML with the place where each value was written.
import type { CheckPlan } from '../kit/index.ts';
import { type MapTree, positionOf, type ScalarTree, type Tree } from './tree.ts';

/** Origins stand in one column where the values are not longer. */
const originColumn = 60;

/** Texts that mean themselves in YAML without quotes: no numbers, no words with a meaning, no signs that YAML reads. */
const isPlainText = (text: string): boolean =>
  /^[\w./][\w./%-]*(?: [\w./%-]+)*$/.test(text) &&
  !/^(?:true|false|null|yes|no|on|off|y|n|\.nan|\.inf|0[xo].*|[\d.][\d.e_-]*)$/i.test(text);

const scalarText = ({ value }: ScalarTree): string =>
  typeof value === 'string' && isPlainText(value) ? value : JSON.stringify(value);

const withOrigin = (text: string, tree: Tree): string => `${text.padEnd(originColumn)}  # ${positionOf(tree.origin)}`;

const isEmpty = (tree: Tree): boolean =>
  (tree.type === 'list' && tree.items.length === 0) || (tree.type === 'map' && tree.entries.size === 0);

const lines = (head: string, tree: Tree, indent: string): string[] => {
  if (tree.type === 'scalar') return [withOrigin(`${head} ${scalarText(tree)}`, tree)];
  if (isEmpty(tree)) return [withOrigin(`${head} ${tree.type === 'list' ? '[]' : '{}'}`, tree)];
  if (tree.type === 'map') return [head, ...mapLines(tree, `${indent}  `)];
  return [head, ...tree.items.flatMap((item) => lines(`${indent}  -`, item, `${indent}  `))];
};

const mapLines = (tree: MapTree, indent: string): string[] =>
  [...tree.entries].flatMap(([key, { value }]) => {
    const name = /^[\w./-]+$/.test(key) ? key : JSON.stringify(key);
    return lines(`${indent}${name}:`, value, indent);
  });

/** The profile as one text; references stand as they were written. */
export const showTree = (tree: MapTree): string => `${mapLines(tree, '').join('\n')}\n`;

const outlineLines = ({ id, outline }: CheckPlan): string[] => {
  const steps = outline?.() ?? [];
  return steps.length === 0
    ? []
    : [`# ${id}, step by step:`, ...steps.map((line, index) => `#   ${index + 1}. ${line}`)];
};

/** What the checks do that say so, as comments; empty without any. */
export const showOutlines = (checks: readonly CheckPlan[]): string => {
  const all = checks.flatMap(outlineLines);
  return all.length === 0 ? '' : `${all.join('\n')}\n`;
};
