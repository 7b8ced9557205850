// Where the texts of reporters go: a stream, a file, and the files of a CI that are named in its environment.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Context } from '../../src/commands/context.ts';
import { builtIn } from '../../src/commands/registry.ts';
import { openReporting } from '../../src/commands/reporting.ts';
import { createFiles } from '../../src/io/files.ts';
import { fakeIo, realClock } from '../helpers/fake-io.ts';
import { incidentRecord } from '../helpers/records.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const streams = () => {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) => ({
    write: (text: string) => (written[name] += text),
    on: () => undefined,
  });
  return { written, stdout: stream('stdout'), stderr: stream('stderr') };
};

const contextOf = (cwd: string, env: Record<string, string>) => {
  const { written, stdout, stderr } = streams();
  const context = {
    cwd,
    stdout,
    stderr,
    env: (name: string) => env[name],
    io: fakeIo({ clock: realClock, files: createFiles() }),
  };
  return { written, context: context as unknown as Context };
};

const end = async (wanted: string[], context: Context): Promise<void> => {
  const reporting = openReporting(wanted, builtIn(), context, (text) => text.replaceAll('rs/7d9f', '[masked]'));
  await reporting.end(incidentRecord(), 'run.json');
  reporting.close();
};

it('github appends to the files of the CI, redacted, and keeps what stands in them', async () => {
  const folder = await tempFolder();
  const [summary, output] = [join(folder, 'summary.md'), join(folder, 'output')];
  await writeFile(output, 'earlier=1\n');
  const { context, written } = contextOf(folder, { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output });
  await end(['github'], context);
  expect(await readFile(output, 'utf8')).toBe(
    'earlier=1\nverdict=rolled_back\nexit_reason=slots_exhausted\nrecord=run.json\nrolled_back_to=[masked]\n',
  );
  expect(await readFile(summary, 'utf8')).toMatch(/^## ROLLED BACK and verified: .*\n[^]*holdpoint 0\.1\.0\n$/);
  expect(written.stdout.split('\n').length).toBe(5);
  expect(written.stderr).toBe('');
});

it('outside of GitHub only the annotations are written', async () => {
  const { context, written } = contextOf(await tempFolder(), { GITHUB_OUTPUT: '' });
  await end(['github'], context);
  expect([written.stdout.split('\n').length, written.stderr]).toEqual([5, '']);
});

it('a file of the CI that cannot be written is said and breaks nothing', async () => {
  const folder = await tempFolder();
  const { context, written } = contextOf(folder, { GITHUB_OUTPUT: folder });
  await end(['github=annotations.txt'], context);
  expect(written.stderr).toBe(`holdpoint: a report failed: ${folder} could not be written: it is a folder (EISDIR)\n`);
  expect(await readFile(join(folder, 'annotations.txt'), 'utf8')).toMatch(/^::error title=holdpoint::ROLLED BACK/);
});
