// Holds src/ against the design's "who may import whom", and proves on planted modules that each rule can fail.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { cyclesOf } from './cycles.ts';
import { type Module, moduleOf, readModules, targetOf } from './modules.ts';
import { AREAS, areaOf, layeringProblems } from './rules.ts';

const root = resolve(import.meta.dirname, '../..');
const modules = readModules(root, 'src');

/** What esbuild sees of the same imports: a second opinion on our small reader. Types are erased there. */
async function importsByEsbuild(): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    // One bundle of all: a bundle for each would hold most of them again.
    stdin: { contents: modules.map(({ path }) => `import './${path}';`).join('\n'), resolveDir: root },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: 'unused',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const edges = Object.entries(metafile.inputs).flatMap(([from, { imports }]) =>
    (from === '<stdin>' ? [] : imports).map(({ path }) => `${from} → ${path}`),
  );
  return [...new Set(edges)].sort();
}

function importsByOurs(seen: readonly Module[]): string[] {
  const edges = seen.flatMap((module) =>
    module.imports
      .filter(({ to, typeOnly }) => !typeOnly && to !== '(computed)')
      .map((imported) => `${module.path} → ${targetOf(module, imported) ?? imported.to}`),
  );
  return [...new Set(edges)].sort();
}

describe('the modules of src', () => {
  it('are all seen', () => {
    const counted = execFileSync('find', ['src', '-name', '*.ts'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
    expect(modules.length).toBe(counted.length);
    expect(modules.length).toBeGreaterThanOrEqual(60);
  });

  it('fill every folder that the table names', () => {
    const found = new Set(modules.map(({ path }) => areaOf(path)));
    expect([...found].sort()).toEqual(Object.keys(AREAS).sort());
  });

  it('import what esbuild sees them import', async () => {
    expect(importsByOurs(modules)).toEqual(await importsByEsbuild());
  }, 60_000);

  it('import only modules that exist, by their whole name', () => {
    const targets = modules.flatMap((module) => module.imports.map((one) => targetOf(module, one)));
    expect(targets.filter((target) => target !== undefined && !existsSync(join(root, target)))).toEqual([]);
  });

  it('keep to the table of who may import whom', () => {
    expect(modules.flatMap(layeringProblems)).toEqual([]);
  });

  it('have no import cycle', () => {
    expect(cyclesOf(modules)).toEqual([]);
  });
});

describe('the rules can fail', () => {
  it.each([
    [
      'src/run/hold.ts',
      "import { save } from '../store/files.ts';",
      'imports src/store/files.ts; run may import kit, itself',
    ],
    [
      'src/run/hold.ts',
      "import type { S } from '../store/files.ts';",
      'imports src/store/files.ts; run may import kit, itself',
    ],
    [
      'src/run/hold.ts',
      "import { bold } from '../stats/bold.ts';",
      'imports src/stats/bold.ts; run may import kit, itself',
    ],
    [
      'src/kinds/login.ts',
      "export { scrape } from '../sources/scrape.ts';",
      'imports src/sources/scrape.ts; kinds may import kit, stats, itself',
    ],
    ['src/kit/io.ts', "import { run } from '../run/index.ts';", 'imports src/run/index.ts; kit may import itself'],
    [
      'src/profile/load.ts',
      "import { kinds } from '../kinds/index.ts';",
      'imports src/kinds/index.ts; profile may import kit, itself',
    ],
    [
      'src/rollback/fence.ts',
      "await import('../report/plain.ts');",
      'imports src/report/plain.ts; rollback may import kit, itself',
    ],
    [
      'src/commands/run.ts',
      "import { runDemo } from '../demo/index.ts';",
      'imports the demo; only src/commands/demo.ts may',
    ],
    [
      'src/demo/lab.ts',
      "import { http } from '../io/http.ts';",
      'imports src/io/http.ts; demo may import kit, io/package.ts, itself',
    ],
    [
      'src/commands/run.ts',
      "import { spawn } from 'node:child_process';",
      'imports node:child_process; only src/io and src/demo touch the world',
    ],
    ['src/kinds/http.ts', "import { request } from 'undici';", 'imports undici, which is not for kinds'],
    ['src/io/http.ts', "import { request } from 'undici';", 'imports undici at once; use import() where it is needed'],
    ['src/run/hold.ts', "import { Listr } from 'listr2';", 'imports listr2, which is not for run'],
    [
      'src/run/hold.ts',
      "import { readFile } from 'node:fs/promises';",
      'imports node:fs/promises; only src/io and src/demo touch the world',
    ],
    [
      'src/store/files.ts',
      "import 'node:child_process';",
      'imports node:child_process; only src/io and src/demo touch the world',
    ],
    ['src/kinds/http.ts', 'const load = (name: string) => import(name);', 'imports a computed name'],
    [
      'src/report/plain.ts',
      'const wide = process.stdout.columns;',
      'touches process.; only cli.ts, commands and demo may',
    ],
    ['src/run/hold.ts', 'const now = Date.now();', 'touches Date.now; the world comes as an argument (Io)'],
    ['src/kinds/http.ts', 'const body = `${await fetch(url)}`;', 'touches fetch(; the world comes as an argument (Io)'],
    ['src/helpers/x.ts', '', 'stands in a folder that the table of tests/architecture/rules.ts does not name'],
  ])('%s: %s', (path, text, expected) => {
    expect(layeringProblems(moduleOf(path, text))).toEqual([`${path}:1 ${expected}`]);
  });

  it.each([
    ['src/commands/context.ts', "import { createInterface } from 'node:readline';"],
    ['src/io/http.ts', "import type { Agent } from 'undici'; const { request } = await import('undici');"],
    [
      'src/kinds/login.ts',
      "import * as z from 'zod';\nimport { weigh } from '../stats/judge.ts';\nimport { percent } from '../kit/text.ts';",
    ],
    [
      'src/run/hold.ts',
      "// import x from 'undici'\nconst text = 'Date.now() and process.exit()'; io.process.kill(); /fetch(/; clock.setTimeout(1);",
    ],
    ['src/commands/demo.ts', "import { runDemo } from '../demo/index.ts'; process.exitCode = 1;"],
  ])('and let pass what is right: %s %#', (path, text) => {
    expect(layeringProblems(moduleOf(path, text))).toEqual([]);
  });

  it('a cycle is named along its way', () => {
    const a = moduleOf('src/run/a.ts', "import { b } from './b.ts';");
    const b = moduleOf('src/run/b.ts', "import type { c } from './c.ts';");
    const c = moduleOf('src/run/c.ts', "export * from './a.ts';");
    expect(cyclesOf([a, b, c])).toEqual(['src/run/a.ts → src/run/b.ts → src/run/c.ts → src/run/a.ts']);
  });
});
