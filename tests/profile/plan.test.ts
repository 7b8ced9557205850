// What a right profile becomes: defaults, checks, sources, rollback, and what is shown of it.
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/kit/index.ts';
import { load, one, type Options, type Project } from './project.ts';

const profileOf = async (text: string, options?: Options) => (await load(one(text), options)).profile;

const whole = (more = ''): string => `service: auth\nchecks: { sign-in: { target: a } }\n${more}\n`;

describe('defaults', () => {
  it('of a profile', async () => {
    expect(await profileOf(whole())).toMatchObject({
      name: 'auth',
      file: '/project/deploy-profiles/auth.yaml',
      root: '/project',
      service: 'auth',
      environment: 'default',
      alpha: 0.01,
      store: { durable: false },
      notify: { targets: [] },
      warnings: [],
      timings: {
        baseline: 15_000,
        rollout: 900_000,
        hold: { warmup: 10_000, for: 60_000, every: 5000, failAfter: 3, errorGrace: 15_000, deadline: 300_000 },
      },
    });
  });

  it('of a check come from its file, its kind and hold', async () => {
    const profile = await profileOf(
      'service: auth\nchecks: { sign-in: { target: a }, b: { kind: sign-in, target: b }, error-rate: { scrape: { url: u, total: t } } }\n',
    );
    const [fromFile, fromKind, fromHold] = profile.checks;
    expect(fromFile).toMatchObject({
      title: 'Sign in',
      every: 10_000,
      timeout: 10_000,
      failAfter: 3,
      errorGrace: 30_000,
      onFail: 'rollback',
      onInconclusive: 'block',
      onError: 'block',
      coveredBy: [],
      sufficientAlone: true,
    });
    expect(fromKind).toMatchObject({ id: 'b', title: 'b', every: 15_000, errorGrace: 45_000 });
    expect(fromHold).toMatchObject({ title: 'Error rate', every: 5000, errorGrace: 15_000, sufficientAlone: false });
  });

  it('several of one shipped check are told apart by their ids', async () => {
    const { checks } = await profileOf(
      'service: auth\nchecks: { a: { use: sign-in, target: a }, b: { use: sign-in, target: b }, c: { use: sign-in, target: c, title: Third } }\n',
    );
    expect(checks.map(({ title }) => title)).toEqual(['Sign in (a)', 'Sign in (b)', 'Third']);
  });

  it('an errorGrace of hold holds for every check', async () => {
    const { checks } = await profileOf(whole('hold: { errorGrace: 4s }'));
    expect(checks.map(({ errorGrace }) => errorGrace)).toEqual([4000]);
  });

  it('hold: once takes one sample each', async () => {
    const { timings, checks } = await profileOf(
      'service: auth\nchecks: { sign-in: { target: a, failAfter: 5 } }\nhold: once\n',
    );
    expect(timings.hold).toEqual({ warmup: 0, for: 0, every: 5000, failAfter: 1, errorGrace: 0, deadline: 60_000 });
    expect(checks.map(({ failAfter }) => failAfter)).toEqual([1]);
  });

  it('an environment gives the name', async () => {
    const profile = await profileOf(whole('environments: { production: {} }'), { name: 'auth/production' });
    expect(profile).toMatchObject({ name: 'auth/production', environment: 'production', warnings: [] });
  });

  it('without one of its environments a profile is used with a warning', async () => {
    const profile = await profileOf(whole('environments: { staging: {}, production: {} }'));
    expect(profile.warnings).toEqual([
      'no environment was named: the profile is used without the overlay of production or staging',
    ]);
  });
});

describe('a metric source', () => {
  it('becomes from, with settings and query apart', async () => {
    const { checks } = await profileOf(
      'service: auth\nchecks: { error-rate: { prometheus: { url: http://p, timeout: 1s, total: t, errors: e } } }\n',
    );
    expect(checks[0]?.spec).toEqual({
      from: {
        source: 'prometheus',
        settings: { url: 'http://p', headers: {}, timeout: 1000 },
        query: { total: 't', errors: 'e' },
      },
      ceiling: 0.1,
    });
  });
});

