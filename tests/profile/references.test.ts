// References: where their values come from, and what happens when there is none.
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/kit/index.ts';
import { load, one, type Project, problemsOf } from './project.ts';

const targetOf = async (project: Project): Promise<unknown> => {
  const { profile } = await load(project);
  return (profile.checks[0]?.spec as { target: unknown } | undefined)?.target;
};

const withTarget = (target: string, vars = '{ host: a.example }'): Project => ({
  ...one(`service: auth\nvars: ${vars}\nchecks:\n  sign-in: { target: '${target}' }\n`),
  env: { HOST: 'env.example', PASSWORD: 'pass-word', EMPTY: '' },
});

describe('a reference', () => {
  it.each([
    ['a variable', 'https://${host}/', 'https://a.example/'],
    ['the environment', '${env:HOST}', 'env.example'],
    ['the environment before its default', '${env:HOST:-other}', 'env.example'],
    ['a default', '${env:NOT_THERE:-other:-x}', 'other:-x'],
    ['a default for an empty value', '${env:EMPTY:-other}', 'other'],
    ['an empty default', 'x${env:NOT_THERE:-}', 'x'],
    ['a secret', '${secret:PASSWORD}', 'pass-word'],
    ['several in one text', '${host}:${env:HOST}/${secret:PASSWORD}', 'a.example:env.example/pass-word'],
    ['a plain ${', '$${host} costs $5', '${host} costs $5'],
    ['a number-like text stays a text', '${env:PORT:-8080}', '8080'],
  ])('%s', async (_, target, expected) => {
    expect(await targetOf(withTarget(target))).toBe(expected);
  });

  it('to variables that refer to others', async () => {
    expect(await targetOf(withTarget('${url}', '{ host: "${env:HOST}", url: "https://${host}" }'))).toBe(
      'https://env.example',
    );
  });

  it('to a number or true/false keeps the type when it stands alone', async () => {
    const project = one(
      'service: auth\nvars: { n: 3, off: false }\nchecks:\n  sign-in: { target: "${n}x", tries: "${n}", sufficientAlone: "${off}" }\n',
    );
    const [check] = (await load(project)).profile.checks;
    expect(check).toMatchObject({ spec: { target: '3x', tries: 3 }, sufficientAlone: false });
  });

  it('from the environment is never a number', async () => {
    const project = {
      ...one('service: auth\nchecks:\n  sign-in: { target: a, tries: "${env:N}" }\n'),
      env: { N: '3' },
    };
    expect(await problemsOf(project)).toEqual([
      'deploy-profiles/auth.yaml:3:32 checks.sign-in.tries: must be a number, not text',
    ]);
  });

  it('to a file gives its text without the last newline', async () => {
    const project = withTarget('${secret:file:secrets/token}');
    project.files['secrets/token'] = 'to-ken\n';
    expect(await targetOf(project)).toBe('to-ken');
  });

  it('to a command gives what it prints, by an argument list', async () => {
    const project = withTarget('${secret:exec:vault get "a b" c}');
    const commands = { 'vault get a b c': { stdout: 'from-vault\n' } };
    expect(await targetOf({ ...project, commands })).toBe('from-vault');
  });

  it.each([
    [{ exit: undefined, startError: 'ENOENT' }, 'vault could not be started (ENOENT)'],
    [{ exit: undefined, timedOut: true }, 'vault did not end within 10 s'],
    [{ exit: undefined, signal: 'SIGKILL' }, 'vault ended with SIGKILL'],
    [{ stdout: '\n' }, 'the secret vault is empty'],
    [{ stdout: 'abc\n' }, 'the secret vault has 3 characters; below 4 it cannot be masked'],
  ])('to a command that gives nothing: %j', async (answer, because) => {
    const project = { ...withTarget('${secret:exec:vault}'), commands: { vault: answer } };
    expect(await problemsOf(project)).toEqual([
      `deploy-profiles/auth.yaml:4:22 checks.sign-in.target: ${because} (\${secret:exec:vault})`,
    ]);
  });

  it('is looked up once, however often it stands', async () => {
    let runs = 0;
    const answer = () => {
      runs += 1;
      return { stdout: 'from-vault' };
    };
    const commands = Object.defineProperty({}, 'vault', { get: answer }) as Record<string, object>;
    expect(await targetOf({ ...withTarget('${secret:exec:vault}${secret:exec:vault}'), commands })).toBe(
      'from-vaultfrom-vault',
    );
    expect(runs).toBe(1);
  });
});

