// The top of the page: what was decided, why, and what to do first.
import { duration, type RunRecord } from '../../kit/index.ts';
import { comparedWith, holders, withoutStep } from '../by-hand.ts';
import { lengthOf, stopsOf } from '../ending.ts';
import { headline, releaseName, targetOf } from '../headline.ts';
import { textsOf } from '../lines.ts';
import { stepsOf, utc } from '../markdown.ts';
import { meaning } from '../wording.ts';
import { icon } from './icon.ts';
import { html, type Markup, type Part, when } from './markup.ts';
import { sentence } from './words.ts';

/** The decision as the heading of the page. */
export const top = (record: RunRecord): Markup => {
  const { head, text, tone } = headline(record);
  return html`<header class="top ${tone}"><p class="of">${targetOf(record)} · ${record.verb}${underTest(record)}</p>
<h1>${icon(tone)}<span>${head}</span></h1>
<p class="lead">${sentence(text.replace(/^[:,] /, ''))}</p>
${diagnosis(record)}${textsOf(holders(record)).map((said) => html`<p class="holders">${sentence(said)}</p>`)}${steps(record)}
${textsOf(comparedWith(record)).map((said) => html`<p class="when">${said}</p>`)}
<p class="when">${whenOf(record)}</p>
<p class="tools"><button type="button" id="copy" hidden>Copy as Markdown</button> <span id="copied" role="status"></span></p></header>`;
};

/** By hand nobody names a release, and the platform is not asked: it is about whatever answers now. */
const underTest = ({ verb, release }: RunRecord): string => {
  const name = releaseName(release);
  if (name !== '') return ` · release ${name}`;
  return verb === 'check' ? ' of what is live now' : '';
};

/** A run in which nothing is wrong needs none, and what the first line says is not said again. */
const diagnosis = (record: RunRecord): Part => {
  const { layer } = record.diagnosis;
  const isFine = record.decision.action === 'pass' && layer === 'none';
  const whole = withoutStep(record.diagnosis);
  const said = isFine || headline(record).text.includes(whole) ? '' : whole;
  const stops = stopsOf(record).filter(({ text }) => text !== said);
  return [
    when(
      said,
      () =>
        html`<div class="diagnosis"><h2>Diagnosis${when(layer !== 'none', () => html` <span class="layer">${layer}</span>`)}</h2><p>${sentence(said)}</p></div>`,
    ),
    stops.map(({ check, text }) => html`<p class="stop"><b>Stopped</b> by ${check}: ${sentence(text)}</p>`),
  ];
};

const steps = (record: RunRecord): Part => {
  const list = stepsOf(record);
  return when(
    list.length > 0,
    () =>
      html`<div class="steps"><h2>What to do</h2>${list.length === 1 ? html`<p>${sentence(list[0] ?? '')}</p>` : html`<ol>${list.map((text) => html`<li>${sentence(text)}</li>`)}</ol>`}</div>`,
  );
};

const whenOf = (record: RunRecord): string =>
  `${utc(record.startedAt)}, ${duration(lengthOf(record))} · exit code ${record.exitCode}: ${meaning(record)}`;
