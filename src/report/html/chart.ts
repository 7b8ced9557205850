// One chart on the page: its title, the picture, what its colours and marks mean, and its numbers as a table.
import { type Chart, count, isoTime, plural } from '../../kit/index.ts';
import { html, type Markup, type Part, when } from './markup.ts';
import type { Frame } from './backdrop.ts';
import { plot, rangeOf } from './plot.ts';
import { drawn, type DrawnSeries, mostSeries, sound } from './series.ts';
import { ends } from './thin.ts';
import { axisText, clock, moment, sentence, valueText } from './words.ts';

/** Rows of a table of numbers: the samples below have all of them. */
const mostRows = 120;

/** A figure; `missed`: when a look of its check was missed. */
export const figureOf = (given: Chart, missed: readonly number[], id: string, frame: Frame): Markup => {
  const chart = sound(given);
  const { series, left } = drawn(chart);
  const picture = { chart, series, missed, id, description: descriptionOf(chart, series) };
  return html`<figure>
<figcaption>${chart.title}${unitOf(chart)}</figcaption>
${plot(picture, frame)}
${legend(chart, series, missed.length)}
${when(left.length > 0, () => html`<p class="note">The ${mostSeries} highest of ${series.length + left.length} lines are drawn; not drawn: ${left.slice(0, 20).join(', ')}${left.length > 20 ? ' …' : ''}.</p>`)}
${numbers(chart, series, id, frame)}
</figure>`;
};

const unitOf = ({ unit, title }: Chart): Part =>
  ['share', 'ms', 's'].includes(unit) || title.includes(unit) ? undefined : html` <span class="unit">${unit}</span>`;

const descriptionOf = ({ limit, baseline, unit, stacked }: Chart, series: readonly DrawnSeries[]): string => {
  const lines = series.map(({ name, points }) => `${name}: ${rangeText(points, unit)}`);
  const [first, last] = [series[0]?.points[0], series[0]?.points.at(-1)];
  const span = first && last ? `From ${clock(first.at)} to ${clock(last.at)} UTC. ` : '';
  const marks = [
    limit === undefined ? '' : `Limit ${valueText(limit, unit)}.`,
    baseline === undefined ? '' : `Before ${valueText(baseline, unit)}.`,
  ];
  return [`${span}${stacked ? 'Stacked. ' : ''}${lines.join('; ')}.`, ...marks].filter(Boolean).join(' ');
};

const rangeText = (points: DrawnSeries['points'], unit: string): string => {
  const { low, high, last } = rangeOf(points);
  if (last === undefined)
    return low > high ? 'not reached' : `not reached at the end, ${axisText(low, unit)} to ${valueText(high, unit)}`;
  if (low === high) return `${valueText(last, unit)} throughout`;
  return `${valueText(last, unit)} at the end, ${axisText(low, unit)} to ${valueText(high, unit)}`;
};

/** The topmost of a stack is named first, as it stands in the picture. */
const legend = ({ unit, stacked, band }: Chart, series: readonly DrawnSeries[], missed: number): Part => {
  const entries = series.map(
    ({ name, points }, index) =>
      html`<li>${swatch(index, stacked === true)}<b>${name}</b> ${sentence(rangeText(points, unit))}</li>`,
  );
  const bad = Math.max(0, ...series.map(({ points }) => points.filter((point) => point.bad).length));
  return html`<ul class="legend">${stacked ? entries.reverse() : entries}
${when(band, () => html`<li><svg class="swatch" width="18" height="12" aria-hidden="true"><rect class="band" width="18" height="12"/></svg>${band?.name}</li>`)}
${when(bad, () => html`<li><svg class="swatch" width="18" height="12" aria-hidden="true"><text class="cross" x="9" y="11">×</text></svg>${plural(bad, 'bad look')}</li>`)}
${when(missed, () => html`<li><svg class="swatch" width="18" height="12" aria-hidden="true"><circle class="miss" cx="9" cy="6" r="3.5"/></svg>${plural(missed, 'look')} missed</li>`)}
</ul>`;
};

const swatch = (index: number, area: boolean): Markup =>
  html`<svg class="swatch" width="18" height="12" aria-hidden="true">${area ? html`<rect class="area s${index}" width="18" height="12"/>` : undefined}<line class="line s${index}" x1="0" x2="18" y1="${area ? 1 : 6}" y2="${area ? 1 : 6}"/></svg>`;

/** What stands in the picture, for whoever cannot see it. */
const numbers = ({ title, unit, band }: Chart, series: readonly DrawnSeries[], id: string, { time }: Frame): Part => {
  const moments = [...new Set(series.flatMap(({ points }) => points.map(({ at }) => at)))].sort((a, b) => a - b);
  const known = series.map(({ points }) => new Map(points.map((point) => [point.at, point])));
  const bands = new Map(band?.points.map((point) => [point.at, point]));
  const { first, last, left } = ends(moments, mostRows);
  const started = isoTime(time.run.from);
  const row = (at: number): Markup =>
    html`<tr><th scope="row">${moment(isoTime(at), started)}</th>${known.map((points) => {
      const point = points.get(at);
      return html`<td>${point === undefined || point.absent ? '' : `${valueText(point.value, unit)}${point.bad ? ' ×' : ''}`}</td>`;
    })}${when(band, () => html`<td>${bandText(bands.get(at), unit)}</td>`)}</tr>`;
  return html`<details><summary>Numbers of “${title}”</summary><div class="scroll" tabindex="0" role="region" aria-label="Numbers of ${title} (${id})"><table>
<thead><tr><th scope="col">time, UTC</th>${series.map(({ name }) => html`<th scope="col">${name}</th>`)}${when(band, () => html`<th scope="col">${band?.name}</th>`)}</tr></thead>
<tbody>${first.map(row)}${when(left, () => html`<tr><td class="note" colspan="${series.length + (band ? 2 : 1)}">${count(left)} rows are left out here; the record has all of them.</td></tr>`)}${last.map(row)}</tbody></table></div></details>`;
};

const bandText = (point: { low: number; high: number } | undefined, unit: string): string =>
  point ? `${valueText(point.low, unit)} to ${valueText(point.high, unit)}` : '';