describe('a value that is missing', () => {
  const text = [
    'service: auth',
    'checks:',
    '  sign-in: { target: "${env:A}", account: { username: x, password: "${secret:B}" } }',
    '  other: { use: sign-in, target: here }',
  ].join('\n');
  const missing = [
    ['the environment variable A is not set (${env:A})', 'checks.sign-in.target'],
    ['the environment variable B is not set (${secret:B})', 'checks.sign-in.account.password'],
  ];

  it('is a problem in run', async () => {
    expect(await problemsOf(one(text))).toEqual([
      `deploy-profiles/auth.yaml:3:22 ${missing[0]?.[1]}: ${missing[0]?.[0]}`,
      `deploy-profiles/auth.yaml:3:68 ${missing[1]?.[1]}: ${missing[1]?.[0]}`,
    ]);
  });

  it('costs only its check in check', async () => {
    const { profile } = await load(one(text), { verb: 'check' });
    expect(profile.checks.map(({ id, unavailable }) => [id, unavailable])).toEqual([
      ['sign-in', missing.map(([fact, place]) => `${fact}, for ${place}`).join('; ')],
      ['other', undefined],
    ]);
    expect(profile.checks[0]?.spec).toBeUndefined();
  });

  it('is no excuse for another mistake of the same check', async () => {
    const wrong = text.replace('"${env:A}"', '"${env:A}", tires: 1');
    expect(await problemsOf(one(wrong), { verb: 'check' })).toEqual([
      'deploy-profiles/auth.yaml:3:34 checks.sign-in.tires: unknown key "tires"; did you mean "tries"?',
    ]);
  });

  it('in notify is only a warning', async () => {
    const { profile } = await load(
      one('service: auth\nchecks: { sign-in: { target: a } }\nnotify: { slack: "${secret:S}", json: http://x }\n'),
    );
    expect(profile.notify.targets).toEqual([{ format: 'json', url: 'http://x' }]);
    expect(profile.warnings).toEqual([
      'the environment variable S is not set (${secret:S}), for notify.slack; nobody is told there',
    ]);
  });

  it('in rollback is a problem in run, a warning in check', async () => {
    const project = one(
      'service: auth\nchecks: { sign-in: { target: a } }\nrollback: { helm: { release: "${env:R}" }, deadline: "${env:N}" }\n',
    );
    const [fact, other] = ['R', 'N'].map((name) => `the environment variable ${name} is not set (\${env:${name}})`);
    expect(await problemsOf(project)).toEqual([
      `deploy-profiles/auth.yaml:3:30 rollback.helm.release: ${fact}`,
      `deploy-profiles/auth.yaml:3:54 rollback.deadline: ${other}`,
    ]);
    const { profile } = await load(project, { verb: 'check' });
    expect(profile.rollback).toBeUndefined();
    expect(profile.warnings).toEqual([
      `${fact}, for rollback.helm.release; ${other}, for rollback.deadline; the live revision is not looked at`,
    ]);
  });

  it('of a check that is switched off is not asked for', async () => {
    const { profile } = await load(one(text.replace('target: "${env:A}"', 'enabled: false, target: "${env:A}"')));
    expect(profile.checks.map(({ id }) => id)).toEqual(['other']);
    expect(profile.warnings).toEqual(['the check sign-in is switched off (enabled: false)']);
  });
});