describe('a profile is found', () => {
  const project: Project = one(whole('environments: { production: {} }'));

  it.each([
    ['auth', '/project/deeper/down', 'auth'],
    ['auth/production', '/project', 'auth/production'],
    ['deploy-profiles/auth.yaml', '/project', 'auth'],
    ['./auth.yaml', '/project/deploy-profiles', 'auth'],
    ['/project/deploy-profiles/auth.yaml/production', '/', 'auth/production'],
  ])('by %s from %s', async (name, cwd, expected) => {
    const { profile } = await load(project, { name, cwd });
    expect([profile.name, profile.root]).toEqual([expected, '/project']);
  });

  it('by .yml', async () => {
    const { profile } = await load({ files: { 'deploy-profiles/auth.yml': whole() } });
    expect(profile.file).toBe('/project/deploy-profiles/auth.yml');
  });
});

describe('rollback', () => {
  const rollback = async (text: string) =>
    (await profileOf(whole(`rollback: { helm: { release: a }, ${text} }`))).rollback;

  it('is absent where the section is', async () => {
    expect((await profileOf(whole())).rollback).toBeUndefined();
  });

  it('has defaults', async () => {
    expect(await rollback('')).toMatchObject({
      mode: 'ask',
      settings: { release: 'a' },
      reversible: { by: 'nobody' },
      control: undefined,
      allowClientFence: false,
      deadline: 900_000,
      verify: { for: 30_000, deadline: 180_000 },
      mitigations: [],
    });
  });

  it.each([
    ['true', { by: 'declaration', reversible: true }],
    ['false', { by: 'declaration', reversible: false }],
    ['{ declared: true, reason: expand only }', { by: 'declaration', reversible: true, reason: 'expand only' }],
    ['{ command: [./r.sh, "{{to}}"] }', { by: 'command', argv: ['./r.sh', '{{to}}'] }],
  ])('reversible: %s', async (written, expected) => {
    expect((await rollback(`reversible: ${written}`))?.reversible).toEqual(expected);
  });

  it.each([
    ['{ none: one region }', { none: 'one region' }],
    ['{ status: https://idp/health }', { status: 'https://idp/health' }],
    ['{ command: [./c.sh] }', { command: ['./c.sh'] }],
  ])('control: %s', async (written, expected) => {
    expect((await rollback(`control: ${written}`))?.control).toEqual(expected);
  });

  it('auto is taken with everything that it needs', async () => {
    const profile = await profileOf(
      whole(
        'store: { durable: true }\nrollback: { mode: auto, symlink: { current: c }, allowClientFence: true, reversible: true, control: { none: x } }',
      ),
    );
    expect(profile.rollback).toMatchObject({ mode: 'auto', allowClientFence: true });
  });

  it('auto needs no allowClientFence where the platform fences on the server', async () => {
    const profile = await profileOf(
      whole(
        'store: { durable: true }\nrollback: { mode: auto, helm: { release: c }, reversible: true, control: { none: x } }',
      ),
    );
    expect(profile.rollback?.mode).toBe('auto');
  });
});

describe('show', () => {
  it('prints the merged, redacted profile with origins', async () => {
    const project: Project = {
      files: {
        'deploy-profiles/base.yaml': 'service: auth\nhold: { for: 90s }\n',
        'deploy-profiles/auth.yaml':
          'extends: ./base.yaml\nchecks:\n  sign-in:\n    target: ${env:URL}\n    account: { username: bob, password: lit-eral }\n    steps: []\n',
      },
    };
    const { show } = await load(project, { verb: 'validate', resolve: false, redactor: createRedactor() });
    const shown = show().replaceAll(/ {2,}#/g, '  #');
    expect(shown).toBe(
      [
        'service: auth  # deploy-profiles/base.yaml:1:10',
        'hold:',
        '  for: 90s  # deploy-profiles/base.yaml:2:14',
        'checks:',
        '  sign-in:',
        '    kind: sign-in  # /holdpoint/checks/sign-in.yaml:1:7',
        '    title: Sign in  # /holdpoint/checks/sign-in.yaml:2:8',
        '    every: 10s  # /holdpoint/checks/sign-in.yaml:3:8',
        '    tries: 2  # /holdpoint/checks/sign-in.yaml:4:8',
        '    login:',
        '      form:',
        '        page: /login  # /holdpoint/checks/sign-in.yaml:5:24',
        '    target: "${env:URL}"  # deploy-profiles/auth.yaml:4:13',
        '    account:',
        '      username: bob  # deploy-profiles/auth.yaml:5:26',
        '      password: [password]  # deploy-profiles/auth.yaml:5:41',
        '    steps: []  # deploy-profiles/auth.yaml:6:12',
        '',
      ].join('\n'),
    );
  });
});
