// The platform `command` on real scripts.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
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

describe('a target', () => {
  const withCandidates = async (candidates: string[]) => {
    const system = await commandSystem();
    const settings = { ...(system.settings as object), candidates };
    return openOn(command, { ...system, settings });
  };

  it('must be among the candidates', async () => {
    const { session, acts } = await withCandidates(['printf', '%s\n', 'v2', ' v1 ', '']);
    expect(await session.targetMissing?.('v1')).toBeUndefined();
    expect(await session.targetMissing?.('v9')).toBe(
      "`printf '%s\n' v2 ' v1 ' ''` does not list v9: it printed v2, v1",
    );
    expect(acts()).toEqual([]);
  });

  it('of which nothing can be told is none', async () => {
    const { session } = await withCandidates(['sh', '-c', 'echo no network >&2; exit 4']);
    expect(await session.targetMissing?.('v1')).toBe(
      "whether v1 is still there cannot be told: `sh -c 'echo no network >&2; exit 4'` ended with 4: no network",
    );
  });

  it('is not asked for without the command', async () => {
    const system = await commandSystem();
    const { candidates: _, ...settings } = system.settings as { candidates: unknown };
    const { session } = await openOn(command, { ...system, settings });
    expect(session.targetMissing).toBeUndefined();
  });
});

describe('the doctor', () => {
  const examined = async (over: object) => {
    const system = await commandSystem();
    const { session, acts } = await openOn(command, {
      ...system,
      settings: { ...(system.settings as object), ...over },
    });
    const findings = await session.doctor?.();
    expect(acts()).toEqual([]);
    await expect(readFile(join(system.root, 'undo.log'), 'utf8')).rejects.toThrow('ENOENT');
    return { root: system.root, findings: findings ?? [] };
  };

  it('runs what only looks, and not `undo`', async () => {
    const { root, findings } = await examined({});
    expect(findings).toEqual([
      { what: '`live` prints one revision, the same twice', state: 'ok', because: '`./scripts/live.sh` printed v2' },
      { what: '`status` ends with 0 while nothing is rolled out', state: 'ok', because: '`true` ended with 0' },
      {
        what: '`candidates` lists what can be returned to',
        state: 'ok',
        because: "`printf '%s\\n' v1 v2 v3` printed 3 revisions: v1, v2, v3",
      },
      { what: '`undo` could be started', state: 'ok', because: `${root}/scripts/undo.sh is executable` },
      {
        what: '`undo` does what it says',
        state: 'unknown',
        because: '`./scripts/undo.sh v2 v2 token=1` cannot be tried without going back',
        next: 'holdpoint rollback PROFILE --drill does everything else; roll back for practice in staging',
      },
    ]);
  });

  it.each([
    [['sh', '-c', 'date +%s%N'], 'failed', /` printed \d+, then \d+$/],
    [['echo', '-v2'], 'failed', /` printed -v2: it could not be told from an option$/],
    [
      ['echo', 'v2 (since Monday)'],
      'unknown',
      /` printed "v2 \(since Monday\)", with blanks: is all of it the revision\?$/,
    ],
    [['true'], 'failed', /^`true` printed no revision$/],
    [['./nowhere'], 'failed', /^`\.\/nowhere` could not be started \(ENOENT\)$/],
  ])('with live = %j: %s', async (live, state, because) => {
    const { findings } = await examined({ live });
    expect(findings[0]).toMatchObject({ state, because: expect.stringMatching(because) });
  });

  it.each([
    [['false'], 'unknown', '`false` ended with 1'],
    [['./nowhere'], 'failed', '`./nowhere` could not be started (ENOENT)'],
    [undefined, 'unknown', 'there is none: as soon as `live` prints a revision, it counts as rolled out'],
  ])('with status = %j: %s', async (status, state, because) => {
    const { findings } = await examined({ status });
    expect(findings[1]).toMatchObject({ state, because });
  });

  it.each([
    [
      ['echo', 'release-v2'],
      'failed',
      '`echo release-v2` printed 1 revision and not v2, which is live: do both name revisions in the same way?',
    ],
    [['true'], 'failed', '`true` printed no revision'],
    [undefined, 'unknown', 'there is none: that a target was cleaned up shows only when `undo` fails'],
  ])('with candidates = %j: %s', async (candidates, state, because) => {
    const { findings } = await examined({ candidates });
    expect(findings[2]).toMatchObject({ state, because });
  });

  it.each([
    [['no-such-program', '{{to}}'], () => 'no-such-program is nowhere on PATH'],
    [
      ['./scripts/none.sh', '{{to}}'],
      (root: string) => `${root}/scripts/none.sh does not exist, or this account may not look there`,
    ],
    [['./scripts', '{{to}}'], (root: string) => `${root}/scripts is not executable for this account`],
    [['./live', '{{to}}'], (root: string) => `${root}/live is not executable for this account`],
    [
      ['bash', './scripts/none.sh', '{{to}}'],
      (root: string) => `${root}/scripts/none.sh cannot be read by this account`,
    ],
  ])('with undo = %j', async (undo, because) => {
    const { root, findings } = await examined({ undo });
    expect(findings[3]).toEqual({
      what: '`undo` could be started',
      state: 'failed',
      because: because(root),
      next: 'install it where holdpoint runs, or correct the path and its permissions (chmod +x)',
    });
  });

  it.each([
    [['sudo', './undo.sh', '{{to}}'], 'sudo -n -l ./undo.sh v2'],
    [['sudo', '-n', '-u', 'deploy', '--', './undo.sh', '{{to}}'], 'sudo -n -u deploy -l ./undo.sh v2'],
  ])('asks sudo whether it allows %j, and does not run it', async (undo, query) => {
    const system = await commandSystem();
    const bin = join(system.root, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'sudo'), `#!/bin/sh\n[ "sudo $*" = "${query}" ] || { echo "asked $*" >&2; exit 1; }\n`, {
      mode: 0o755,
    });
    const { session } = await openOn(command, {
      ...system,
      env: { PATH: `${bin}:${process.env['PATH']}` },
      settings: { ...(system.settings as object), undo },
    });
    expect((await session.doctor?.())?.[3]).toEqual({
      what: '`undo` could be started',
      state: 'ok',
      because: `\`${query}\` ended with 0`,
    });
    await writeFile(join(bin, 'sudo'), '#!/bin/sh\necho "sudo: a password is required" >&2; exit 1\n', { mode: 0o755 });
    expect((await session.doctor?.())?.[3]).toEqual({
      what: '`undo` could be started',
      state: 'failed',
      because: `\`${query}\` ended with 1: sudo: a password is required`,
      next: 'allow exactly this command in /etc/sudoers.d with NOPASSWD',
    });
  });
});
