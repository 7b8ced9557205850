// JSON patch (RFC 6902) as an API server applies it: whole or not at all, and a failed `test` says what it tested.
import { isDeepStrictEqual } from 'node:util';

export interface Operation {
  op: string;
  path: string;
  value?: unknown;
}

/** A `test` did not hold, or a path leads nowhere. */
export class PatchFailed extends Error {}

type Container = Record<string, unknown>;

const steps = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

const placeOf = (root: unknown, path: string): { parent: Container; key: string } => {
  const all = steps(path);
  const key = all.pop() ?? '';
  const parent = all.reduce<unknown>((value, step) => (value as Container | undefined)?.[step], root);
  if (typeof parent !== 'object' || parent === null) throw new PatchFailed(`${path}: missing value`);
  return { parent: parent as Container, key };
};

const applyOne = (root: unknown, { op, path, value }: Operation): void => {
  const { parent, key } = placeOf(root, path);
  if (op === 'test') {
    if (!isDeepStrictEqual(parent[key], value)) throw new PatchFailed(`testing value ${path} failed: test failed`);
  } else if (op === 'add' || op === 'replace') {
    if (op === 'replace' && !(key in parent)) throw new PatchFailed(`replace operation does not apply: ${path}`);
    parent[key] = value;
  } else if (op === 'remove') delete parent[key];
  else throw new PatchFailed(`unexpected kind: ${op}`);
};

/** A changed copy. Throws `PatchFailed`. */
export const applyPatch = <T>(object: T, operations: readonly Operation[]): T => {
  const copy = structuredClone(object);
  for (const operation of operations) applyOne(copy, operation);
  return copy;
};