describe('offline', () => {
  const offline = { verb: 'validate', resolve: false } as const;
  const load3 = (text: string) => problemsOf(one(`service: auth\nchecks:\n  ${text}\n`), offline);

  it.each([
    ['text', 'sign-in: { target: "${env:X}" }'],
    ['a duration', 'sign-in: { target: a, budget: "${env:X}" }'],
    ['a number', 'sign-in: { target: a, tries: "${secret:X}" }'],
    ['a member of a union', 'sign-in: { target: a, session: { cookie: "${env:X}" } }'],
    ['a map', 'sign-in: { target: a, account: "${env:X}" }'],
    ['a list item', 'sign-in: { target: a, steps: ["${env:X}"] }'],
    [
      'a setting of a source',
      'error-rate: { prometheus: { url: "${env:X}", timeout: "${env:Y}", total: "${env:Z}" } }',
    ],
    ['a reserved key', 'sign-in: { target: a, every: "${env:X}", onFail: "${env:Y}" }'],
    ['a variable that stands for one', 'sign-in: { target: a, tries: "${t}" }\nvars: { t: "${env:X}" }'],
    ['two values that are compared', 'sign-in: { target: a, account: { username: "${env:X}", password: "${env:Y}" } }'],
    ['a command', 'sign-in: { target: "${secret:exec:vault}" }'],
  ])('a reference passes as %s', async (_, text) => {
    expect(await load3(text)).toEqual([]);
  });

  it.each([
    [
      'sign-in: { target: "${env:X}", tires: 1 }',
      '3:34 checks.sign-in.tires: unknown key "tires"; did you mean "tries"?',
    ],
    [
      'sign-in: { account: { password: "${secret:X}" }, target: a }',
      '3:14 checks.sign-in.account.username: is missing; must be text',
    ],
    ['sign-in: { target: "${host}" }', '3:22 checks.sign-in.target: ${host} is not in vars; known: none'],
    [
      'error-rate: { prometheus: { url: "${env:X}" } }',
      '3:17 checks.error-rate.prometheus.total: is missing; must be text',
    ],
    [
      'sign-in: { target: a, session: { cokie: "${env:X}" } }',
      '3:25 checks.sign-in.session: must be { cookie } or { header }, not a map',
    ],
  ])('the rest is still wrong: %s', async (text, expected) => {
    expect(await load3(text)).toEqual([`deploy-profiles/auth.yaml:${expected}`]);
  });

  it('variables that are written out are known', async () => {
    expect(
      await problemsOf(
        one('service: auth\nvars: { b: 5 parsecs }\nchecks: { sign-in: { target: a, budget: "${b}" } }\n'),
        offline,
      ),
    ).toEqual([
      'deploy-profiles/auth.yaml:3:41 checks.sign-in.budget: "5 parsecs" is not a duration; write it like 5s, 250ms, 1m30s or 2h',
    ]);
  });
});

describe('secrets are learned', () => {
  const masked = async (text: string, env: Record<string, string>, output: string): Promise<string> => {
    const redactor = createRedactor();
    await load({ ...one(`service: auth\nchecks:\n  ${text}\n`), env }, { redactor }).catch(() => undefined);
    return redactor.text(output);
  };

  it.each([
    ['by reference, with their name', 'sign-in: { target: "${secret:TOKEN}" }', 'x s3cr3t y', 'x [TOKEN] y'],
    [
      'by the type of their field',
      'sign-in: { target: a, account: { username: u, password: lit-eral } }',
      'lit-eral',
      '[password]',
    ],
    [
      'as a header',
      'error-rate: { prometheus: { url: http://p, total: t, headers: { x-key: he-ader } } }',
      'he-ader',
      '[x-key]',
    ],
    [
      'as the password of a URL',
      'error-rate: { prometheus: { url: "http://bob:pa%24ss@p", total: t } }',
      'bob pa$ss',
      'bob [url]',
    ],
    [
      'as a token before the host of a URL',
      'error-rate: { prometheus: { url: "http://to-ken@p", total: t } }',
      'to-ken',
      '[url]',
    ],
    [
      'but not the role of a database URL without a password',
      'error-rate: { prometheus: { url: "postgres://svc_app@db/app", total: t } }',
      'svc_app holds 12',
      'svc_app holds 12',
    ],
    [
      'as a value of the query of a URL',
      'error-rate: { prometheus: { url: "http://p?key=que-ry&sslmode=require", total: t } }',
      'que-ry require',
      '[url] require',
    ],
    ['even when loading fails', 'sign-in: { target: "${secret:TOKEN}", tires: 1 }', 's3cr3t', '[TOKEN]'],
  ])('%s', async (_, text, output, expected) => {
    expect(await masked(text, { TOKEN: 's3cr3t' }, output)).toBe(expected);
  });

  it('and masked in problems', async () => {
    const project = {
      ...one('service: auth\nchecks:\n  sign-in: { target: a, budget: "${secret:TOKEN}" }\n'),
      env: { TOKEN: 's3cr3t' },
    };
    expect(await problemsOf(project)).toEqual([
      'deploy-profiles/auth.yaml:3:33 checks.sign-in.budget: "[TOKEN]" is not a duration; write it like 5s, 250ms, 1m30s or 2h',
    ]);
  });
});
