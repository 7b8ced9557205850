// The reader of imports: every form of import, and what only looks like one.
import { expect, it } from 'vitest';
import { masked } from './masked.ts';
import { importsOf } from './modules.ts';

const value = { typeOnly: false, lazy: false, line: 1 };

it.each([
  ["import a from 'x';", [{ to: 'x', ...value }]],
  ['import * as a from "x";', [{ to: 'x', ...value }]],
  ["import {\n  a,\n  type B,\n} from './x.ts';", [{ to: './x.ts', ...value }]],
  ["import type { A } from 'x';", [{ to: 'x', ...value, typeOnly: true }]],
  ["import type from 'x';", [{ to: 'x', ...value }]],
  ["import 'x';", [{ to: 'x', ...value }]],
  ["export * from 'x';", [{ to: 'x', ...value }]],
  ["export type * from 'x';", [{ to: 'x', ...value, typeOnly: true }]],
  ["export { a as b } from 'x';", [{ to: 'x', ...value }]],
  ["export interface A {}\nimport type { B } from 'x';", [{ to: 'x', ...value, typeOnly: true, line: 2 }]],
  ["const a = await import('x');", [{ to: 'x', ...value, lazy: true }]],
  ["type A = typeof import('x');", [{ to: 'x', ...value, lazy: true, typeOnly: true }]],
  ['const a = import(name);', [{ to: '(computed)', ...value, lazy: true }]],
  ["const a = `${import('x')} import b from 'y'`;", [{ to: 'x', ...value, lazy: true }]],
  ["// import a from 'x';\n/* import 'y'; */ const b = \"import 'z'\";", []],
  ["const quote = /['\"]/; import('x');", [{ to: 'x', ...value, lazy: true }]],
  ["export const from = 'x';", []],
  ["const a = b / c; // 'd\nimport e from 'f';", [{ to: 'f', ...value, line: 2 }]],
])('%s', (source, expected) => {
  expect(importsOf(source)).toEqual(expected);
});

it('keeps every offset and every line', () => {
  const source = "const a = `b ${c({ d: '}' })} e`; // f\nconst g = 'h';";
  const expected = "const a = `  {c({ d: ' ' })}  `;     \nconst g = ' ';";
  expect(masked(source)).toHaveLength(source.length);
  expect(masked(source).replaceAll(/ +/g, ' ')).toBe(expected.replaceAll(/ +/g, ' '));
  expect(masked(source).indexOf('const g')).toBe(source.indexOf('const g'));
});
