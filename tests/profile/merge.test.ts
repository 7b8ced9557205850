// Layers of a profile: maps merge, lists and choices replace, null removes; each value keeps the place where it was written.
import { describe, expect, it } from 'vitest';
import { load, one, type Options, type Project, problemsOf } from './project.ts';

const specOf = async (project: Project, options?: Options) => {
  const { profile } = await load(project, options);
  return profile.checks[0]?.spec as Record<string, unknown>;
};

/** `auth` extends `base`; both hold one check. */
const layered = (base: string, over: string): Project => ({
  files: {
    'deploy-profiles/base.yaml': `service: auth\nchecks:\n  sign-in: { target: base, ${base} }\n`,
    'deploy-profiles/auth.yaml': `extends: ./base.yaml\nchecks:\n  sign-in: { ${over} }\n`,
  },
});

describe('an overlay', () => {
  it.each([
    ['keeps what it does not name', 'steps: [a, b]', '', { target: 'base', steps: ['a', 'b'] }],
    ['replaces a value', '', 'target: over', { target: 'over' }],
    ['replaces a list', 'steps: [a, b]', 'steps: [c]', { steps: ['c'] }],
    [
      'merges maps deeply',
      'account: { username: a, password: abcd }',
      'account: { username: b }',
      { account: { username: 'b', password: 'abcd' } },
    ],
    ['removes by null', 'steps: [a]', 'steps: null', { steps: [] }],
    [
      'replaces a choice that is marked',
      'login: { json: { post: /a } }',
      'login: { form: { page: /b } }',
      { login: { form: { page: '/b' } } },
    ],
    [
      'replaces a choice that is a union',
      'session: { cookie: a }',
      'session: { header: b }',
      { session: { header: 'b' } },
    ],
    [
      'keeps the member of a choice that it deepens',
      'login: { json: { post: /a } }',
      'login: { json: {} }',
      { login: { json: { post: '/a' } } },
    ],
    [
      'replaces the choice of the check file, too',
      '',
      'login: { json: { post: /a } }',
      { login: { json: { post: '/a' } } },
    ],
    ['lies over the defaults of the check file', '', '', { tries: 2, login: { form: { page: '/login' } } }],
  ])('%s', async (_, base, over, expected) => {
    expect(await specOf(layered(base, over))).toMatchObject(expected);
  });

  it('drops a member of a choice wholly', async () => {
    const { login } = await specOf(layered('', 'login: { json: { post: /a } }'));
    expect(login).toEqual({ json: { post: '/a' } });
  });

  it.each([
    [
      'another source',
      'scrape: { url: s, total: t }',
      { source: 'scrape', settings: { url: 's' }, query: { total: 't' } },
    ],
    [
      'the same source',
      'prometheus: { total: u }',
      { source: 'prometheus', settings: { url: 'http://p' }, query: { total: 'u' } },
    ],
  ])('that names %s', async (_, over, expected) => {
    const project = one(
      [
        'service: auth',
        'checks: { error-rate: { prometheus: { url: http://p, total: t } } }',
        `environments: { production: { checks: { error-rate: { ${over} } } } }`,
      ].join('\n'),
    );
    expect(await specOf(project, { name: 'auth/production' })).toMatchObject({ from: expected });
  });

  it('replaces a choice between a source and something else', async () => {
    const project = one(
      [
        'service: auth',
        'checks: { pool-wait: { pgbouncer: { url: postgres://console } } }',
        'environments: { production: { checks: { pool-wait: { scrape: { url: s, waiting: w } } } } }',
      ].join('\n'),
    );
    const spec = await specOf(project, { name: 'auth/production' });
    expect(spec).toEqual({ from: { source: 'scrape', settings: { url: 's' }, query: { waiting: 'w' } } });
  });

  it('replaces the platform', async () => {
    const project = one(
      [
        'service: auth',
        'checks: { sign-in: { target: a } }',
        'rollback: { deadline: 5m, helm: { release: a } }',
        'environments: { production: { rollback: { symlink: { current: b } } } }',
      ].join('\n'),
    );
    const { profile } = await load(project, { name: 'auth/production' });
    expect(profile.rollback).toMatchObject({ deadline: 300_000, settings: { current: 'b' } });
    expect(profile.rollback?.platform.name).toBe('symlink');
  });

  it('adds and removes checks', async () => {
    const project: Project = {
      files: {
        'deploy-profiles/base.yaml':
          'service: auth\nchecks: { sign-in: { target: a }, other: { use: sign-in, target: b } }\n',
        'deploy-profiles/auth.yaml':
          'extends: base.yaml\nchecks: { other: null, third: { use: sign-in, target: c } }\nenvironments: { p: { checks: { sign-in: null } } }\n',
      },
    };
    const idsOf = async (name: string) => (await load(project, { name })).profile.checks.map(({ id }) => id);
    expect(await idsOf('auth')).toEqual(['sign-in', 'third']);
    expect(await idsOf('auth/p')).toEqual(['third']);
  });

  it('of an environment lies over all files, and those of a base below those of the profile', async () => {
    const project: Project = {
      files: {
        'deploy-profiles/base.yaml':
          'service: auth\nrollout: 1m\nbaseline: 1s\nchecks: { sign-in: { target: a } }\nenvironments: { p: { rollout: 2m, baseline: 2s } }\n',
        'deploy-profiles/auth.yaml': 'extends: ./base.yaml\nrollout: 3m\nenvironments: { p: { rollout: 4m }, q: }\n',
      },
    };
    const timingsOf = async (name: string) => (await load(project, { name })).profile.timings;
    expect(await timingsOf('auth')).toMatchObject({ rollout: 180_000, baseline: 1000 });
    expect(await timingsOf('auth/p')).toMatchObject({ rollout: 240_000, baseline: 2000 });
    expect(await timingsOf('auth/q')).toMatchObject({ rollout: 180_000, baseline: 1000 });
  });
});

