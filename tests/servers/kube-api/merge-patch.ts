// The part of Kubernetes' strategic merge patch that helm uses: lists of named things are merged by their names.
type Named = Record<string, unknown>;

const isObject = (value: unknown): value is Named =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNamedList = (value: unknown): value is Named[] =>
  Array.isArray(value) && value.length > 0 && value.every((each) => isObject(each) && 'name' in each);

const mergeNamed = (before: readonly Named[], changes: readonly Named[]): Named[] => {
  const gone = changes.filter((each) => each['$patch'] === 'delete').map(({ name }) => name);
  const rest = changes.filter((each) => each['$patch'] !== 'delete');
  const known = before.map(({ name }) => name);
  return [
    ...before
      .filter(({ name }) => !gone.includes(name))
      .map((each) => mergePatch(each, rest.find(({ name }) => name === each['name']) ?? {}) as Named),
    ...rest.filter(({ name }) => !known.includes(name)),
  ];
};

/** What stands after the patch; null removes a key, and the order that `$setElementOrder` asks for is left as it is. */
export const mergePatch = (before: unknown, patch: unknown): unknown => {
  if (isNamedList(patch) && isNamedList(before)) return mergeNamed(before, patch);
  if (!isObject(patch)) return patch;
  const merged: Named = { ...(isObject(before) ? before : {}) };
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue;
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
};
