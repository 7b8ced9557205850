// What stands around the lines of a picture: stages behind it, ticks, limit and baseline, times below.
import type { Chart } from '../../kit/index.ts';
import { html, type Part } from './markup.ts';
import type { TimeScale, ValueScale } from './scale.ts';
import type { Stage } from './stages.ts';
import { axisText, roomFor, valueText, widthOf } from './words.ts';

/** Pixels: the room above the plot, the plot, and the times below it. */
export const room = { above: 16, plot: 116, below: 20 };

/** The foot of the plot. */
export const base = room.above + room.plot;

/** What all pictures of a page share. */
export interface Frame {
  time: TimeScale;
  stages: readonly Stage[];
}

/** Two digits are enough for a pixel. */
export const round = (value: number): number => Math.round(value * 100) / 100;

/** The stages in which the release is judged stand out; where the deploy and the rollback began is a line. */
export const backdrop = ({ time, stages }: Frame): Part => {
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

/** Above the picture, behind the border where there is room up to the next name, else before it. */
const stageNames = ({ time, stages }: Frame): Part => {
  const named = stages.filter(({ name }) => judged.includes(name) || acting.includes(name));
  const labels = [
    ...(time.before ? [{ name: 'before', x: 0 }] : []),
    ...named.map(({ name, from }) => ({ name, x: time.x(from) ?? 0 })),
  ];
  return labels.map(({ name, x }, index) => {
    const shown = roomFor(name, (labels[index + 1]?.x ?? 100) - x);
    if (shown === 'always') return html`<text class="stage" x="${x}%" dx="3" y="11">${name}</text>`;
    const before = labels[index - 1];
    const left = before === undefined ? 'never' : roomFor(`${before.name} ${name}`, x - before.x);
    return [
      shown === 'wide' ? html`<text class="stage wide" x="${x}%" dx="3" y="11">${name}</text>` : undefined,
      left === 'never' || (shown === 'wide' && left === 'wide')
        ? undefined
        : html`<text class="stage end ${shown === 'wide' ? 'narrow' : left}" x="${x}%" dx="-3" y="11">${name}</text>`,
    ];
  });
};

/** Above the limit the picture is tinted. */
export const over = ({ limit }: Chart, y: (value: number) => number): Part =>
  limit === undefined
    ? undefined
    : html`<rect class="over" x="0" width="100%" y="${room.above}" height="${Math.max(0, y(limit) - room.above)}"/>`;

/** A line for each tick of the numbers. */
export const grid = ({ ticks }: ValueScale, y: (value: number) => number): Part =>
  ticks.map((tick) => html`<line class="grid" x1="0" x2="100%" y1="${y(tick)}" y2="${y(tick)}"/>`);

/** The numbers, over everything that is drawn; at the upper edge below the line, because a stage is named above it. */
export const tickNames = ({ ticks }: ValueScale, unit: string, y: (value: number) => number): Part =>
  ticks.map((tick) => {
    const at = y(tick);
    const foot = at < room.above + 12 ? at + 11 : at - 3;
    return html`<text class="tick" x="0" y="${foot}">${axisText(tick, unit)}</text>`;
  });

/** The limit and what was before, each with its number; the names stand side by side when the lines are close. */
export const lines = ({ limit, baseline, unit }: Chart, y: (value: number) => number): Part => {
  const all = [
    ...(baseline === undefined
      ? []
      : [{ name: 'before', at: y(baseline), label: `before ${valueText(baseline, unit)}` }]),
    ...(limit === undefined ? [] : [{ name: 'limit', at: y(limit), label: `limit ${valueText(limit, unit)}` }]),
  ];
  const highest = Math.min(...all.map(({ at }) => at));
  const close = all.every(({ at }) => at - highest < 14);
  return [
    all.map(({ name, at }) => html`<line class="${name}" x1="0" x2="100%" y1="${at}" y2="${at}"/>`),
    all.map(({ name, at, label }, index) => {
      const beside = all[index + 1];
      const shift = close && beside ? -widthOf(beside.label) : 0;
      return html`<text class="${name}" x="100%" dx="${shift}" y="${(close ? highest : at) - 4}">${label}</text>`;
    }),
  ];
};

/** A text at the edge must not be cut off there. */
const anchorOf = (x: number): string => (x < 8 ? 'start' : x > 92 ? 'end' : 'middle');

/** The axis of time with its ticks. */
export const times = ({ time }: Frame): Part => [
  html`<line class="axis" x1="${time.run.left}%" x2="100%" y1="${base}" y2="${base}"/>`,
  time.ticks.map(
    ({ x, text }) =>
      html`<line class="axis" x1="${x}%" x2="${x}%" y1="${base}" y2="${base + 4}"/><text class="time ${anchorOf(x)}" x="${x}%" y="${base + 16}">${text}</text>`,
  ),
];
