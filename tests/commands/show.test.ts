// `holdpoint show`: the newest run once more, for copy and paste, from anywhere in the project, with the path of its record.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runHere } from '../helpers/command.ts';
import { incidentRecord } from '../helpers/records.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const saved = '.holdpoint/runs/2026-11-22T02-47-00.000Z_auth.production_run-7f3a.json';

const project = async (): Promise<string> => {
  const folder = await tempFolder();
  await mkdir(join(folder, 'deploy-profiles'));
  await mkdir(join(folder, '.holdpoint/runs'), { recursive: true });
  await writeFile(join(folder, saved), JSON.stringify(incidentRecord()));
  return folder;
};

describe('holdpoint show --last', () => {
  it('prints the summary, and where the record is', async () => {
    const { exitCode, stdout, stderr } = await runHere(await project(), ['show', '--last']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain('ROLLED BACK and verified: auth/production runs rs/7d9f again');
    expect(stdout.trim().split('\n').at(-1)).toBe(`record: ${saved}`);
  });

  it('finds the store of the project from a folder below', async () => {
    const folder = await project();
    const { stdout } = await runHere(join(folder, 'deploy-profiles'), ['show', '--last']);
    // A long path may be broken over lines.
    expect(stdout.replaceAll(/\s+/g, '')).toContain(`record:${join(folder, saved)}`);
  });

  it.each(['markdown', 'slack'])('%s: for copy and paste, times in UTC', async (reporter) => {
    const { stdout } = await runHere(await project(), ['show', '--last', '--reporter', reporter]);
    expect(stdout).toContain('2026-11-22 02:47:00 UTC');
    expect(stdout).toContain('run-7f3a');
  });

  it('lists the runs without --last', async () => {
    const { stdout } = await runHere(await project(), ['show']);
    expect(stdout.split('\n')[0]).toBe(
      '2026-11-22T02:48:20.000Z   20  run       auth/production  run-7f3a  ROLLED BACK and verified',
    );
  });

  it('ends with 2 when the report could not be written', async () => {
    const folder = await project();
    const told = await runHere(folder, ['show', '--last', '--reporter', `json=${folder}`, '--reporter', 'markdown']);
    expect([told.exitCode, told.stderr]).toEqual([
      2,
      `holdpoint: a report failed: ${folder} could not be written: it is a folder (EISDIR)\n`,
    ]);
    expect(told.stdout).toContain('run-7f3a');
  });

  it('says where it has looked when there is none', async () => {
    const { exitCode, stderr } = await runHere(await tempFolder(), ['show', '--last']);
    expect([exitCode, stderr]).toEqual([2, 'no run is kept in files in .holdpoint\n']);
  });
});