describe('a mistake is told where it was written', () => {
  const wrong = 'budget: 5 parsecs';
  const text = '"5 parsecs" is not a duration; write it like 5s, 250ms, 1m30s or 2h';

  it('in a base file', async () => {
    expect(await problemsOf(layered(wrong, ''))).toEqual([
      `deploy-profiles/base.yaml:3:36 checks.sign-in.budget: ${text}`,
    ]);
  });

  it('in the profile', async () => {
    expect(await problemsOf(layered('', wrong))).toEqual([
      `deploy-profiles/auth.yaml:3:22 checks.sign-in.budget: ${text}`,
    ]);
  });

  it('in a value that stands behind an anchor', async () => {
    const project = one(
      'service: auth\nvars: { a: &wrong 5 parsecs }\nchecks: { sign-in: { target: a, budget: *wrong } }\n',
    );
    expect(await problemsOf(project)).toEqual([`deploy-profiles/auth.yaml:2:19 checks.sign-in.budget: ${text}`]);
  });

  it('in a file outside of the project, by its whole path', async () => {
    const project: Project = {
      files: {
        '/elsewhere/base.yaml': 'servise: auth\n',
        'deploy-profiles/auth.yaml':
          'extends: /elsewhere/base.yaml\nservice: auth\nchecks: { sign-in: { target: a } }\n',
      },
    };
    expect(await problemsOf(project)).toEqual([
      '/elsewhere/base.yaml:1:1 servise: unknown key "servise"; did you mean "service"?',
    ]);
  });
});

describe('the hash', () => {
  const hashOf = async (text: string) => (await load(one(text), { verb: 'validate', resolve: false })).profile.hash;
  const base = 'service: auth\nchecks: { sign-in: { target: a, steps: [x] } }\n';

  it('does not depend on the order of keys or on comments', async () => {
    const other = '# hello\nchecks:\n  sign-in:\n    steps: [x]\n    target: a\nservice: auth\n';
    expect(await hashOf(other)).toBe(await hashOf(base));
  });

  it('depends on every value', async () => {
    expect(await hashOf(base.replace('[x]', '[y]'))).not.toBe(await hashOf(base));
  });
});
