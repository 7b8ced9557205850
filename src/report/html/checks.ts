// The checks: at a glance as a list, and one by one with parts, charts and samples; the worst first.
import {
  clip,
  duration,
  type Outcome,
  type Part as CheckPart,
  type RecordedCheck,
  type RunRecord,
} from '../../kit/index.ts';
import { worstFirst } from '../ending.ts';
import { since } from '../wording.ts';
import { figureOf } from './chart.ts';
import { icon } from './icon.ts';
import { html, type Markup, type Part, when } from './markup.ts';
import type { Frame } from './backdrop.ts';
import { samplesOf, type Shown } from './samples.ts';
import { sentence, valueText } from './words.ts';

/** More charts of one check are left to its samples. */
const mostCharts = 12;

/** Both parts; `shown`: what is shown of the samples, in the order of the record. */
export const checksOf = (record: RunRecord, shown: readonly Shown[], frame: Frame): Part => {
  const ranked = worstFirst(record.checks);
  if (ranked.length === 0) return undefined;
  const of = (check: RecordedCheck): Shown =>
    shown[record.checks.indexOf(check)] ?? { first: [], last: [], left: 0, looked: 0, missed: [] };
  return html`<section aria-labelledby="checks"><h2 id="checks">Checks</h2><ul class="glance">${ranked.map((check, index) => glance(check, index, record))}</ul></section>
${ranked.map((check, index) => article({ check, shown: of(check), id: `c${index}`, record }, frame))}`;
};

/** Characters of a sentence at a glance; below it stands in full. */
const longest = 320;

/** An outcome as a mark and a word: colour is never the only sign. */
const chip = (outcome: Outcome | CheckPart['outcome']): Markup =>
  html`<span class="chip ${outcome}">${icon(outcome)}<span class="word">${outcome}</span></span>`;

const glance = (check: RecordedCheck, index: number, record: RunRecord): Markup => html`<li class="${check.outcome}">
<a href="#c${index}">${chip(check.outcome)}<b>${check.title}</b></a>${numberList(check, record)}<p>${sentence(clip(check.because, longest))}</p></li>`;

/** What it is, what it may be, what it was; a number whose unit is not known is left out. */
const numberList = ({ value, limit, unit, baseline }: RecordedCheck, { verb }: RunRecord): Part => {
  const before = verb === 'check' ? 'last good run' : 'before';
  const all = { now: value, limit, [before]: value === undefined && unit === undefined ? undefined : baseline.value };
  const shown = Object.entries(all).flatMap(([name, number]) => (number === undefined ? [] : [{ name, number }]));
  return when(
    shown.length > 0,
    () =>
      html`<dl class="numbers">${shown.map(({ name, number }) => html`<div><dt>${name}</dt><dd>${valueText(number, unit)}</dd></div>`)}</dl>`,
  );
};

interface Entry {
  check: RecordedCheck;
  shown: Shown;
  id: string;
  record: RunRecord;
}

const article = ({ check, shown, id, record }: Entry, frame: Frame): Markup => {
  const charts = check.charts.slice(0, mostCharts);
  return html`<article id="${id}" aria-labelledby="${id}-h"><header><h3 id="${id}-h">${check.title}</h3>${chip(check.outcome)}${numberList(check, record)}</header>
<p class="because">${sentence(check.because)}</p>
${when(check.next, () => html`<p class="next"><b>Look first:</b> ${sentence(check.next ?? '')}</p>`)}
${partsOf(check.parts)}
${charts.map((chart, index) => figureOf(chart, shown.missed, `${id}-${index}`, frame))}
${when(check.charts.length > charts.length, () => html`<p class="note">${check.charts.length - charts.length} more charts stand in the record.</p>`)}
${samplesOf(check, shown, record.startedAt)}
<p class="note">${when(check.why, () => html`${check.why} `)}${factsOf(check, record)}</p></article>`;
};

/** What the code of the verdict is, whose fault a failure is, and what follows. */
const factsOf = (check: RecordedCheck, record: RunRecord): string => {
  const { id, kind, layer, reason, action, baseline } = check;
  return [
    id === kind ? `Kind ${kind}` : `Check ${id}, kind ${kind}`,
    `layer ${layer}`,
    `reason ${reason}`,
    since(check, record),
    ...(action === 'none' || record.verb === 'check' ? [] : [`asks for: ${action}`]),
    `baseline ${baseline.from}`,
  ]
    .filter(Boolean)
    .join(' · ');
};

const partsOf = (parts: readonly CheckPart[]): Part => {
  const took = (ms: number | undefined): Part => (ms === undefined ? undefined : html` <i>${duration(ms)}</i>`);
  return when(
    parts.length > 0,
    () =>
      html`<ul class="parts">${parts.map((part) => html`<li>${chip(part.outcome)}<div><b>${part.name}</b>${took(part.ms)} ${sentence(part.because)}${when(part.evidence, () => html`<code class="evidence">${sentence(part.evidence ?? '')}</code>`)}</div></li>`)}</ul>`,
  );
};
