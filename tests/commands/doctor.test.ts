// `holdpoint doctor`: what it proves, what it finds broken, and that it changes nothing.
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pathFindings, pathParts } from '../../src/commands/doctor-paths.ts';
import type { Profile } from '../../src/kit/index.ts';
import { type HandProject, handProject } from '../helpers/hand-project.ts';

/** Lines of the answer without what changes from test to test. */
const told = async (project: HandProject, env: Record<string, string> = {}): Promise<[number, string[]]> => {
  const { exitCode, stdout } = await project.type(['doctor', 'web'], { env });
  const text = stdout.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST').replaceAll(project.folder, 'FOLDER');
  return [exitCode, text.trimEnd().split('\n')];
};

const script = async (project: HandProject, name: string, text: string): Promise<void> => {
  await writeFile(join(project.folder, name), `#!/bin/sh\n${text}\n`);
  await chmod(join(project.folder, name), 0o755);
};

const profileOf = ({ folder }: HandProject): string => join(folder, 'deploy-profiles/web.yaml');

const change = async (project: HandProject, from: string, to: string): Promise<void> => {
  const text = await readFile(profileOf(project), 'utf8');
  expect(text).toContain(from);
  await writeFile(profileOf(project), text.replace(from, to));
};

describe('holdpoint doctor', () => {
  it('answers first, and proves each part', async () => {
    const project = await handProject();
    await project.type(['baseline', 'web']);
    expect(await told(project)).toEqual([
      0,
      [
        'web: would a run and its rollback work? YES: 0 failures, 3 not provable without acting, 11 proven',
        '  unknown  `status` tells when every replica runs it: there is none: as soon as `live` prints a revision, it counts as rolled out',
        '           next: name a command that ends with 0 once the roll-out is complete',
        '  unknown  `candidates` lists what can be returned to: there is none: that a target was cleaned up shows only when `undo` fails',
        '           next: name a command that prints one revision per line',
        '  unknown  `undo` does what it says: `./undo.sh r1` cannot be tried without going back',
        '           next: holdpoint rollback PROFILE --drill does everything else; roll back for practice in staging',
        '  ok       the store can be used (files in .holdpoint): a lock was taken and given back',
        '  ok       what is live can be read: r1 is live',
        '  ok       there is a revision to go back to: r1, of the newest baseline',
        '  ok       nothing else decides what is live: command lets it act (fence: client)',
        '  ok       somebody can say whether going back is safe: declared reversible',
        '  ok       automatic rollbacks are not frozen: web is not frozen',
        '  ok       `live` prints one revision, the same twice: `./live.sh` printed r1',
        '  ok       `undo` could be started: FOLDER/undo.sh is executable',
        '  ok       the control answers and is healthy: there is none: a test',
        '  ok       the way back does not lead through the service under test: none of its parts names HOST',
        '  ok       page can look: it looked once',
      ],
    ]);
  });

  it('changes nothing: no act, no record, no baseline, no journal, no lock that stays', async () => {
    const project = await handProject();
    await told(project);
    expect(await project.live()).toBe('r1');
    const left = await readdir(join(project.folder, '.holdpoint'), { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
    expect(await readdir(project.folder)).not.toContain('undo.log');
  });

  it('without a baseline names what would be the target', async () => {
    const [exitCode, lines] = await told(await handProject());
    expect([exitCode, lines.slice(1, 3)]).toEqual([
      0,
      [
        '  unknown  there is a revision to go back to: no baseline names one yet; after the next deploy it would be r1, which is live now',
        '           next: take a baseline before each deploy: holdpoint baseline PROFILE, or holdpoint run PROFILE -- COMMAND',
      ],
    ]);
  });

  it.each<[string, (project: HandProject) => Promise<unknown>, string]>([
    [
      'what is live cannot be read',
      (project) => script(project, 'live.sh', 'echo no kubeconfig >&2; exit 1'),
      'what is live can be read: what is live could not be told: `./live.sh` ended with 1: no kubeconfig',
    ],
    [
      'the store is a file',
      (project) => writeFile(join(project.folder, '.holdpoint'), ''),
      'the store can be used (files in .holdpoint): FOLDER/.holdpoint/locks',
    ],
    [
      'the question whether it is reversible gets no answer',
      (project) => change(project, 'reversible: true', 'reversible: { command: ["true"] }'),
      'somebody can say whether going back is safe: true ended with 0 and did not say reversible',
    ],
    [
      'a freeze stands',
      (project) => project.type(['freeze', 'web', '--for', '1h', '--reason', 'a migration']),
      'automatic rollbacks are not frozen: frozen until ',
    ],
    [
      'the control fails',
      (project) => change(project, 'control: { none: a test }', 'control: { command: ["false"] }'),
      'the control answers and is healthy: the control fails, too (false ended with 1)',
    ],
    [
      'a secret is missing',
      (project) => change(project, 'request: { get: / }', 'request: { get: /, headers: { x: "${secret:NOWHERE}" } }'),
      'page can look: ',
    ],
  ])(
    '%s: 10, and the line comes first',
    async (_, breakIt, line) => {
      const project = await handProject();
      await breakIt(project);
      const [exitCode, [answer, first]] = await told(project);
      expect(exitCode).toBe(10);
      expect(answer).toMatch(/^web: would a run and its rollback work\? NO: /);
      expect(first?.slice(0, `  FAILED   ${line}`.length)).toBe(`  FAILED   ${line}`);
    },
    120_000,
  );

  it('a runner that is thrown away with `auto`: 10', async () => {
    const [exitCode, lines] = await told(await handProject(), { RUNNER_ENVIRONMENT: 'github-hosted' });
    expect([exitCode, lines[1]]).toEqual([
      10,
      '  FAILED   the store outlives the job: files in .holdpoint is on a runner that GitHub hosts: gone after the job',
    ]);
  });

  it('a wrong profile is 2, as everywhere', async () => {
    const project = await handProject();
    await rm(profileOf(project));
    expect((await project.type(['doctor', 'web'])).exitCode).toBe(2);
  });
});

describe('the way back through the service under test', () => {
  const profile = (over: object): Profile =>
    ({
      checks: [
        { spec: { target: 'https://auth.example.com' } },
        { spec: { instances: { a: 'http://10.0.0.1:8080' } } },
      ],
      notify: { targets: [] },
      rollback: { platform: { name: 'symlink' }, settings: {}, control: { none: '' } },
      ...over,
    }) as unknown as Profile;
  const rollback = (settings: object, control: object = { none: '' }) => ({
    rollback: { platform: { name: 'symlink' }, settings, control },
  });
  const found = (given: Profile, env: Record<string, string> = {}): string[] =>
    pathFindings(
      given,
      pathParts(given, (name) => env[name]),
    ).map(({ state, because }) => `${state}: ${because}`);

  it.each<[string, object, Record<string, string>, string]>([
    ['nothing', {}, {}, 'ok: none of its parts names auth.example.com, 10.0.0.1:8080'],
    ['another host whose name ends the same', rollback({ undo: ['x', 'https://my-auth.example.com'] }), {}, 'ok: none'],
    ['another host whose name begins the same', rollback({ undo: ['auth.example.com.evil.org'] }), {}, 'ok: none'],
    [
      'a command',
      rollback({ undo: ['deploy', '--login', 'https://auth.example.com/token'] }),
      {},
      'failed: rollback.symlink.undo.2 goes through auth.example.com, which is the service under test',
    ],
    [
      'the control',
      rollback({}, [{ status: 'https://auth.example.com/health' }]),
      {},
      'failed: rollback.control.0.status goes through auth.example.com',
    ],
    [
      'a page that tells the version',
      rollback({ version: { urls: { a: 'http://10.0.0.1:8080/version' } } }),
      {},
      'unknown: rollback.symlink.version.urls.a asks 10.0.0.1:8080, the service itself: while it is down, nobody sees what it runs',
    ],
    [
      'a proxy',
      {},
      { HTTPS_PROXY: 'http://auth.example.com:3128' },
      'failed: HTTPS_PROXY goes through auth.example.com',
    ],
  ])('%s', (_, over, env, expected) => {
    expect(found(profile(over), env)[0]?.slice(0, expected.length)).toBe(expected);
  });
});
