// The merged profile as one tree: for its hash, for `--show`, and for the places that messages name.
import { createHash } from 'node:crypto';
import type { MergedCheck } from './check-layers.ts';
import { type MapTree, plain } from './tree.ts';

/** The top with all checks in it. */
export const wholeTree = (top: MapTree, checks: readonly MergedCheck[]): MapTree => {
  const written = top.entries.get('checks');
  const entries = new Map(checks.map(({ id, tree }) => [id, { key: tree.origin, value: tree }]));
  const value: MapTree = { type: 'map', origin: written?.value.origin ?? top.origin, entries };
  return { ...top, entries: new Map([...top.entries, ['checks', { key: written?.key ?? top.origin, value }]]) };
};

/** The same text for the same data, whatever the order of its keys. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
};

/** sha256 over the merged, unresolved profile: no secret is in it. */
export const hashOf = (whole: MapTree, environment: string): string =>
  createHash('sha256')
    .update(canonical([environment, plain(whole)]))
    .digest('hex');
