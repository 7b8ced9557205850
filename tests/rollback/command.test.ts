// The platform `command` on real scripts.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { command } from '../../src/rollback/platforms/command.ts';
import { openOn, platformContract } from './platform-contract.ts';
import { commandSystem } from './systems.ts';

platformContract(command, commandSystem);

const base = { live: ['./live'], undo: ['./undo', '{{to}}'] };

describe('settings', () => {
  it('have a deadline of 5 min unless they name one', () => {
    expect(command.settings.parse(base)).toEqual({ ...base, deadline: 300_000 });
    expect(command.settings.parse({ ...base, deadline: '90s' })).toMatchObject({ deadline: 90_000 });
  });

  it.each([
    [{ ...base, undo: ['./undo'] }, 'must name the revision to return to as {{to}}'],
    [
      { ...base, undo: ['./undo', '{{to}}', '{{release}}'] },
      '{{release}} is not known here; known: {{from}}, {{to}}, {{token}}',
    ],
    [{ ...base, live: './live --all' }, 'must be a list of arguments like [./restart.sh, auth], not a shell line'],
    [{ ...base, deadline: '0s' }, 'must be longer than 0'],
  ])('%j are refused', (settings, message) => {
    const parsed = command.settings.safeParse(settings);
    expect(parsed.error?.issues.map((issue) => issue.message)).toEqual([message]);
  });
});

it('fills in both revisions and the token as single arguments', async () => {
  const system = await commandSystem();
  const { session } = await openOn(command, system);
  await session.undo({ from: 'v2', to: "v1; rm -rf 'x'", token: 3 });
  expect(await readFile(join(system.root, 'undo.log'), 'utf8')).toBe("v2 v1; rm -rf 'x' token=3 3\n");
  expect(await session.live()).toMatchObject({ revision: "v1; rm -rf 'x'" });
});

it('is settled only when the status command ends with 0', async () => {
  const system = await commandSystem();
  const settings = { ...(system.settings as object), status: ['sh', '-c', 'echo 2 of 3 replicas; exit 1'] };
  const { session } = await openOn(command, { ...system, settings });
  expect(await session.live()).toEqual({
    revision: 'v2',
    settled: false,
    detail:
      "v2 is live, its status is not good yet: `sh -c 'echo 2 of 3 replicas; exit 1'` ended with 1: 2 of 3 replicas",
  });
});

it.each([
  [['true'], '`true` printed no revision'],
  [['sh', '-c', 'echo oops >&2; exit 3'], "`sh -c 'echo oops >&2; exit 3'` ended with 3: oops"],
  [['./nowhere'], '`./nowhere` could not be started (ENOENT)'],
])('live = %j cannot tell what is live', async (live, message) => {
  const system = await commandSystem();
  const { session } = await openOn(command, { ...system, settings: { ...(system.settings as object), live } });
  await expect(session.live()).rejects.toThrow(message);
});

it('prints the undo command as it would be typed', async () => {
  const { session } = await openOn(command, await commandSystem());
  expect(session.manual({ from: 'v2', to: "it's v1" })).toBe("./scripts/undo.sh v2 'it'\\''s v1' token=1");
});

it('stops a command at its deadline, although it traps TERM and exits 0', async () => {
  const system = await commandSystem();
  const undo = ['sh', '-c', "trap 'exit 0' TERM; echo waiting; while :; do sleep 0.05; done", '{{to}}'];
  const settings = { ...(system.settings as object), undo, deadline: '300ms' };
  const { session, acts } = await openOn(command, { ...system, settings });
  await expect(session.undo({ from: 'v2', to: 'v1', token: 1 })).rejects.toThrow(
    /had not ended after 300 ms and was stopped: \w+$/,
  );
  expect(acts()).toEqual([expect.objectContaining({ timedOut: true, exit: 0 })]);
});
