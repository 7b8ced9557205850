// How wide a text is on a terminal, and how to cut, pad and wrap it by that width.
import { stripVTControlCharacters } from 'node:util';

/**
 * Characters of which each takes one column and stands alone: Latin, dashes, arrows, bars, our marks. Most lines hold
 * no others, and asking Intl.Segmenter for the first time holds the event loop up for 30 ms.
 */
const oneColumnEach = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u024f\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u259f✓✗]*$/;
/** Takes no column: combining marks, joiners, variation selectors. */
const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
/**
 * Takes two columns: East Asian Wide and Fullwidth of Unicode TR 11 by their blocks, because scripts do not tell it (the
 * sound mark of `データ` is of no script, half-width Katakana are narrow), and emoji as terminals draw them.
 */
const twoColumns =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]|\ufe0f/u;

const graphemes = (text: string): string[] =>
  oneColumnEach.test(text)
    ? text.split('')
    : [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment);

const graphemeWidth = (grapheme: string): number => {
  if (zeroWidth.test(grapheme)) return 0;
  return twoColumns.test(grapheme) ? 2 : 1;
};

/** Columns that a text takes; colour codes take none. */
export const displayWidth = (text: string): number => {
  const bare = stripVTControlCharacters(text);
  if (oneColumnEach.test(bare)) return bare.length;
  return graphemes(bare).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
};

/** The longest start of an uncoloured text that fits into so many columns. */
const start = (text: string, columns: number): string => {
  let used = 0;
  let kept = '';
  for (const grapheme of graphemes(text)) {
    used += graphemeWidth(grapheme);
    if (used > columns) break;
    kept += grapheme;
  }
  return kept;
};

/** Cuts an uncoloured text to so many columns; the last one says with … that something is missing. */
export const cut = (text: string, columns: number): string => {
  if (displayWidth(text) <= columns) return text;
  return columns <= 0 ? '' : `${start(text, columns - 1).trimEnd()}…`;
};

/** Fills an uncoloured text with spaces to exactly so many columns, or cuts it. */
export const pad = (text: string, columns: number, side: 'left' | 'right' = 'right'): string => {
  const kept = cut(text, columns);
  const space = ' '.repeat(Math.max(0, columns - displayWidth(kept)));
  return side === 'right' ? kept + space : space + kept;
};

/** A word that is wider than a line becomes several pieces. */
const pieces = (word: string, columns: number): string[] => {
  const list: string[] = [];
  for (let rest = word; rest !== ''; ) {
    const piece = displayWidth(rest) <= columns ? rest : start(rest, columns);
    // A character that is wider than the line: it stands alone, so that this ends.
    list.push(piece || (graphemes(rest)[0] ?? rest));
    rest = rest.slice((list.at(-1) ?? rest).length);
  }
  return list;
};

/** Between words, but never between a number and its unit. */
const breakable = / (?!(?<=\d )(?:ms|s|min|h|%)(?!\w))/;

/** Breaks an uncoloured text between words into lines of at most so many columns; later lines are indented. */
export const wrap = (text: string, columns: number, indent = 0): string[] => {
  const inner = Math.max(1, columns - indent);
  const words = text.split(breakable).flatMap((word) => pieces(word, inner));
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const joined = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && displayWidth(joined) > columns) lines.push(' '.repeat(indent) + word);
    else lines.splice(-1, 1, joined);
  }
  return lines;
};
