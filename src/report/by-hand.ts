// What a person who asked by hand reads beside the verdict: who holds the connections, and what it was compared with.
import { clip, heldIn, type LastCounted, minuteOf, plural, type RecordedCheck, type RunRecord } from '../kit/index.ts';
import { releaseName } from './headline.ts';
import type { Line } from './lines.ts';
import { formatValue } from './values.ts';

/** So many holders are named. */
const mostHolders = 4;

/**
 * Who holds the connections, out of the stacked charts of the database checks. Left out where the diagnosis is about the
 * database: it has told already. Where nobody could be counted now, who held them when a run counted last.
 */
export const holders = (record: RunRecord): Line[] => {
  const { verb, diagnosis, checks, startedAt, lastCounted: last } = record;
  if (verb !== 'check') return [];
  if (last)
    return [{ text: `${holderText(last)}, when counted last, ${minuteOf(last.at)} (${last.runId})`, indent: 6 }];
  if (diagnosis.layer === 'database') return [];
  return checks.filter(({ layer }) => layer === 'database').flatMap((check) => ofCheck(check, Date.parse(startedAt)));
};

const ofCheck = ({ charts }: RecordedCheck, since: number): Line[] =>
  charts.flatMap((chart) => {
    const held = heldIn(chart, since);
    return held === undefined ? [] : [{ text: holderText({ ...chart, of: held.of }), indent: 6 }];
  });

const holderText = ({ title, limit, unit, of }: Pick<LastCounted, 'title' | 'limit' | 'unit' | 'of'>): string => {
  const total = of.reduce((sum, { value }) => sum + value, 0);
  const named = of
    .slice(0, mostHolders)
    .map(({ name, value }, place) => `${name}${place === 0 ? ' holds' : ''} ${value}`);
  const others = of.length > mostHolders ? [plural(of.length - mostHolders, 'other')] : [];
  const most = limit === undefined ? '' : `, limit ${formatValue(limit, unit)}`;
  return `${title}: ${[...named, ...others].join(', ')} (${total} in all${most})`;
};

/** The run whose samples are the baseline; by hand there may be none. */
export const comparedWith = ({ verb, comparedWith: good }: RunRecord): Line[] => {
  if (verb !== 'check') return [];
  if (!good) return [{ text: 'compared with nothing: there is no good run yet; judged in absolute terms', indent: 6 }];
  const label = releaseName(good) === '' ? '' : `, release ${good.label}`;
  return [{ text: `compared with the last good run: ${minuteOf(good.finishedAt)}${label} (${good.runId})`, indent: 6 }];
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
