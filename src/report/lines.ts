// Lines of a report before they are laid out: text with a coloured head, wrapped to a width.
import { styleText } from 'node:util';
import { wrap } from './width.ts';

/** What a colour means; it never says anything that the words do not say. */
export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'strong';

/** One line of text; `head` is its start, which may be coloured. */
export interface Line {
  head?: string;
  text: string;
  tone?: Tone;
  /** Columns by which a broken line's rest is indented. */
  indent?: number;
}

const colours = { good: 'green', bad: 'red', warn: 'yellow', dim: 'dim', strong: 'bold' } as const;

/** Colours a text, or leaves it as it is. */
export const paint = (text: string, tone: Tone | undefined, colour: boolean): string =>
  tone === undefined || !colour || text === '' ? text : styleText(colours[tone], text, { validateStream: false });

/** Where lines go. */
export interface Page {
  /** No line is wider. */
  columns: number;
  colour: boolean;
  /** Masks secrets and control codes; applied before anything is broken or cut. */
  clean(text: string): string;
}

/** Breaks lines to the width of the page, colours their heads. */
export const layOut = (lines: readonly Line[], page: Page): string[] => lines.flatMap((line) => broken(line, page));

const broken = ({ head = '', text, tone, indent = 2 }: Line, page: Page): string[] => {
  const whole = head + text;
  const margin = whole.length - whole.trimStart().length;
  const [first = '', ...rest] = wrap(page.clean(whole), page.columns - margin, indent);
  const shown = page.clean(head);
  const coloured = first.startsWith(shown) ? paint(shown, tone, page.colour) + first.slice(shown.length) : first;
  return [coloured, ...rest].map((line) => (line === '' ? '' : ' '.repeat(margin) + line));
};

/** The words alone, for what has no colours and breaks lines itself. */
export const textsOf = (lines: readonly Line[]): string[] => lines.map(({ head = '', text }) => head + text);
