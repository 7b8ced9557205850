// The samples of a check as rows of a table: what was seen as text, the oldest and the newest where there are many.
import {
  count,
  duration,
  type Json,
  plural,
  type RecordedCheck,
  type RecordedSample,
  type RunRecord,
} from '../../kit/index.ts';
import { html, type Markup, type Part, when } from './markup.ts';
import { ends } from './thin.ts';
import { moment } from './words.ts';

/** Rows of all tables of a page together, and those that each check may have at least and at most. */
const mostRows = { page: 4000, least: 30, most: 300 };

/** Characters of all cells of a page together, and those that each may have at least and at most: what a kind sees may be large. */
const mostText = { page: 1_600_000, least: 400, most: 2400 };

/** A row: what was seen as one text, or why the look was missed, with by whom. */
export interface ShownSample {
  at: string;
  ms: number;
  phase: string;
  group?: string;
  missed?: string;
  text: string;
}

/** The samples that are shown; `looked` is how many there were, `left` how many of them are not shown. */
export interface Shown {
  first: ShownSample[];
  last: ShownSample[];
  left: number;
  looked: number;
  /** When a look was missed since the baseline, epoch milliseconds. */
  missed: number[];
}

type Clean = (text: string) => string;

/** What each check shows. Texts are cleaned before they are cut, because half a secret is not recognised. */
export const shownSamples = ({ checks }: RunRecord, clean: Clean): Shown[] => {
  const most = Math.min(
    mostRows.most,
    Math.max(mostRows.least, Math.floor(mostRows.page / Math.max(1, checks.length))),
  );
  const rows = checks.reduce(
    (sum, { baseline, samples }) => sum + Math.min(most, baseline.samples.length + samples.length),
    0,
  );
  const room = Math.floor(mostText.page / Math.max(1, rows));
  const words = inWords(clean, Math.min(mostText.most, Math.max(mostText.least, room)));
  return checks.map(({ baseline, samples }) => {
    const all = [...baseline.samples, ...samples];
    const { first, last, left } = ends(all, most);
    return { first: first.map(words), last: last.map(words), left, looked: all.length, missed: missedAt(samples) };
  });
};

const missedAt = (samples: readonly RecordedSample[]): number[] =>
  samples.flatMap(({ at, missed }) => (missed === undefined ? [] : [Date.parse(at)]));

const inWords =
  (clean: Clean, longest: number) =>
  ({ at, ms, phase, group, seen, missed }: RecordedSample): ShownSample => ({
    at: clean(at),
    ms,
    phase: clean(phase),
    ...(group === undefined ? {} : { group: clean(group) }),
    ...(missed === undefined
      ? { text: seen === undefined ? '' : cut(seenLines(seen).map(clean).join('\n'), longest) }
      : { missed: `${clean(missed.by)}, ${clean(missed.reason)}`, text: cut(clean(missed.because), longest) }),
  });

const cut = (text: string, longest: number): string => (text.length > longest ? `${text.slice(0, longest)} …` : text);

/** The same as `seenText`, with a line of its own for each thing of a list: holders, instances, steps of a login. */
export const seenLines = (seen: Json): string[] => {
  if (isPlain(seen) || Array.isArray(seen)) return [seenText(seen)];
  const lists = Object.entries(seen).filter((entry): entry is [string, Json[]] => isList(entry[1]));
  const rest = Object.fromEntries(Object.entries(seen).filter(([, value]) => !isList(value)));
  const lines = lists.flatMap(([key, items]) => items.map((item) => `${key}: ${seenText(item)}`));
  return [seenText(rest), ...lines].filter((line) => line !== '');
};

const isList = (value: Json): boolean => Array.isArray(value) && value.some((item) => !isPlain(item));

/** Says nothing: a note or a reason that there is not. */
const isEmpty = (value: Json): boolean => value === '' || (Array.isArray(value) && value.length === 0);

/** `used 36, active 3, holders (role auth_svc, connections 6), (…)`: what a person can read of any kind's data. */
export const seenText = (seen: Json): string => {
  if (Array.isArray(seen)) return seen.map((item) => (isPlain(item) ? plain(item) : `(${seenText(item)})`)).join(', ');
  if (isPlain(seen)) return plain(seen);
  return Object.entries(seen)
    .filter(([, value]) => !isEmpty(value))
    .map(
      ([key, value]) => `${key} ${isPlain(value) || Array.isArray(value) ? seenText(value) : `(${seenText(value)})`}`,
    )
    .join(', ');
};

const isPlain = (value: Json): value is string | number | boolean | null => typeof value !== 'object' || value === null;

const plain = (value: string | number | boolean | null): string => {
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(6)));
  return value === '' ? '""' : String(value);
};

/** The table, folded away. */
export const samplesOf = ({ title }: RecordedCheck, shown: Shown, started: string): Part => {
  const { first, last, left, looked } = shown;
  const rows = [...first, ...last];
  const grouped = rows.some(({ group }) => group !== undefined);
  const row = (sample: ShownSample): Markup =>
    html`<tr><th scope="row">${moment(sample.at, started)}</th><td>${sample.phase}</td>${when(grouped, () => html`<td>${sample.group ?? ''}</td>`)}<td>${duration(sample.ms)}</td><td class="text">${whatOf(sample)}</td></tr>`;
  return when(
    looked > 0,
    () => html`<details><summary>${plural(looked, 'sample')} of “${title}”</summary><div class="scroll" tabindex="0" role="region" aria-label="Samples of ${title}"><table>
<thead><tr><th scope="col">time, UTC</th><th scope="col">phase</th>${when(grouped, () => html`<th scope="col">of</th>`)}<th scope="col">took</th><th scope="col">what was seen</th></tr></thead>
<tbody>${first.map(row)}${when(left, () => html`<tr><td class="note" colspan="${grouped ? 5 : 4}">${count(left)} samples are left out here; the record has all of them.</td></tr>`)}${last.map(row)}</tbody></table></div></details>`,
  );
};

const whatOf = ({ missed, text }: ShownSample): Part =>
  missed === undefined ? text : html`<b>missed</b> (${missed}): ${text}`;
