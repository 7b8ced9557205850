// Builds and runs fixtures/roll-back.ts in a process of its own, so that a kill -9 is a real one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { RollbackReport } from '../../src/kit/index.ts';
import type { Job } from './fixtures/roll-back.ts';

const root = resolve(import.meta.dirname, '../..');

/** Bundles the fixture into a folder; returns the path of the program. */
export const buildChild = async (folder: string): Promise<string> => {
  const outfile = join(folder, 'roll-back.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['tests/rollback/fixtures/roll-back.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['pg-native', 'pg-cloudflare'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    outfile,
    logLevel: 'warning',
  });
  return outfile;
};

export interface ChildEnd {
  signal: string | null;
  report: RollbackReport | undefined;
  stderr: string;
}

/** Runs a job to its end, or to its kill. `onStart` gets the pid; `limit` is a shell command that goes before (ulimit). */
export const runChild = async (
  program: string,
  job: Job,
  onStart?: (pid: number) => void,
  env: NodeJS.ProcessEnv = process.env,
  limit?: string,
): Promise<ChildEnd> => {
  const argv = [process.execPath, program, JSON.stringify(job)] as const;
  const [file, ...args] = limit === undefined ? argv : (['sh', '-c', `${limit}; exec "$@"`, 'sh', ...argv] as const);
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += String(chunk)));
  onStart?.(child.pid ?? 0);
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (signal === null && output.stdout === '') throw new Error(`the child gave no report: ${output.stderr}`);
  const report = output.stdout === '' ? undefined : (JSON.parse(output.stdout) as RollbackReport);
  return { signal, report, stderr: output.stderr };
};

/** The states in the journal, over all attempts. */
export const journalOf = async (folder: string): Promise<{ state: string; token: number; reason?: string }[]> => {
  const journals = join(folder, '.holdpoint/journals');
  const [name = ''] = await readdir(journals);
  const lines = (await readFile(join(journals, name), 'utf8')).split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as { state: string; token: number }];
    } catch {
      // A torn line: the test that tears it knows.
      return [];
    }
  });
};
