// One chart as a picture (SVG): lines or a stack over time, with limit, band and what was before. No text is ever scaled.
import type { Chart } from '../../kit/index.ts';
import { backdrop, base, type Frame, grid, lines, over, room, round, tickNames, times } from './backdrop.ts';
import { html, type Markup, type Part } from './markup.ts';
import { extent, type ValueScale, valueScale } from './scale.ts';
import type { Drawn, DrawnSeries } from './series.ts';

/** Beyond so many, points are not marked one by one. */
const mostDots = 60;

export interface Picture {
  chart: Chart;
  series: readonly DrawnSeries[];
  /** Moments of looks that were missed. */
  missed: readonly number[];
  id: string;
  description: string;
}

/** The picture. Its title and description stand for it where it cannot be seen. */
export const plot = (picture: Picture, frame: Frame): Markup => {
  const { chart, series, id } = picture;
  const values = scaleOf(chart, series);
  const y = (value: number): number =>
    round(base - ((value - values.bottom) / (values.top - values.bottom)) * room.plot);
  return html`<svg class="plot" width="100%" height="${base + room.below}" role="img" aria-labelledby="${id}-t ${id}-d">
<title id="${id}-t">${chart.title}</title><desc id="${id}-d">${picture.description}</desc>
${backdrop(frame)}${over(chart, y)}${grid(values, y)}
<svg x="0" y="${room.above}" width="100%" height="${room.plot}" viewBox="0 0 100 100" preserveAspectRatio="none">
${bandOf(chart, values, frame)}${series.map((one, index) => shapesOf(one, index, { chart, values, frame }))}
</svg>
${dots(picture, y, frame)}${lines(chart, y)}${misses(picture, frame)}${tickNames(values, chart.unit, y)}${times(frame)}
</svg>`;
};

/** The band may begin as wide as everything: only where it ends must it fit. */
const scaleOf = ({ limit, baseline, band }: Chart, series: readonly DrawnSeries[]): ValueScale =>
  valueScale(
    [
      ...series.flatMap(({ points }) => points.map(({ base: from, value }) => from + value)),
      limit,
      baseline,
      band?.points.at(-1)?.high,
    ].filter((value) => value !== undefined && Number.isFinite(value)) as number[],
  );

interface Canvas {
  chart: Chart;
  values: ValueScale;
  frame: Frame;
}

/** Places within the inner picture, whose sides are 100 long; it cuts off what does not fit. */
const place = (at: number, value: number, { values, frame }: Omit<Canvas, 'chart'>): string | undefined => {
  const x = frame.time.x(at);
  return x === undefined
    ? undefined
    : `${x} ${round(100 - ((value - values.bottom) / (values.top - values.bottom)) * 100)}`;
};

const path = (places: readonly (string | undefined)[]): string => places.filter((one) => one !== undefined).join('L');

/** What was long before is not joined with the run. */
const stretches = <T extends { at: number }>(points: readonly T[], { time }: Frame): T[][] =>
  [points.filter(({ at }) => at < time.run.from), points.filter(({ at }) => at >= time.run.from)].filter(
    (part) => part.length > 0,
  );

const bandOf = ({ band }: Chart, values: ValueScale, frame: Frame): Part => {
  const points = band?.points ?? [];
  const canvas = { values, frame };
  const upper = points.map(({ at, high }) => place(at, high, canvas));
  const lower = points.map(({ at, low }) => place(at, low, canvas)).reverse();
  return points.length < 2 ? undefined : html`<path class="band" d="M${path([...upper, ...lower])}Z"/>`;
};

const shapesOf = ({ points }: DrawnSeries, index: number, canvas: Canvas): Part =>
  stretches(points, canvas.frame).map((part) => {
    const top = part.map(({ at, base: from, value }) => place(at, from + value, canvas));
    const line = html`<path class="line s${index}" d="M${path(top)}"/>`;
    if (!canvas.chart.stacked) return line;
    const bottom = part.map(({ at, base: from }) => place(at, from, canvas)).reverse();
    return html`<path class="area s${index}" d="M${path([...top, ...bottom])}Z"/>${line}`;
  });

/** A dot for each look where they are few, and a cross for each that was bad. */
const dots = ({ chart, series }: Picture, y: (value: number) => number, { time }: Frame): Part =>
  series.map(({ points }, index) => {
    const isTop = index === series.length - 1;
    return points.map((point) => {
      const x = time.x(point.at);
      if (x === undefined) return undefined;
      const top = y(point.base + point.value);
      if (point.bad && (isTop || !chart.stacked)) return cross(x, top);
      return points.length > mostDots || chart.stacked
        ? undefined
        : html`<circle class="dot s${index}" cx="${x}%" cy="${top}" r="2.5"/>`;
    });
  });

const cross = (x: number, y: number): Markup => html`<text class="cross" x="${x}%" y="${y + 4.5}">×</text>`;

/** Hollow circles at the foot; neighbours that would cover each other are drawn once. */
const misses = ({ missed }: Picture, { time }: Frame): Part => {
  const places = missed.flatMap((at) => time.x(at) ?? []);
  const apart = places.filter((x, index) => index === 0 || Math.floor(x) !== Math.floor(places[index - 1] ?? -1));
  return apart.map((x) => html`<circle class="miss" cx="${x}%" cy="${base - 5}" r="3.5"/>`);
};

/** The smallest, the largest and the last number of a series, without those it stands on; `last` is undefined where there was none. */
export const rangeOf = (points: readonly Drawn[]): { low: number; high: number; last: number | undefined } => {
  const values = points.filter(({ absent }) => absent !== true).map(({ value }) => value);
  const end = points.at(-1);
  return { ...extent(values), last: end?.absent ? undefined : end?.value };
};
