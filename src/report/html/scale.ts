// Where moments and numbers stand in a picture, and which of them are written beside it.
import { isoTime } from '../../kit/index.ts';

/** The steps between two ticks of a time axis, seconds. */
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** More would touch each other on a phone of 360 pixels. */
const mostTicks = 4;

/** A stretch of time (epoch milliseconds), and the part of the width that it takes (0 to 100). */
interface Stretch {
  from: number;
  to: number;
  left: number;
  right: number;
}

export interface TimeScale {
  /** The run itself. */
  run: Stretch;
  /** What was seen long before it: a stretch of its own on the left, because the time between would fill the picture. */
  before?: Stretch;
  /** Place of a moment in percent of the width; undefined when it stands nowhere. */
  x(at: number): number | undefined;
  ticks: { x: number; text: string }[];
}

/** The smallest and the largest of any number of numbers. */
export const extent = (values: readonly number[]): { low: number; high: number } =>
  values.reduce(({ low, high }, value) => ({ low: Math.min(low, value), high: Math.max(high, value) }), {
    low: Number.POSITIVE_INFINITY,
    high: Number.NEGATIVE_INFINITY,
  });

const round = (value: number): number => Math.round(value * 100) / 100;

const placeIn = ({ from, to, left, right }: Stretch, at: number): number =>
  round(to === from ? (left + right) / 2 : left + ((at - from) / (to - from)) * (right - left));

const holds = ({ from, to }: Stretch, at: number): boolean => at >= from && at <= to;

/** Share of the width for what was long before, and for the gap behind it. */
const apart = { width: 18, gap: 3 };

/** A scale over a run from `from` to `to`; `early`: moments before it that are to be shown, too. */
export const timeScale = (from: number, to: number, early: readonly number[]): TimeScale => {
  const { low, high } = extent(early);
  const before: Stretch | undefined =
    early.length > 0 ? { from: low, to: high, left: 0, right: apart.width } : undefined;
  const run: Stretch = { from, to: Math.max(to, from + 1000), left: before ? apart.width + apart.gap : 0, right: 100 };
  return {
    run,
    ...(before ? { before } : {}),
    x: (at) => (before && holds(before, at) ? placeIn(before, at) : holds(run, at) ? placeIn(run, at) : undefined),
    ticks: [
      ...(before ? [{ x: 0, text: earlyTime(before.from, from) }] : []),
      ...ticksOf(run).map((at) => ({ x: placeIn(run, at), text: clockTime(at, run) })),
    ],
  };
};

const ticksOf = ({ from, to }: Stretch): number[] => {
  const seconds = (to - from) / 1000;
  const step =
    (steps.find((one) => seconds / one <= mostTicks) ?? Math.ceil(seconds / mostTicks / 86_400) * 86_400) * 1000;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => first + index * step);
};

/** `18:33:20`, `18:33` in a run of hours, all in UTC. */
const clockTime = (at: number, { from, to }: Stretch): string => isoTime(at).slice(11, to - from > 7_200_000 ? 16 : 19);

/** There is room for five letters: `02:17` of the same day, `11-21` of another one. */
const earlyTime = (at: number, start: number): string => {
  const [early, run] = [isoTime(at), isoTime(start)];
  return early.slice(0, 10) === run.slice(0, 10) ? early.slice(11, 16) : early.slice(5, 10);
};

export interface ValueScale {
  top: number;
  bottom: number;
  ticks: number[];
}

/** From zero to a little above the largest number, with two to five round ticks; counts have whole ones. */
export const valueScale = (values: readonly number[]): ValueScale => {
  const { low, high } = extent([0, ...values]);
  const bottom = low;
  const top = low + (high === low ? 1 : high - low) * 1.12;
  const whole = values.every(Number.isInteger);
  const step = Math.max(niceStep((top - bottom) / 4), whole ? 1 : 0);
  const first = Math.ceil(bottom / step);
  const count = Math.floor(top / step) - first + 1;
  return {
    top,
    bottom,
    ticks: Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12))),
  };
};

/** The next of 1, 2, 5, 10 … */
const niceStep = (least: number): number => {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5, 10].find((one) => one * power >= least * 0.999) ?? 10) * power;
};
