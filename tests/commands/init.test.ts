// `holdpoint init`: what it writes validates, nothing is ever overwritten, and a curl line becomes a check.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runHere } from '../helpers/command.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const login = ['--login', 'https://auth.example.com/login?next=%2F', '--user', 'smoke'];

describe('holdpoint init', () => {
  it('writes a commented profile that validates, with the schema for the editor', async () => {
    const folder = await tempFolder();
    const told = await runHere(folder, ['init', '--service', 'auth', ...login, '--role', 'auth_svc']);
    expect([told.exitCode, told.stderr]).toEqual([0, '']);
    expect(told.stdout).toBe(`deploy-profiles/auth.yaml was written and is valid.

edit deploy-profiles/auth.yaml      # probe: a page behind the login, and a text that only the account sees
export SMOKE_PASSWORD=…             # the password of the account
export DATABASE_ADMIN_URL=…         # postgres://probe@host/db, a role with pg_monitor
holdpoint check auth                # is it well now?
holdpoint run auth -- ./deploy.sh   # with your next deploy
`);
    expect(await readFile(join(folder, 'deploy-profiles/auth.yaml'), 'utf8')).toBe(`\
# yaml-language-server: $schema=./.profile-schema.json
# What auth must show after a deploy. \`holdpoint explain\` lists all checks; \`holdpoint validate --show\` has all defaults.
service: auth

checks:
  # A real login. \`probe\` is a page behind it that shows a text which only the account sees: set both.
  login:
    target: https://auth.example.com
    account:
      username: smoke
      password: \${secret:SMOKE_PASSWORD}
    login:
      form:
        page: /login?next=%2F
    probe:
      get: /
      granted:
        status: 200
        contains: smoke

  # Who holds the slots of the server. The URL leads to the server itself, not to a pooler; its role has pg_monitor.
  db-connections:
    postgres: \${secret:DATABASE_ADMIN_URL}
    role: auth_svc

# Without a \`rollback:\` section a failure blocks (exit code 10), and nothing is ever changed.
# rollback:
#   mode: ask
#   command: { live: [./scripts/live.sh], undo: [./scripts/undo.sh, "{{from}}", "{{to}}"] }
#   reversible: true
`);
    const valid = await runHere(folder, ['validate']);
    expect([valid.exitCode, valid.stdout]).toEqual([
      0,
      'ok deploy-profiles/auth.yaml (2 checks; at most 5 min hold)\n',
    ]);
    const schema: unknown = JSON.parse(await readFile(join(folder, 'deploy-profiles/.profile-schema.json'), 'utf8'));
    expect(schema).toMatchObject({ title: 'A profile of holdpoint' });
  }, 60_000);

  it('what was typed stands for itself', async () => {
    const folder = await tempFolder();
    const odd = ['--login', 'https://a.example.com/login?next=${x}', '--user', '${env:HOME}'];
    const told = await runHere(folder, ['init', '--service', 'auth', ...odd]);
    expect([told.exitCode, told.stderr]).toEqual([0, '']);
    const text = await readFile(join(folder, 'deploy-profiles/auth.yaml'), 'utf8');
    expect(text).toContain('username: $${env:HOME}\n');
    expect(text).toContain('page: /login?next=$${x}\n');
  });

  it('overwrites nothing', async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, 'deploy-profiles'));
    await writeFile(join(folder, 'deploy-profiles/auth.yaml'), 'mine');
    const told = await runHere(folder, ['init', '--service', 'auth', ...login]);
    const path = join(folder, 'deploy-profiles/auth.yaml');
    expect([told.exitCode, told.stderr]).toEqual([2, `${path} is there already, and init overwrites nothing\n`]);
    expect(await readFile(path, 'utf8')).toBe('mine');
    expect(await readdir(join(folder, 'deploy-profiles'))).toEqual(['auth.yaml']);
  });

  it('asks four questions on a terminal, and leaves out what gets no answer', async () => {
    const folder = await tempFolder();
    const answers = ['shop', '', 'https://shop.example.com/health', ''];
    const told = await runHere(folder, ['init'], { terminal: true, answers });
    expect([told.exitCode, told.stderr, told.asked.length]).toEqual([0, '', 4]);
    const text = await readFile(join(folder, 'deploy-profiles/shop.yaml'), 'utf8');
    expect(text).toContain('use: http\n    target: https://shop.example.com\n    request:\n      get: /health\n');
    expect(text).not.toContain('db-connections:');
    expect((await runHere(folder, ['validate'])).exitCode).toBe(0);
  });

  it('what was typed stands for itself', async () => {
    const folder = await tempFolder();
    const odd = ['--login', 'https://a.example.com/${env:HOME}', '--user', '${secret:X} "quoted": #'];
    expect((await runHere(folder, ['init', '--service', 'a', ...odd])).stderr).toBe('');
    const shown = await runHere(folder, ['validate', 'a', '--show']);
    expect([shown.exitCode, shown.stderr]).toEqual([0, '']);
  });

  it('says what stands in the way of a file', async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'checks'), 'no folder');
    const told = await runHere(folder, ['init', 'check', 'x', '--', 'curl', 'http://h']);
    expect([told.exitCode, told.stderr.split(': ')[0]]).toEqual([
      2,
      `${join(folder, 'checks/x.yaml')} cannot be written`,
    ]);
  });

  it('uses the schema of an installed package', async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, 'node_modules/holdpoint/dist/schemas'), { recursive: true });
    await writeFile(join(folder, 'node_modules/holdpoint/dist/schemas/profile.json'), '{}');
    await runHere(folder, ['init', '--service', 'auth', ...login]);
    const [first] = (await readFile(join(folder, 'deploy-profiles/auth.yaml'), 'utf8')).split('\n');
    expect(first).toBe('# yaml-language-server: $schema=../node_modules/holdpoint/dist/schemas/profile.json');
    expect(await readdir(join(folder, 'deploy-profiles'))).toEqual(['auth.yaml']);
  });

  it.each([
    [
      [],
      'there is no terminal to ask on; give --service NAME and --login URL --user NAME, --health URL or --role NAME',
    ],
    [['--service', 'auth'], 'nothing would be checked: name a login, a health URL or a Postgres role'],
    [['--service', 'auth', '--login', 'https://a.example.com'], 'a login needs an account: --user NAME'],
    [
      ['--service', 'auth', '--health', 'a.example.com'],
      '"a.example.com" is no URL like https://auth.example.com/login',
    ],
    [['--service', '../x', '--role', 'r'], '"../x" is no name of a service: letters, digits, ".", "_" and "-"'],
    [['chekc'], 'write `holdpoint init`, or `holdpoint init check NAME -- curl …`'],
  ])('refuses %j and writes nothing', async (args, sentence) => {
    const folder = await tempFolder();
    const told = await runHere(folder, ['init', ...args]);
    expect([told.exitCode, told.stderr, await readdir(folder)]).toEqual([2, `${sentence}\n`, []]);
  });
});

