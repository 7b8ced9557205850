// One chart as a picture (SVG): lines or a stack over time, with limit, band and what was before. No text is ever scaled.
import type { Chart } from '../../kit/index.ts';
import { html, type Markup, type Part } from './markup.ts';
import { extent, type TimeScale, type ValueScale, valueScale } from './scale.ts';
import type { Drawn, DrawnSeries } from './series.ts';
import type { Stage } from './stages.ts';
import { axisText, roomFor, valueText } from './words.ts';

/** Pixels: the room above the plot, the plot, and the times below it. */
const room = { above: 16, plot: 116, below: 20 };
const base = room.above + room.plot;

/** Beyond so many, points are not marked one by one. */
const mostDots = 60;

/** What all pictures of a page share. */
export interface Frame {
  time: TimeScale;
  stages: readonly Stage[];
}

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
${backdrop(frame)}${over(chart, y)}${grid(values, chart.unit, y)}
<svg x="0" y="${room.above}" width="100%" height="${room.plot}" viewBox="0 0 100 100" preserveAspectRatio="none">
${bandOf(chart, values, frame)}${series.map((one, index) => shapesOf(one, index, { chart, values, frame }))}
</svg>
${dots(picture, y, frame)}${lines(chart, y)}${misses(picture, frame)}${times(frame)}
</svg>`;
};

const round = (value: number): number => Math.round(value * 100) / 100;

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

/** The stages in which the release is judged stand out; where the deploy and the rollback began is a line. */
const backdrop = ({ time, stages }: Frame): Part => {
  const { before } = time;
  const gap = before ? (before.right + time.run.left) / 2 : 0;
  return [
    stages
      .filter(({ name }) => judged.includes(name))
      .map(({ from, to }) => {
        const [left = 0, right = 0] = [time.x(from), time.x(to)];
        return html`<rect class="judged" x="${left}%" width="${round(right - left)}%" y="${room.above}" height="${room.plot}"/>`;
      }),
    [
      ...(before ? [gap] : []),
      ...stages.filter(({ name }) => acting.includes(name)).flatMap(({ from }) => time.x(from) ?? []),
    ].map((x) => html`<line class="border" x1="${x}%" x2="${x}%" y1="${room.above}" y2="${base}"/>`),
    stageNames({ time, stages }),
  ];
};

const judged = ['hold', 'verification'];
const acting = ['deploy', 'rollback'];

/** Above the picture, where there is room up to the next name. */
const stageNames = ({ time, stages }: Frame): Part => {
  const named = stages.filter(({ name }) => judged.includes(name) || acting.includes(name));
  const labels = [
    ...(time.before ? [{ name: 'before', x: 0 }] : []),
    ...named.map(({ name, from }) => ({ name, x: time.x(from) ?? 0 })),
  ];
  return labels.map(({ name, x }, index) => {
    const shown = roomFor(name, (labels[index + 1]?.x ?? 100) - x);
    return shown === 'never' ? undefined : html`<text class="stage ${shown}" x="${x}%" dx="3" y="11">${name}</text>`;
  });
};

const over = ({ limit }: Chart, y: (value: number) => number): Part =>
  limit === undefined
    ? undefined
    : html`<rect class="over" x="0" width="100%" y="${room.above}" height="${Math.max(0, y(limit) - room.above)}"/>`;

const grid = ({ ticks }: ValueScale, unit: string, y: (value: number) => number): Part =>
  ticks.map(
    (tick) =>
      html`<line class="grid" x1="0" x2="100%" y1="${y(tick)}" y2="${y(tick)}"/><text class="tick" x="0" y="${y(tick) - 3}">${axisText(tick, unit)}</text>`,
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

/** The limit and what was before, each with its number; the lower label stands below its line when they are close. */
const lines = ({ limit, baseline, unit }: Chart, y: (value: number) => number): Part => {
  const close = limit !== undefined && baseline !== undefined && Math.abs(y(limit) - y(baseline)) < 14;
  const label = (name: string, value: number, below: boolean): Part => {
    const at = y(value);
    return html`<line class="${name}" x1="0" x2="100%" y1="${at}" y2="${at}"/><text class="${name}" x="100%" y="${below ? at + 12 : at - 4}">${name} ${valueText(value, unit)}</text>`;
  };
  return [
    baseline === undefined ? undefined : label('before', baseline, close && baseline <= (limit ?? 0)),
    limit === undefined ? undefined : label('limit', limit, close && limit < (baseline ?? 0)),
  ];
};

/** A text at the edge must not be cut off there. */
const anchorOf = (x: number): string => (x < 8 ? 'start' : x > 92 ? 'end' : 'middle');

const times = ({ time }: Frame): Part => [
  html`<line class="axis" x1="${time.run.left}%" x2="100%" y1="${base}" y2="${base}"/>`,
  time.ticks.map(
    ({ x, text }) =>
      html`<line class="axis" x1="${x}%" x2="${x}%" y1="${base}" y2="${base + 4}"/><text class="time ${anchorOf(x)}" x="${x}%" y="${base + 16}">${text}</text>`,
  ),
];

/** The smallest, the largest and the last number of a series, without those it stands on. */
export const rangeOf = (points: readonly Drawn[]): { low: number; high: number; last: number } => ({
  ...extent(points.map(({ value }) => value)),
  last: points.at(-1)?.value ?? 0,
});
