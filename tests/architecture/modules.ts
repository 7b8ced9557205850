// Reads the modules of src/ and what each of them imports, types included, without a compiler.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { masked } from './masked.ts';

/** One import of a module: `to` as written, or `(computed)` when it is no plain text. */
export interface Import {
  to: string;
  /** Erased by the compiler: nothing is loaded. */
  typeOnly: boolean;
  /** `import()`: loaded when reached. */
  lazy: boolean;
  line: number;
}

/** One file of src/: its path from the root with slashes, its text, its text without what is not code, its imports. */
export interface Module {
  path: string;
  text: string;
  code: string;
  imports: Import[];
}

const FROM =
  /(?<![.\w$])(?:import|export)\b(\s*type\b(?!\s*(?:,|from\b)))?(?:(?!\b(?:import|export)\b)[^'"`;()=])*?\bfrom\s*(?=['"])/g;
const BARE = /(?<![.\w$])import\s*(?=['"])/g;
const LAZY = /(?<![.\w$])(typeof\s+)?import\s*\(\s*/g;

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

function specifierAt(source: string, offset: number): string {
  return /^(['"])(.*?)\1/.exec(source.slice(offset))?.[2] ?? '(computed)';
}

/** Every import, export-from and `import()` of a source, in the order of the three forms. */
export function importsOf(source: string, code: string = masked(source)): Import[] {
  const found = (pattern: RegExp, lazy: boolean): Import[] =>
    [...code.matchAll(pattern)].map((hit) => ({
      to: specifierAt(source, hit.index + hit[0].length),
      typeOnly: hit[1] !== undefined,
      lazy,
      line: lineAt(source, hit.index),
    }));
  return [...found(FROM, false), ...found(BARE, false), ...found(LAZY, true)];
}

/** A module from its path and text, as the rules see it. */
export function moduleOf(path: string, text: string): Module {
  const code = masked(text);
  return { path, text, code, imports: importsOf(text, code) };
}

/** Every module under `folder` (a path from `root`). */
export function readModules(root: string, folder: string): Module[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => moduleOf(path, readFileSync(join(root, path), 'utf8')));
}

/** The path from the root of a relative import, or undefined for a package. */
export function targetOf(module: Module, { to }: Import): string | undefined {
  return to.startsWith('.') ? relative('.', join(dirname(module.path), to)).replaceAll('\\', '/') : undefined;
}
