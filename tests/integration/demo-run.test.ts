// The demo around a command line that only pretends: how it calls it, what it concludes, and that a signal leaves nothing.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runDemo } from '../../src/demo/index.ts';
import { childPids } from '../demo/world.ts';

// Runs the deploy command, writes the record that STUB describes, notes what it was given, and waits where it is told to.
const stub = `
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
const args = process.argv.slice(2);
const { action, exitCode, wait, notes } = JSON.parse(process.env.STUB);
const dash = args.indexOf('--');
if (dash >= 0) spawnSync(args[dash + 1], args.slice(dash + 2));
const record = args.filter((arg) => arg.startsWith('json=')).at(-1).slice(5);
const version = await (await fetch(process.env.DEMO_INSTANCE_A + '/version')).json();
writeFileSync(notes, JSON.stringify({ cwd: process.cwd(), profile: existsSync('deploy-profiles/demo.yaml'), version, verb: args[0] }));
process.on('SIGTERM', () => process.exit(143));
if (wait) setInterval(() => {}, 1e6);
else {
  writeFileSync(record, JSON.stringify({ decision: { action, because: [] }, exitCode }));
  process.exit(exitCode);
}`;

let folder: string;
let said: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdpoint-test-'));
  writeFileSync(join(folder, 'stub.mjs'), stub);
  said = '';
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const notes = (): { cwd: string } => JSON.parse(readFileSync(join(folder, 'notes.json'), 'utf8')) as { cwd: string };

const play = (scenario: string, plan: object, signal = new AbortController().signal): Promise<number> =>
  runDemo({
    scenario,
    reporters: [],
    cli: [process.execPath, join(folder, 'stub.mjs')],
    env: { STUB: JSON.stringify({ ...plan, notes: join(folder, 'notes.json') }) },
    cwd: folder,
    signal,
    out: (text) => {
      said += text;
    },
  });

const nothingIsLeft = (): void => {
  expect(childPids(process.pid)).toEqual([]);
  expect(existsSync(notes().cwd)).toBe(false);
};

it('calls holdpoint in a project with the shipped profile and a service, and says that the scenario ended as it must', async () => {
  expect(await play('healthy', { action: 'pass', exitCode: 0 })).toBe(0);
  expect(notes()).toMatchObject({ profile: true, verb: 'run', version: { revision: '9f2c1e8', instance: 'a' } });
  expect(said).toBe(
    'scenario healthy\n  The new release greets its users more kindly and changes nothing else.\n' +
      '  The traffic has its usual 0.5 % of errors, before and after.\n\n' +
      '\nexit code 0: passed\nThe scenario healthy ended as it must.\n' +
      'The lab is gone, and its record with it; to keep the record: --reporter json=FILE\n',
  );
  nothingIsLeft();
});

it('says what did not end as it must', async () => {
  expect(await play('incident', { action: 'pass', exitCode: 0 })).toBe(1);
  expect(said).toContain(
    'The scenario incident did not end as it must:\n  exit code 0; the scenario must end with 20\n' +
      '  decision pass; the scenario must end with rollback\n  release 9f2c1e8 is live; it must be 77ab0c4\n',
  );
  nothingIsLeft();
});

it('passes a signal on, ends with its code and leaves nothing', async () => {
  const controller = new AbortController();
  const ended = play('healthy', { wait: true }, controller.signal);
  await expect.poll(() => existsSync(join(folder, 'notes.json')), { timeout: 10_000 }).toBe(true);
  controller.abort('SIGTERM');
  expect(await ended).toBe(143);
  expect(said).toContain('exit code 143: interrupted by SIGTERM; the record says how far it came\n');
  nothingIsLeft();
});

it('refuses an unknown scenario by naming those that there are', async () => {
  await expect(play('incidnet', {})).rejects.toThrow('there is no scenario incidnet; there are: incident, healthy, ');
});