describe('holdpoint init check NAME -- curl …', () => {
  it('keeps the request and puts secrets into the environment', async () => {
    const folder = await tempFolder();
    const curl = [
      'curl',
      '-fsS',
      '-X',
      'PUT',
      'https://a.example.com/api/x?y=1',
      '-H',
      'Authorization: Bearer geheim',
      '--json',
      '{"a": [1]}',
    ];
    const told = await runHere(folder, ['init', 'check', 'api', '--', ...curl]);
    expect([told.exitCode, told.stderr]).toEqual([0, '']);
    expect(told.stdout).toBe(`checks/api.yaml was written. In a profile:

checks:
  api:
    use: ./checks/api.yaml
    target: https://a.example.com

export API_AUTHORIZATION=…   # was on the curl line; it belongs into the environment
`);
    expect(await readFile(join(folder, 'checks/api.yaml'), 'utf8')).toBe(`\
# One request and what its answer must look like; made of a curl line. \`holdpoint explain http\` has the keys.
kind: http
title: api
request:
  put: /api/x?y=1
  headers:
    Authorization: Bearer \${secret:API_AUTHORIZATION}
    Accept: application/json
  json:
    a:
      - 1
expect:
  status: 200
`);
    expect(await readdir(folder)).toEqual(['checks']);
  });

  it.each([
    ['a form', ['-d', 'a=1', '-d', 'b=2', 'http://h/p'], 'post: /p\n  form:\n    a: "1"\n    b: "2"\n'],
    ['a text', ['-d', '<x/>', '-H', 'Content-Type: text/xml', 'http://h/p'], 'body: <x/>\n'],
    ['a head', ['-I', 'h.example.com/p'], 'head: /p\n'],
    ['nothing else', ['-sS', '--max-time', '5', 'http://h'], 'get: /\n'],
  ])('%s', async (_, curl, text) => {
    const folder = await tempFolder();
    const told = await runHere(folder, ['init', 'check', 'x', '--', 'curl', ...curl]);
    expect([told.exitCode, told.stderr]).toEqual([0, '']);
    expect(await readFile(join(folder, 'checks/x.yaml'), 'utf8')).toContain(text);
  });

  it('says what is secret in it, how it is made, and what is different from the line', async () => {
    const folder = await tempFolder();
    const line =
      'curl -kLu "smoke:$PW" -m 2.5 -d \'<password>x</password>\' -H "Content-Type: text/xml" \\\n  "https://h/a?token=abc&page=2"';
    const told = await runHere(folder, ['init', 'check', 'api', '--', line]);
    expect([told.exitCode, told.stderr]).toEqual([0, '']);
    expect(told.stdout.split('\n').slice(7)).toEqual([
      'export API_AUTHORIZATION="$(printf %s "smoke:$PW" | base64 | tr -d \'\\n\')"   # the user and the password of the curl line',
      'export API_TOKEN=…   # was on the curl line; it belongs into the environment',
      'note: -k is left out: certificates are always checked; an authority of your own is trusted by NODE_EXTRA_CA_CERTS=FILE',
      'note: -L is left out: redirects are not followed, `expect` is about the first answer',
      'note: the body stands in the file as it is: write what is secret in it as ${secret:NAME}',
      '',
    ]);
    expect(await readFile(join(folder, 'checks/api.yaml'), 'utf8')).toContain(`
timeout: 2500ms
request:
  post: /a?token=\${secret:API_TOKEN}&page=2
  headers:
    content-type: text/xml
    Authorization: Basic \${secret:API_AUTHORIZATION}
  body: <password>x</password>
`);
  });

  it.each([
    [['x'], 'write it like: holdpoint init check health -- curl https://auth.example.com/health'],
    [
      ['x', '--', 'wget', 'http://h'],
      'write it like: holdpoint init check health -- curl https://auth.example.com/health',
    ],
    [['x', '--', 'curl'], 'the curl line names no URL like https://auth.example.com/health'],
    [
      ['x', '--', 'curl', '--proxy', 'p', 'http://h'],
      'the curl line cannot become a check: it goes through a proxy, and `http` asks the service itself',
    ],
    [['x', '--', 'curl', 'http://h', '-H'], '-H of the curl line needs a value'],
    [
      ['x', '--', 'curl', 'http://h', '--frobnicate'],
      '--frobnicate of the curl line is not known: write the check by hand',
    ],
    [['x', '--', 'curl', '-sZ', 'http://h'], '-Z of the curl line is not known: write the check by hand'],
    [['x', '--', 'curl', 'http://h', 'http://i'], 'the curl line asks 2 URLs: make one check of each'],
    [['x', '--', 'curl', 'http://h', '-d', '@none'], 'the curl line reads none, and there is no such file'],
    [['x', '--', 'curl', 'http://h', '-b', 'jar'], 'the curl line reads cookies from a file (jar): write them out'],
    [
      ['x', '--', 'curl', '-F', 'a=@b', 'http://h'],
      'the curl line cannot become a check: -F sends files as multipart, which `http` does not',
    ],
    [['x', '--', 'curl http://h | jq .'], 'the curl line cannot be read at: | jq .'],
    [['x', '--', "curl 'http://h"], "the curl line cannot be read at: 'http://h"],
    [
      ['x', '--', 'curl "https://$HOST/x"'],
      'the host of the curl line is a variable: write it out, or set `target` in the profile by hand',
    ],
    [['x', '--', 'curl', 'http://h', '--json', '{'], 'the data of the curl line is no JSON'],
  ])('refuses %j', async (words, sentence) => {
    const folder = await tempFolder();
    const told = await runHere(folder, ['init', 'check', ...words]);
    expect([told.exitCode, told.stderr, await readdir(folder)]).toEqual([2, `${sentence}\n`, []]);
  });
});
