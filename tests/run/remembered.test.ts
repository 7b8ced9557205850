// History that is read once and handed out in windows.
import { describe, expect, it } from 'vitest';
import type { Json, Sample, Span } from '../../src/kit/index.ts';
import { remembered } from '../../src/run/remembered.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** A source with one unit at the end of each `unit` milliseconds, and what it was asked. */
const source = () => {
  const asked: (Span & { unit: number })[] = [];
  const past = async ({ from, to }: Span, unit: number): Promise<Sample<Json>[]> => {
    asked.push({ from, to, unit });
    return Array.from({ length: Math.floor((to - from) / unit) }, (_, at) => ({
      at: from + (at + 1) * unit,
      ms: 0,
      phase: 'baseline',
      seen: { from: from + at * unit },
    }));
  };
  return { asked, past };
};

const timesOf = (samples: readonly Sample<Json>[]): number[] => samples.map(({ at }) => at);

describe('remembered', () => {
  it('hands out the units after the beginning of a window, up to its end', async () => {
    const past = remembered(source().past, 10 * day);
    expect(timesOf(await past({ from: 5 * hour, to: 8 * hour }, hour))).toEqual([6 * hour, 7 * hour, 8 * hour]);
    expect(await past({ from: 5 * hour, to: 5 * hour }, hour)).toEqual([]);
  });

  it('asks for each day once, however many windows are taken from it', async () => {
    const { asked, past: origin } = source();
    const past = remembered(origin, 10 * day);
    for (let from = 0; from < 2 * day; from += hour) await past({ from, to: from + hour }, hour);
    expect(asked).toEqual([
      { from: 0, to: day, unit: hour },
      { from: day, to: 2 * day, unit: hour },
    ]);
  });

  it('joins two days to one window, without a gap or a repetition', async () => {
    const past = remembered(source().past, 10 * day);
    const times = timesOf(await past({ from: day - 2 * hour, to: day + 2 * hour }, hour));
    expect(times).toEqual([day - hour, day, day + hour, day + 2 * hour]);
  });

  it('keeps units of different lengths apart', async () => {
    const past = remembered(source().past, 10 * day);
    expect(await past({ from: 0, to: 2 * hour }, hour)).toHaveLength(2);
    expect(await past({ from: 0, to: 2 * hour }, hour / 4)).toHaveLength(8);
  });

  it('asks for nothing after the end of the history', async () => {
    const { asked, past: origin } = source();
    const past = remembered(origin, day + 3 * hour);
    expect(timesOf(await past({ from: day, to: day + 9 * hour }, hour))).toEqual([
      day + hour,
      day + 2 * hour,
      day + 3 * hour,
    ]);
    expect(await past({ from: 3 * day, to: 4 * day }, hour)).toEqual([]);
    expect(asked).toEqual([{ from: day, to: day + 3 * hour, unit: hour }]);
  });
});
