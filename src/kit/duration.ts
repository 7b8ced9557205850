// Durations as people write them, read without any library: the command line needs nothing else to start.

const durationUnits: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `5s`, `250ms`, `1m30s`, `2h`, `7d` → milliseconds. */
export const parseDuration = (text: string): number | undefined => {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g);
  return [...parts].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (durationUnits[unit ?? ''] ?? Number.NaN),
    0,
  );
};
