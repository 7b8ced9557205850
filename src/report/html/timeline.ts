// The course of the run: a strip of its stages, and the same as a list.
import { duration, isoTime, type RunRecord } from '../../kit/index.ts';
import { html, type Markup, type Part, when } from './markup.ts';
import type { Frame } from './backdrop.ts';
import { eventsOf, type Stage } from './stages.ts';
import { moment, roomFor, sentence } from './words.ts';

/** More events are noise on a page. */
const mostEvents = 60;

/** Strip and list. */
export const timeline = (record: RunRecord, frame: Frame): Markup => {
  const { stages } = frame;
  const entries = entriesOf(record, stages);
  return html`<section aria-labelledby="course"><h2 id="course">Course of the run</h2>
${when(stages.length > 0, () =>
  strip(
    stages,
    entries.find(({ name }) => name === 'decision'),
    frame,
  ),
)}
<ol class="course">${entries.slice(0, mostEvents).map(({ at, text }) => html`<li><time datetime="${isoTime(at)}">${moment(isoTime(at), record.startedAt).slice(0, -4)}</time><span>${text}</span></li>`)}</ol>
${outputOf(record.deployOutput)}
${when(entries.length > mostEvents, () => html`<p class="note">${entries.length - mostEvents} more events stand in the record.</p>`)}
</section>`;
};

const outputOf = (lines: readonly string[] = []): Part =>
  when(
    lines.length > 0,
    () =>
      html`<details><summary>What the deploy command said last</summary><pre class="out" tabindex="0">${lines.join('\n')}</pre></details>`,
  );

/** The stages side by side; the moment of the decision is a line through them. */
const strip = (stages: readonly Stage[], decision: Entry | undefined, { time }: Frame): Markup => {
  const decided = decision ? [`decision at ${moment(isoTime(decision.at), isoTime(decision.at)).slice(0, -4)}`] : [];
  const said = [...stages.map(({ name, from, to }) => `${name} ${duration(to - from)}`), ...decided].join(', ');
  return html`<svg class="strip" width="100%" height="50" role="img" aria-labelledby="strip-t strip-d"><title id="strip-t">Stages of the run</title><desc id="strip-d">${said}</desc>
${when(time.before, () => html`<rect class="stage-box early" x="0" width="${time.before?.right ?? 0}%" y="1" height="28" rx="3"/><text class="stage-name" x="${(time.before?.right ?? 0) / 2}%" y="19">before</text>`)}
${stages.map((stage) => box(stage, time.x(stage.from) ?? 0, time.x(stage.to) ?? 100))}
${decision ? html`<line class="decision" x1="${time.x(decision.at) ?? 100}%" x2="${time.x(decision.at) ?? 100}%" y1="0" y2="33"/>` : undefined}
${time.ticks.map(({ x, text }) => html`<text class="time ${x < 8 ? 'start' : x > 92 ? 'end' : 'middle'}" x="${x}%" y="45">${text}</text>`)}</svg>`;
};

const className = (name: string): string => name.replace(' ', '-');

const box = ({ name }: Stage, left: number, right: number): Part => {
  const width = Math.round((right - left) * 100) / 100;
  const shown = roomFor(name, width);
  return html`<rect class="stage-box ${className(name)}" x="${left}%" width="${width}%" y="1" height="28" rx="3"/>${when(shown !== 'never', () => html`<text class="stage-name ${shown}" x="${Math.round((left + width / 2) * 100) / 100}%" y="19">${name}</text>`)}`;
};

interface Entry {
  at: number;
  name: string;
  text: Markup;
}

const entriesOf = (record: RunRecord, stages: readonly Stage[]): Entry[] =>
  [
    ...eventsOf(record).map(({ at, name, about }) => ({
      at,
      name,
      text: html`<b class="key ${name === 'decision' ? 'decision' : 'event'}">${name}</b>${when(about, () => html`: ${sentence(about)}`)}`,
    })),
    ...stages.map(({ name, from, to, about }) => ({
      at: from,
      name,
      text: html`<b class="key ${className(name)}">${name}</b> <i>${duration(to - from)}</i>${when(about, () => html` ${sentence(about)}`)}`,
    })),
  ].sort((a, b) => a.at - b.at);
