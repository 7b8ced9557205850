// Splits a curl line that was pasted as one text into its words, as a shell would: quotes, backslashes, $VARIABLES.
import { UsageError } from '../../kit/index.ts';
import { literal } from '../../profile/index.ts';

/** Around the name of a variable in a word: signs that stand in no curl line. */
const marks = ['\uE000', '\uE001'] as const;
const marked = /(?:\uE000|%EE%80%80)(\w+)(?:\uE001|%EE%80%81)/g;

/** A word in the syntax of profiles: a variable becomes a reference, and a `${` that was typed stands for itself. */
export const rendered = (text: string, as: 'env' | 'secret' = 'env'): string =>
  literal(text).replaceAll(marked, (_, name: string) => `\${${as}:${name}}`);

/** The variables that a word names. */
export const variablesIn = (text: string): string[] => [...text.matchAll(marked)].map(([, name = '']) => name);

/** A word as a shell reads it again between double quotes. */
export const forShell = (text: string): string =>
  text.replaceAll(/["\\`$]/g, '\\$&').replaceAll(marked, (_, name: string) => `$${name}`);

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
};

/** The parts of a line, each in its own way: what a shell does with them. */
const parts: readonly { pattern: RegExp; read(groups: string[]): string | undefined }[] = [
  { pattern: /(?:\\\r?\n)*\s(?:\s|\\\r?\n)*/y, read: () => undefined },
  { pattern: /\\\r?\n/y, read: () => '' },
  { pattern: /'([^']*)'/y, read: ([text = '']) => text },
  { pattern: /\$'((?:[^'\\]|\\[^])*)'/y, read: ([text = '']) => unescaped(text) },
  { pattern: /"((?:[^"\\]|\\[^])*)"/y, read: ([text = '']) => inQuotes(text) },
  { pattern: /\\([^])/y, read: ([text = '']) => text },
  { pattern: /\$(?:(\w+)|\{(\w+)\})/y, read: ([name, braced]) => `${marks[0]}${name ?? braced ?? ''}${marks[1]}` },
  { pattern: /([^\s'"\\$`|;&<>()]+)/y, read: ([text = '']) => text },
];

/** `$'…'`, as browsers copy a request: `\u0021`, `\x21`, `\n`, `\'`. */
const unescaped = (text: string): string =>
  text.replaceAll(/\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|([^]))/gi, (_, four?: string, two?: string, sign = '') => {
    const code = four ?? two;
    return code === undefined ? (escapes[sign] ?? sign) : String.fromCharCode(Number.parseInt(code, 16));
  });

const inQuotes = (text: string): string =>
  text.replaceAll(/\\(\r?\n)|\\(["\\$`])|\$(?:(\w+)|\{(\w+)\})/g, (whole, line, sign, name, braced) => {
    if (line !== undefined) return '';
    if (sign !== undefined) return sign;
    return (name ?? braced) === undefined ? whole : `${marks[0]}${name ?? braced}${marks[1]}`;
  });

/** The words of a line. Throws a UsageError for a quote without its end, and for a command inside of the line. */
export const shellWords = (line: string): string[] => {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; ) {
    const found = partAt(line, at);
    if (found.text !== undefined) word = (word ?? '') + found.text;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
    at = found.end;
  }
  return word === undefined ? words : [...words, word];
};

const partAt = (line: string, at: number): { text: string | undefined; end: number } => {
  for (const { pattern, read } of parts) {
    pattern.lastIndex = at;
    const match = pattern.exec(line);
    if (match) return { text: read(match.slice(1)), end: at + match[0].length };
  }
  throw new UsageError(`the curl line cannot be read at: ${line.slice(at, at + 20)}`);
};
