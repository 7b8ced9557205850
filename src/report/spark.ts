// A row of small bars: how a number went.

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** The last `width` values as bars between 0 (or the lowest, when below) and the highest. An unchanging row is low. */
export const sparkline = (values: readonly number[], width: number): string => {
  const shown = width > 0 ? values.filter(Number.isFinite).slice(-width) : [];
  const low = Math.min(0, ...shown);
  const high = Math.max(...shown);
  const scale = high > low ? (bars.length - 1) / (high - low) : 0;
  return shown.map((value) => bars[Math.round((value - low) * scale)]).join('');
};
