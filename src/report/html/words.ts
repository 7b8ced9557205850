// Numbers and moments of the page in words.
import { isoTime, percent } from '../../kit/index.ts';
import { formatValue } from '../values.ts';
import { html, type Part } from './markup.ts';

const short = (value: number): string => String(Number(value.toPrecision(2)));

/** A number with its unit; short times keep two digits, because a wait of 0.05 ms is not none. */
export const valueText = (value: number, unit?: string): string =>
  unit === 'ms' && Math.abs(value) < 10 && !Number.isInteger(value) ? `${short(value)} ms` : formatValue(value, unit);

/** The same beside an axis, where the title of the chart tells the unit. */
export const axisText = (value: number, unit: string): string => {
  if (unit === 'share') return percent(value);
  return unit === 'ms' || unit === 's' ? valueText(value, unit) : formatValue(value);
};

/** A command between backticks, a number with its unit, or an option of a command: as long as a phone is wide. */
const inSentence = /`([^`]+)`|(?<![\w.])\d[\d.,]{0,15} (?:%|ms|s|min|h)(?!\w)|(?<= )--?[A-Za-z][\w-]{0,20}(?= )/g;

/** A sentence: a number is not parted from its unit at the end of a line nor a dash from its letter, and a command is seen to be one. */
export const sentence = (text: string): Part => {
  const parts: Part[] = [];
  let done = 0;
  for (const found of text.matchAll(inSentence)) {
    const [whole, command] = found;
    parts.push(text.slice(done, found.index));
    parts.push(command === undefined ? html`<span class="whole">${whole}</span>` : html`<code>${command}</code>`);
    done = found.index + whole.length;
  }
  return [...parts, text.slice(done)];
};

/** `18:33:26`, UTC. */
export const clock = (at: number): string => isoTime(at).slice(11, 19);

/** `18:33:26.608`, UTC, with the day where it is another one than that of the run. */
export const moment = (iso: string, startedAt: string): string => {
  const time = iso.slice(11, 23);
  return iso.slice(0, 10) === startedAt.slice(0, 10) ? time : `${iso.slice(0, 10)} ${time}`;
};

/** Widths in pixels, of the narrowest page, of the usual one, of a letter of a label and of the space around it. */
const widths = { narrow: 320, usual: 900, letter: 6.2, around: 8 };

/** Pixels that a label takes with the space around it. */
export const widthOf = (label: string): number => Math.ceil(label.length * widths.letter + widths.around);

/** How a label of an SVG is shown that has so much room (percent of the width): always, only on wide pages, or never. */
export const roomFor = (label: string, percentage: number): 'always' | 'wide' | 'never' => {
  const needed = widthOf(label);
  if ((percentage / 100) * widths.narrow >= needed) return 'always';
  return (percentage / 100) * widths.usual >= needed ? 'wide' : 'never';
};
