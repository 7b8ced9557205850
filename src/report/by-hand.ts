// What a person who asked by hand reads beside the verdict: who holds the connections, and what it was compared with.
import { type Chart, clip, plural, type RecordedCheck, type RunRecord } from '../kit/index.ts';
import { releaseName } from './headline.ts';
import type { Line } from './lines.ts';
import { formatValue } from './values.ts';

/** So many holders are named. */
const mostHolders = 4;

/**
 * Who holds the connections, out of the stacked charts of the database checks. Left out where the diagnosis is about the
 * database: it has told already.
 */
export const holders = (record: RunRecord): Line[] => {
  if (record.verb !== 'check' || record.diagnosis.layer === 'database') return [];
  return record.checks.filter(({ layer }) => layer === 'database').flatMap(ofCheck);
};

const ofCheck = ({ charts }: RecordedCheck): Line[] =>
  charts.filter(({ stacked }) => stacked === true).map((chart) => ({ text: holderText(chart), indent: 6 }));

const holderText = ({ title, limit, unit, series }: Chart): string => {
  const held = series
    .map(({ name, points }) => ({ name, value: points.at(-1)?.value ?? 0 }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value);
  const total = held.reduce((sum, { value }) => sum + value, 0);
  const named = held
    .slice(0, mostHolders)
    .map(({ name, value }, place) => `${name}${place === 0 ? ' holds' : ''} ${value}`);
  const others = held.length > mostHolders ? [plural(held.length - mostHolders, 'other')] : [];
  const most = limit === undefined ? '' : `, limit ${formatValue(limit, unit)}`;
  return `${title}: ${[...named, ...others].join(', ') || 'nobody'} (${total} in all${most})`;
};

/** The run whose samples are the baseline; by hand there may be none. */
export const comparedWith = ({ verb, comparedWith: good }: RunRecord): Line[] => {
  if (verb !== 'check') return [];
  if (!good) return [{ text: 'compared with nothing: there is no good run yet; judged in absolute terms', indent: 6 }];
  const when = `${good.finishedAt.slice(0, 16).replace('T', ' ')} UTC`;
  const label = releaseName(good) === '' ? '' : `, release ${good.label}`;
  return [{ text: `compared with the last good run: ${when}${label} (${good.runId})`, indent: 6 }];
};

/** By hand everything must stand on that one screen: characters of a sentence where few or many checks are unwell. */
export const byHand = {
  failing: 4,
  next: 3,
  warned: 2,
  diagnosis: 240,
  few: { checks: 3, sentence: 150 },
  many: { sentence: 60 },
};

/** The first step stands right below, in full. */
export const withoutStep = ({ headline: text, next: steps }: RunRecord['diagnosis']): string =>
  steps.length > 0 ? text.replace(/ First: [^]*$/, '') : text;

/** A sentence in its length for the screen. */
export const shortened = (text: string, { verb, checks }: RunRecord): string => {
  if (verb !== 'check') return text;
  const unwellOnes = checks.filter(({ outcome }) => outcome !== 'pass' && outcome !== 'skipped').length;
  return clip(text, unwellOnes > byHand.few.checks ? byHand.many.sentence : byHand.few.sentence);
};
