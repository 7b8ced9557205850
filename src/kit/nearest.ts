// The nearest known name for a mistyped one, as the end of a message.

/** `did you mean "login"?`, or the known names when none is near. */
export const nearest = (name: string, known: readonly string[]): string => {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  if (best && best.distance <= Math.max(2, Math.floor(name.length / 3))) return `did you mean "${best.candidate}"?`;
  return `known: ${[...known].sort().join(', ') || 'none'}`;
};

/** Levenshtein distance; names here are short. */
const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, right] of [...b].entries()) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (left === right ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};
