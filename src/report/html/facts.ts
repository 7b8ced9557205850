// What was run: the rollback with its guards and commands, the profile, the plan and the version.
import { duration, type RollbackReport, type RunRecord } from '../../kit/index.ts';
import { releaseName } from '../headline.ts';
import { utc } from '../markdown.ts';
import { icon } from './icon.ts';
import { html, type Markup, type Part, when } from './markup.ts';
import { moment, sentence } from './words.ts';

/** How the rollback went. Nothing where none was planned. */
export const rollbackOf = ({ rollback, decision, startedAt }: RunRecord): Part => {
  if (!rollback && decision.withheld === undefined) return undefined;
  return html`<section aria-labelledby="rollback"><h2 id="rollback">Rollback</h2>
${when(decision.withheld, () => html`<p><b>A rollback was withheld:</b> ${sentence(decision.withheld ?? '')}</p>`)}
${rollback ? reportOf(rollback, startedAt) : undefined}</section>`;
};

const reportOf = (rollback: RollbackReport, startedAt: string): Part => {
  const {
    state,
    reason,
    because,
    from,
    to,
    fence,
    guards,
    acts,
    manual,
    aftermath,
    mitigations = [],
    evidence,
  } = rollback;
  const arrived = state === 'ROLLED_BACK' || state === 'UNVERIFIED';
  return [
    html`<p><b>${state}${reason === '' ? '' : ` (${reason})`}</b>: ${sentence(because)}</p>`,
    list([
      ['from', from],
      ['to', to],
      ['fence', fence],
      ...mitigations.map((text): [string, Part] => ['instead', sentence(text)]),
      ['by hand', arrived ? undefined : manual && html`<code>${manual}</code>`],
      ['afterwards', arrived ? aftermath : undefined],
    ]),
    when(
      guards.length > 0,
      () =>
        html`<h3>Guards</h3><ul class="parts">${guards.map(({ name, ok, because: why }) => html`<li><span class="chip ${ok ? 'pass' : 'fail'}">${icon(ok ? 'pass' : 'fail')}<span class="word">${ok ? 'yes' : 'no'}</span></span><div><b>${name}</b> ${sentence(why)}</div></li>`)}</ul>`,
    ),
    when(acts.length > 0, () => html`<h3>Commands</h3>${actList(acts, startedAt)}`),
    when(evidence && evidence.commands.length + evidence.missing.length > 0, () => evidenceOf(evidence, startedAt)),
  ];
};

const actList = (acts: RollbackReport['acts'], startedAt: string): Part =>
  html`<ol class="acts">${acts.map((act) => html`<li><time>${moment(act.at, startedAt)}</time> <code>${act.argv.join(' ')}</code> <span>${endOf(act)}</span>${when(act.outTail, () => html`<pre class="out">${act.outTail}</pre>`)}</li>`)}</ol>`;

/** What was seen of the platform and asked by the profile's own commands before anything was changed. */
const evidenceOf = (evidence: RollbackReport['evidence'], startedAt: string): Part =>
  evidence && [
    html`<h3>Kept before acting</h3><p>${evidence.live}</p>`,
    when(evidence.commands.length > 0, () => actList(evidence.commands, startedAt)),
    evidence.missing.map((text) => html`<p class="note">${sentence(text)}</p>`),
  ];

const endOf = ({ exit, signal, timedOut, ms }: RollbackReport['acts'][number]): string => {
  const end = timedOut
    ? 'timed out'
    : signal
      ? `ended by ${signal}`
      : exit === undefined
        ? 'did not end'
        : `exit code ${exit}`;
  return `${end} after ${duration(ms)}`;
};

const list = (entries: readonly [string, Part][]): Markup =>
  html`<dl class="facts">${entries.filter(([, value]) => value !== undefined && value !== '').map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

/** Profile, version, plan, flags; `saved`: where the record can be read again. */
export const factsOf = (record: RunRecord, saved: string | undefined): Markup => {
  const { release, tool, actor, plan, overrides } = record;
  return html`<section aria-labelledby="facts"><h2 id="facts">What was run</h2>${list([
    ['run', record.runId],
    ['profile', record.profile],
    ['profile hash', html`<code>${tool.profileHash}</code>`],
    ['holdpoint', tool.version],
    ['by', [`${actor.name} (${actor.kind})`, link(actor.url)]],
    ['release', releaseName(release) || 'not named'],
    ['revision under test', release.from],
    ['revision before', release.to],
    ['live at the end', release.liveAtEnd],
    ['started', utc(record.startedAt)],
    ['finished', utc(record.finishedAt)],
    ['plan', planText(plan)],
    ['lowered by', overrides.join(', ')],
    ['shadow run', record.shadow ? 'yes: nothing counts' : undefined],
    ['cost', costOf(record)],
    ['record', saved],
  ])}</section>`;
};

/** Only what leads to a page: a text of others must not become a script. */
const link = (url: string | undefined): Part =>
  url === undefined
    ? undefined
    : /^https?:\/\//i.test(url)
      ? html` <a href="${url}" rel="noreferrer">${url}</a>`
      : ` ${url}`;

const planText = (plan: RunRecord['plan']): string =>
  [
    `baseline ${duration(plan.baseline)}`,
    `roll-out at most ${duration(plan.rollout)}`,
    `warm-up ${duration(plan.warmup)}`,
    `hold for ${duration(plan.for)}, at most ${duration(plan.deadline)}`,
    `a look every ${duration(plan.every)}`,
    `${plan.failAfter} bad looks in a row confirm a failure`,
  ].join(' · ');

/** What holdpoint itself took, as the mark `process` tells. */
const costOf = ({ marks }: RunRecord): string | undefined => {
  const data = marks.find(({ name }) => name === 'process')?.data;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  const { maxRssMb, eventLoopDelayP99Ms } = data;
  if (typeof maxRssMb !== 'number' || typeof eventLoopDelayP99Ms !== 'number') return undefined;
  return `${maxRssMb} MB of memory at most, event loop ${eventLoopDelayP99Ms} ms late (99th percentile)`;
};
