// A pasted curl line is split as bash splits it, whatever is quoted and however.
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { rendered, shellWords, variablesIn } from '../../src/commands/curl/shell-words.ts';
import { seededRandom } from '../helpers/seeded-random.ts';

const signs = [...`ab c'"\\$!{}&|;<>()#*?~=:/@%\`ä\n\t-.1`];

const quotings: readonly ((text: string) => string)[] = [
  (text) => `'${text.replaceAll("'", `'\\''`)}'`,
  (text) => `"${text.replaceAll(/["\\`$]/g, '\\$&')}"`,
  (text) => [...text].map((sign) => (sign === '\n' ? "$'\\n'" : `\\${sign}`)).join('') || "''",
  (text) => `$'${text.replaceAll(/['\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('!', '\\u0021')}'`,
];

it('as bash does, for 300 lines of a fixed seed', () => {
  const random = seededRandom(7);
  const below = (limit: number): number => random.between(0, limit - 1);
  const text = (): string => Array.from({ length: below(7) }, () => signs[below(signs.length)]).join('');
  const word = (): string =>
    Array.from({ length: 1 + below(2) }, () => quotings[below(quotings.length)]?.(text())).join('');
  const lines = Array.from({ length: 300 }, () => {
    const words = Array.from({ length: 1 + below(3) }, word);
    return ['curl', ...words].join([' ', ' \\\n  ', '\\\n '][below(3)]);
  });
  const script = lines.map((line) => `printf '%s\\0' ${line}; printf '\\1\\0'`).join('\n');
  const split = execFileSync('bash', ['-c', script], { encoding: 'utf8', maxBuffer: 1 << 24 });
  const byBash = split.split('\u0001\0').map((words) => words.split('\0').slice(0, -1));
  expect(lines.map(shellWords)).toEqual(byBash.slice(0, -1));
});

it.each([
  ['"a $B c"', 'a ${env:B} c', ['B']],
  ['"${B}"$C', '${env:B}${env:C}', ['B', 'C']],
  [`'$B'`, '$B', []],
  [String.raw`"\$B"`, '$B', []],
  [`'\${B}'`, '$${B}', []],
  ['"5$"', '5$', []],
])('%s is %s in a profile', (typed, written, variables) => {
  const [word = ''] = shellWords(typed);
  expect([rendered(word), variablesIn(word)]).toEqual([written, variables]);
});

it.each([`'a`, '"a', 'a | b', 'a $(b)', '`a`', 'a; b', 'a > b'])('%s is refused', (line) => {
  expect(() => shellWords(line)).toThrow('the curl line cannot be read at: ');
});
