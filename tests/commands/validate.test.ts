// `holdpoint validate`: what it prints of right profiles, and that it tells all that is wrong, once.
import { describe, expect, it } from 'vitest';
import { validateProfiles } from '../../src/commands/validate.ts';
import { registry } from '../profile/parts.ts';
import { ioOf, type Project } from '../profile/project.ts';

const validate = (files: Project['files'], names: string[] = [], show = false) =>
  validateProfiles({ names, show, cwd: '/project', io: ioOf({ files }), registry, checksFolder: '/holdpoint/checks' });

const auth = 'service: auth\nchecks: { sign-in: { target: "${env:URL}" } }\n';

describe('right profiles', () => {
  it.each([
    ['without a platform', auth, 'ok deploy-profiles/auth.yaml (1 check; at most 5 min hold)'],
    [
      'with a platform',
      `${auth}rollback: { helm: { release: a } }\n`,
      'ok deploy-profiles/auth.yaml (1 check; at most 15 min rollout + 5 min hold + 15 min rollback = 35 min)',
    ],
    [
      'with environments that are alike',
      `${auth}environments: { staging: {}, production: { alpha: 2% } }\n`,
      'ok deploy-profiles/auth.yaml (2 environments, 1 check; at most 5 min hold)',
    ],
    [
      'with environments that differ',
      `${auth}environments: { staging: { hold: { deadline: 2m } }, production: {} }\n`,
      'ok deploy-profiles/auth.yaml staging (1 check; at most 2 min hold)\nok deploy-profiles/auth.yaml production (1 check; at most 5 min hold)',
    ],
  ])('%s', async (_, text, expected) => {
    expect(await validate({ 'deploy-profiles/auth.yaml': text })).toEqual({ text: expected, problems: [] });
  });

  it('with a password that is written out warn of it once for all environments', async () => {
    const check = '{ target: a, account: { username: u, password: lit-eral } }';
    const text = `service: auth\nchecks: { sign-in: ${check} }\nenvironments: { staging: {}, production: {} }\n`;
    expect(await validate({ 'deploy-profiles/auth.yaml': text })).toEqual({
      text: [
        'ok deploy-profiles/auth.yaml (2 environments, 1 check; at most 5 min hold)',
        'warning: deploy-profiles/auth.yaml:2:67 checks.sign-in.account.password: a secret is written out here, for everybody who can read the file; write ${secret:NAME} and set NAME in the environment, or ${secret:file:PATH}',
      ].join('\n'),
      problems: [],
    });
  });

  it('one environment alone', async () => {
    const files = { 'deploy-profiles/auth.yaml': `${auth}environments: { staging: {}, production: {} }\n` };
    expect((await validate(files, ['auth/staging'])).text).toBe(
      'ok deploy-profiles/auth.yaml staging (1 check; at most 5 min hold)',
    );
  });

  it('a file that others extend need not be whole', async () => {
    const files = {
      'deploy-profiles/auth.yaml': `extends: ./base.yaml\n${auth}`,
      'deploy-profiles/base.yaml': 'rollout: 5m\n',
    };
    expect(await validate(files)).toEqual({
      text: 'ok deploy-profiles/auth.yaml (1 check; at most 5 min hold)',
      problems: [],
    });
    expect((await validate(files, ['base'])).problems).toHaveLength(2);
  });

  it('a file that others extend is told when it is whole', async () => {
    const files = {
      'deploy-profiles/auth.yaml': auth,
      'deploy-profiles/b.yaml': 'extends: ./auth.yaml\nrollout: 5m\n',
    };
    expect((await validate(files)).text).toBe(
      'ok deploy-profiles/auth.yaml (1 check; at most 5 min hold)\nok deploy-profiles/b.yaml (1 check; at most 5 min hold)',
    );
  });

  it('--show prints each with its origins', async () => {
    const { text } = await validate({ 'deploy-profiles/auth.yaml': auth }, ['auth'], true);
    expect(
      text
        .split('\n')
        .slice(0, 3)
        .map((line) => line.replaceAll(/ {2,}/g, '  ')),
    ).toEqual([
      'ok deploy-profiles/auth.yaml (1 check; at most 5 min hold)',
      '# auth',
      'service: auth  # deploy-profiles/auth.yaml:1:10',
    ]);
  });
});

describe('wrong profiles', () => {
  it('are all told, each problem once, beside the right ones', async () => {
    const files = {
      'deploy-profiles/auth.yaml': `${auth}hodl: {}\nenvironments: { a: {}, b: { alpha: 0% } }\n`,
      'deploy-profiles/mail.yaml': 'checks: }\n',
      'deploy-profiles/right.yaml': auth,
    };
    expect(await validate(files)).toEqual({
      text: 'ok deploy-profiles/right.yaml (1 check; at most 5 min hold)',
      problems: [
        'deploy-profiles/auth.yaml:3:1 hodl: unknown key "hodl"; did you mean "hold"?',
        'deploy-profiles/auth.yaml:4:36 alpha: must be above 0% and at most 20%',
        'deploy-profiles/mail.yaml:1:9: is not YAML: Unexpected flow-map-end token in YAML stream: "}"',
      ],
    });
  });

  it.each([
    [['auht'], 'there is no profile "auht" in deploy-profiles/; did you mean "auth"?'],
    [
      ['auth/prod'],
      'deploy-profiles/auth.yaml:1:1 environments: there is no environment "prod"; it has no environments',
    ],
    [['./x.yaml'], 'there is no file ./x.yaml'],
  ])('%j', async (names, expected) => {
    expect(await validate({ 'deploy-profiles/auth.yaml': auth }, names)).toEqual({ text: '', problems: [expected] });
  });

  it('no project at all', async () => {
    await expect(validate({ 'other/x.yaml': auth })).rejects.toThrow(
      'there is no profile in deploy-profiles/ of /project or above it',
    );
  });
});
