// The house rules that a machine can read: length of a file, its first line, one way to import zod, no leftover marks.
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { moduleOf, type Module, readModules } from './modules.ts';

const root = resolve(import.meta.dirname, '../..');
const modules = [...readModules(root, 'src'), ...readModules(root, 'tests')].filter(
  ({ path }) => !path.includes('/fixtures/') && !path.includes('/node_modules/'),
);

/** Beyond this a file does more than one thing; the aim is about 150. */
const MOST_LINES = 200;

/** One sentence, over several lines where it is long. */
const OPENING = /^(?:\/\/ \S.*\n)*?\/\/ \S.*[.:?](?:\n|$)/;

function fileProblems({ path, text, code }: Module): string[] {
  const lines = text.trimEnd().split('\n').length;
  const inSrc = path.startsWith('src/');
  const checks: [boolean, string][] = [
    [inSrc && lines > MOST_LINES, `has ${lines} lines; at most ${MOST_LINES}`],
    [!OPENING.test(text), 'does not begin with a comment of one sentence that says what it is for'],
    [/\bexport default\b/.test(code), 'has a default export; exports are named'],
    [
      inSrc && /^import \{[^}]*\bz\b[^}]*\} from 'zod';/m.test(text),
      "imports { z } from 'zod'; import * as z leaves 570 KB of locales out of the bundle",
    ],
    [/\b(?:TODO|FIXME|XXX)\b/.test(text) && !path.endsWith('files.test.ts'), 'holds a mark of unfinished work'],
    [/\.(?:only|skip)\(/.test(code), 'skips tests'],
  ];
  return checks.filter(([broken]) => broken).map(([, problem]) => `${path} ${problem}`);
}

it('every file keeps the house rules', () => {
  expect(modules.flatMap(fileProblems)).toEqual([]);
});

it.each([
  ['// What it is for.\n'.padEnd(2000, 'x\n'), 'src/a.ts has 992 lines; at most 200'],
  ["import a from 'b';\n// Late.", 'src/a.ts does not begin with a comment of one sentence that says what it is for'],
  ['// What it is for.\nexport default {};', 'src/a.ts has a default export; exports are named'],
  [
    "// What it is for.\nimport { z } from 'zod';",
    "src/a.ts imports { z } from 'zod'; import * as z leaves 570 KB of locales out of the bundle",
  ],
  ['// What it is for.\nit.skip();', 'src/a.ts skips tests'],
])('the rules can fail: %#', (text, expected) => {
  expect(fileProblems(moduleOf('src/a.ts', text))).toEqual([expected]);
});
