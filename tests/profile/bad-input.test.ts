// Profiles that are refused before anything runs: the exact message that a person reads.
import { expect, it } from 'vitest';
import { one, type Options, type Project, problemsOf } from './project.ts';

/** A profile that is right, with something added. */
const whole = (more = ''): string => `service: auth\nchecks: { sign-in: { target: "https://a" } }\n${more}\n`;
/** A profile with these checks. */
const checks = (text: string): string => `service: auth\nchecks: ${text}\n`;

type Row = [what: string, project: Project, expected: string[], options?: Options];

const rows: Row[] = [
  [
    'an unknown key',
    one(whole('hodl: { for: 5s }')),
    ['deploy-profiles/auth.yaml:3:1 hodl: unknown key "hodl"; did you mean "hold"?'],
  ],
  [
    'an unknown key of a check',
    one(checks('{ sign-in: { target: x, acount: { username: x } } }')),
    ['deploy-profiles/auth.yaml:2:33 checks.sign-in.acount: unknown key "acount"; did you mean "account"?'],
  ],
  [
    'an unknown key far down, and the one that is missing',
    one(checks('{ sign-in: { target: x, account: { usernam: x, password: abcd } } }')),
    [
      'deploy-profiles/auth.yaml:2:33 checks.sign-in.account.username: is missing; must be text',
      'deploy-profiles/auth.yaml:2:44 checks.sign-in.account.usernam: unknown key "usernam"; did you mean "username"?',
    ],
  ],
  [
    'an unknown kind',
    one(checks('{ sign-in: { target: x, kind: sing-in } }')),
    ['deploy-profiles/auth.yaml:2:39 checks.sign-in.kind: there is no kind "sing-in"; did you mean "sign-in"?'],
  ],
  [
    'an unknown check',
    one(checks('{ sing-in: { target: x } }')),
    [
      'deploy-profiles/auth.yaml:2:11 checks.sing-in: there is no shipped check "sing-in", and it names neither a file (use: ./FILE) nor a kind (kind: NAME); did you mean "sign-in"?',
    ],
  ],
  [
    'an unknown check behind use',
    one(checks('{ a: { use: sing-in } }')),
    [
      'deploy-profiles/auth.yaml:2:21 checks.a.use: there is no shipped check "sing-in", and a file begins with ./; did you mean "sign-in"?',
    ],
  ],
  [
    'a check file that is not there',
    one(checks('{ a: { use: ./checks/a.yaml } }')),
    ['deploy-profiles/auth.yaml:2:21 checks.a.use: there is no file checks/a.yaml'],
  ],
  [
    'an unknown platform',
    one(whole('rollback: { helmm: { release: a } }')),
    ['deploy-profiles/auth.yaml:3:13 rollback.helmm: there is no platform "helmm"; did you mean "helm"?'],
  ],
  [
    'no platform',
    one(whole('rollback: { mode: ask }')),
    ['deploy-profiles/auth.yaml:3:11 rollback: names no platform; known: helm, symlink'],
  ],
  [
    'two platforms',
    one(whole('rollback: { helm: { release: a }, symlink: { current: b } }')),
    [
      'deploy-profiles/auth.yaml:3:35 rollback.symlink: a service is deployed by one platform; helm and symlink are named',
    ],
  ],
  [
    'an unknown key of a platform',
    one(whole('rollback: { helm: { relase: a } }')),
    [
      'deploy-profiles/auth.yaml:3:19 rollback.helm.release: is missing; must be text',
      'deploy-profiles/auth.yaml:3:21 rollback.helm.relase: unknown key "relase"; did you mean "release"?',
    ],
  ],
  [
    'an unset variable of the profile',
    one(`vars: { host: a }
service: auth
checks: { sign-in: { target: "https://\${hots}" } }
`),
    ['deploy-profiles/auth.yaml:3:30 checks.sign-in.target: ${hots} is not in vars; did you mean "host"?'],
  ],
  [
    'an unset environment variable',
    one(checks('{ sign-in: { target: "https://${env:HOST}" } }')),
    ['deploy-profiles/auth.yaml:2:30 checks.sign-in.target: the environment variable HOST is not set (${env:HOST})'],
  ],
  [
    'an unset secret',
    one(checks('{ sign-in: { target: a, account: { username: a, password: "${secret:PW}" } } }')),
    [
      'deploy-profiles/auth.yaml:2:67 checks.sign-in.account.password: the environment variable PW is not set (${secret:PW})',
    ],
  ],
  [
    'a secret that cannot be masked',
    {
      files: {
        'deploy-profiles/auth.yaml': checks(
          '{ sign-in: { target: a, account: { username: a, password: "${secret:PW}" } } }',
        ),
      },
      env: { PW: 'abc' },
    },
    [
      'deploy-profiles/auth.yaml:2:67 checks.sign-in.account.password: the secret PW has 3 characters; below 4 it cannot be masked (${secret:PW})',
    ],
  ],
  [
    'references that are none',
    one(checks('{ sign-in: { target: "${foo:bar}", budget: "${env:X" } }')),
    [
      'deploy-profiles/auth.yaml:2:30 checks.sign-in.target: "${foo:bar}" is not a reference; write one of ${name}, ${env:NAME}, ${env:NAME:-default}, ${secret:NAME}, ${secret:file:PATH}, ${secret:exec:COMMAND}',
      'deploy-profiles/auth.yaml:2:52 checks.sign-in.budget: "${env:X" has no closing brace; write $${ for a plain ${',
    ],
  ],
  [
    'a reference inside a reference',
    one(checks('{ sign-in: { target: "${env:X:-${y}}" } }')),
    [
      'deploy-profiles/auth.yaml:2:30 checks.sign-in.target: "${env:X:-${y}" holds a reference inside a reference, which is not possible',
    ],
  ],
  [
    'zero checks',
    one(checks('{}')),
    [
      'deploy-profiles/auth.yaml:2:1 checks: no check can block: there is none that is switched on; a run without a blocking check would always pass',
    ],
  ],
  [
    'no checks key',
    one(`service: auth
`),
    [
      'deploy-profiles/auth.yaml:1:1 checks: no check can block: there is none that is switched on; a run without a blocking check would always pass',
    ],
  ],
  [
    'no blocking check',
    one(checks('{ sign-in: { target: a, onFail: warn } }')),
    [
      'deploy-profiles/auth.yaml:2:1 checks: no check can block: every one has onFail: warn; a run without a blocking check would always pass',
    ],
  ],
  [
    'every check switched off',
    one(checks('{ sign-in: { target: a, enabled: false } }')),
    [
      'deploy-profiles/auth.yaml:2:1 checks: no check can block: there is none that is switched on; a run without a blocking check would always pass',
    ],
  ],
  [
    'a check without a value',
    one(`service: auth
checks:
  sign-in:
`),
    [
      'deploy-profiles/auth.yaml:2:1 checks: no check can block: there is none that is switched on; a run without a blocking check would always pass',
      'deploy-profiles/auth.yaml:3:3 checks.sign-in: is empty; write {} for the defaults of the check',
    ],
  ],
  [
    'warm-up and hold longer than the deadline',
    one(whole('hold: { warmup: 30s, for: 60s, deadline: 80s }')),
    [
      'deploy-profiles/auth.yaml:3:42 hold.deadline: can never end green: warmup 30 s + for 60 s is longer than deadline 80 s',
    ],
  ],
  [
    'samples longer than the hold',
    one(whole('hold: { every: 30s, for: 60s, failAfter: 3 }')),
    [
      'deploy-profiles/auth.yaml:3:26 hold.for: can never end green: 3 samples, one each 30 s, take 90 s, longer than for 60 s',
    ],
  ],
  [
    'samples of one check longer than the hold',
    one(checks('{ sign-in: { target: a, every: 30s } }')),
    [
      'deploy-profiles/auth.yaml:2:40 checks.sign-in.every: can never end green: 3 samples, one each 30 s, take 90 s, longer than hold.for 60 s',
    ],
  ],
  [
    'a verification that cannot end',
    one(whole('rollback: { helm: { release: a }, verify: { for: 5m } }')),
    [
      'deploy-profiles/auth.yaml:3:35 rollback.verify.deadline: can never be verified: hold.warmup 10 s + verify.for 5 min is longer than verify.deadline 3 min',
    ],
  ],
  [
    'a timeout of 0',
    one(checks('{ sign-in: { target: a, timeout: 0s } }')),
    ['deploy-profiles/auth.yaml:2:42 checks.sign-in.timeout: must be longer than 0'],
  ],
  [
    'parsecs',
    one(checks('{ sign-in: { target: a, budget: 5 parsecs } }')),
    [
      'deploy-profiles/auth.yaml:2:41 checks.sign-in.budget: "5 parsecs" is not a duration; write it like 5s, 250ms, 1m30s or 2h',
    ],
  ],
  [
    'more than 100 %',
    one(checks('{ sign-in: { target: a, limit: 150% } }')),
    ['deploy-profiles/auth.yaml:2:40 checks.sign-in.limit: "150%" is not a share from 0% to 100%; write it like 80%'],
  ],
  [
    'wrong types',
    one(checks('{ sign-in: { target: 5, tries: "x", mode: quik, steps: a, account: [1], session: { cooke: a } } }')),
    [
      'deploy-profiles/auth.yaml:2:30 checks.sign-in.target: must be text, not a number',
      'deploy-profiles/auth.yaml:2:40 checks.sign-in.tries: must be a number, not text',
      'deploy-profiles/auth.yaml:2:51 checks.sign-in.mode: must be quick or full, not "quik"; did you mean "quick"?',
      'deploy-profiles/auth.yaml:2:64 checks.sign-in.steps: must be a list, not text',
      'deploy-profiles/auth.yaml:2:67 checks.sign-in.account: must be a map, not a list',
      'deploy-profiles/auth.yaml:2:81 checks.sign-in.session: must be { cookie } or { header }, not a map',
    ],
  ],
  [
    'out of bounds',
    one(checks('{ sign-in: { target: "", tries: 9, budget: {} } }')),
    [
      'deploy-profiles/auth.yaml:2:30 checks.sign-in.target: must not be empty',
      'deploy-profiles/auth.yaml:2:41 checks.sign-in.tries: must be at most 5',
      'deploy-profiles/auth.yaml:2:44 checks.sign-in.budget: must be text or a number, not a map',
    ],
  ],
  [
    'a missing key',
    one(checks('{ sign-in: {} }')),
    ['deploy-profiles/auth.yaml:2:20 checks.sign-in.target: is missing; must be text'],
  ],
  [
    'two members of a choice',
    one(checks('{ sign-in: { target: a, login: { json: { post: a }, form: { page: b } } } }')),
    ['deploy-profiles/auth.yaml:2:33 checks.sign-in.login: needs exactly one of form, json'],
  ],
  [
    'auto without what it needs',
    one(whole('rollback: { mode: auto, symlink: { current: a } }')),
    [
      'deploy-profiles/auth.yaml:3:19 rollback.mode: auto needs a store that outlives the run: say `store: { durable: true }` where .holdpoint/ is kept, else use mode: ask',
      'deploy-profiles/auth.yaml:3:19 rollback.mode: auto needs rollback.reversible: true, { declared: true, reason: … }, { command: […] } that prints `reversible`, or { postgres: URL, newest: SQL } (or mysql)',
      'deploy-profiles/auth.yaml:3:19 rollback.mode: auto needs rollback.control: { status: URL }, { command: […] }, a list of those, or { none: REASON }',
      'deploy-profiles/auth.yaml:3:19 rollback.mode: auto needs a fence on the server; symlink compares on our side only: say allowClientFence: true to accept the race',
    ],
  ],
  [
    'a store that forgets what limits rollbacks',
    one(whole('store: { keep: { for: 30m } }')),
    [
      'deploy-profiles/auth.yaml:3:23 store.keep.for: must be at least 1d: what limits automatic rollbacks is read from what is kept',
    ],
  ],
  [
    'control: none without a reason',
    one(
      whole(`store: { durable: true }
rollback: { mode: auto, helm: { release: a }, reversible: false, control: none }`),
    ),
    [
      'deploy-profiles/auth.yaml:4:75 rollback.control: must be { status: URL }, { command: [PROGRAM, …] }, a list of those, or { none: REASON }',
    ],
  ],
  [
    'an unknown environment',
    one(whole('environments: { production: {}, staging: {} }')),
    ['deploy-profiles/auth.yaml:1:1 environments: there is no environment "prodution"; did you mean "production"?'],
    { name: 'auth/prodution' },
  ],
  [
    'an environment where there are none',
    one(whole()),
    ['deploy-profiles/auth.yaml:1:1 environments: there is no environment "production"; it has no environments'],
    { name: 'auth/production' },
  ],
  [
    'an environment that extends',
    one(whole('environments: { production: { extends: ./a.yaml, plugins: [x] } }')),
    [
      'deploy-profiles/auth.yaml:3:31 environments.production.extends: cannot be overlaid by an environment',
      'deploy-profiles/auth.yaml:3:50 environments.production.plugins: cannot be overlaid by an environment',
    ],
    { name: 'auth/production' },
  ],
  [
    'a name with ../',
    one(whole()),
    ['"../auth": a profile name cannot hold "../"; write name[/environment], or the whole path of a file'],
    { name: '../auth' },
  ],
  [
    'a name with two slashes',
    one(whole()),
    ['"a/b/c" is not the name of a profile; write name[/environment], or the path of a .yaml file'],
    { name: 'a/b/c' },
  ],
  [
    'an unknown profile',
    one(whole()),
    ['there is no profile "auht" in deploy-profiles/; did you mean "auth"?'],
    { name: 'auht' },
  ],
  ['a path that is not there', one(whole()), ['there is no file ./x.yaml'], { name: './x.yaml' }],
  [
    'no folder of profiles',
    one(whole()),
    ['there is no folder deploy-profiles/ in /elsewhere or above it; it holds the profiles'],
    { name: 'auth', cwd: '/elsewhere' },
  ],
  [
    'a cycle of extends',
    {
      files: {
        'deploy-profiles/auth.yaml': `extends: ./b.yaml
`,
        'deploy-profiles/b.yaml': `extends: ./c.yaml
`,
        'deploy-profiles/c.yaml': `extends: ./auth.yaml
`,
      },
    },
    [
      'deploy-profiles/c.yaml:1:10 extends: goes in a circle: deploy-profiles/auth.yaml → deploy-profiles/b.yaml → deploy-profiles/c.yaml → deploy-profiles/auth.yaml',
    ],
  ],
  [
    'a base that is not there',
    one(`extends: ./base.yaml
service: auth
checks: { sign-in: { target: "https://a" } }
`),
    ['deploy-profiles/auth.yaml:1:10 extends: there is no file deploy-profiles/base.yaml'],
  ],
  [
    'extends as a list',
    one(`extends: [a]
service: auth
checks: { sign-in: { target: "https://a" } }
`),
    ['deploy-profiles/auth.yaml:1:1 extends: must be the path of a file or the name of a package'],
  ],
  [
    'a cycle of variables',
    one(`vars: { a: "\${b}", b: "x\${c}", c: "\${a}" }
service: auth
checks: { sign-in: { target: "\${a}" } }
`),
    ['deploy-profiles/auth.yaml:1:12 vars.a: refers to itself: a → b → c → a'],
  ],
  [
    'a variable that is a map',
    one(`vars: { a: { x: 1 } }
service: auth
checks: { sign-in: { target: "\${a}" } }
`),
    ['deploy-profiles/auth.yaml:3:30 checks.sign-in.target: the variable a is not a text or a number'],
  ],
  [
    'an unset variable in an unused variable',
    one(`vars: { a: "\${nope}" }
service: auth
checks: { sign-in: { target: "https://a" } }
`),
    ['deploy-profiles/auth.yaml:1:12 vars.a: ${nope} is not in vars; known: a'],
  ],
  [
    'coveredBy that names nothing',
    one(checks('{ sign-in: { target: a, coveredBy: [sign-in, sing-out] }, sign-out: { use: sign-in, target: b } }')),
    [
      'deploy-profiles/auth.yaml:2:45 checks.sign-in.coveredBy[0]: there is no other check "sign-in" that is switched on; known: sign-out',
      'deploy-profiles/auth.yaml:2:54 checks.sign-in.coveredBy[1]: there is no other check "sing-out" that is switched on; did you mean "sign-out"?',
    ],
  ],
  [
    'two sources',
    one(checks('{ error-rate: { prometheus: { url: "http://p", total: x }, scrape: { url: y, total: z } } }')),
    [
      'deploy-profiles/auth.yaml:2:68 checks.error-rate.scrape: a check reads one metric source; prometheus is named, too',
    ],
  ],
  [
    'no source',
    one(checks('{ error-rate: {} }')),
    [
      'deploy-profiles/auth.yaml:2:23 checks.error-rate: names no metric source; a check of kind rate needs one of prometheus, scrape',
    ],
  ],
  [
    'wrong keys of a source',
    one(checks('{ error-rate: { prometheus: { totl: x, timeout: 5 parsecs } } }')),
    [
      'deploy-profiles/auth.yaml:2:25 checks.error-rate.prometheus.total: is missing; must be text',
      'deploy-profiles/auth.yaml:2:37 checks.error-rate.prometheus.url: is missing; must be text',
      'deploy-profiles/auth.yaml:2:39 checks.error-rate.prometheus.totl: unknown key "totl"; did you mean "total"?',
      'deploy-profiles/auth.yaml:2:57 checks.error-rate.prometheus.timeout: "5 parsecs" is not a duration; write it like 5s, 250ms, 1m30s or 2h',
    ],
  ],
  [
    'from written out',
    one(checks('{ error-rate: { from: { source: prometheus, settings: {}, query: {} } } }')),
    [
      'deploy-profiles/auth.yaml:2:25 checks.error-rate.from: write the metric source by its name, like `scrape: { … }`',
    ],
  ],
  [
    'a source that is no map',
    one(checks('{ error-rate: { prometheus: http://x } }')),
    ['deploy-profiles/auth.yaml:2:25 checks.error-rate.prometheus: must be a map of the keys of the source prometheus'],
  ],
  [
    'an unknown source',
    one(checks('{ error-rate: { promtheus: { url: x } } }')),
    [
      'deploy-profiles/auth.yaml:2:25 checks.error-rate.promtheus: there is no metric source "promtheus"; did you mean "prometheus"?',
    ],
  ],
  [
    'a source for a kind that reads none',
    one(checks('{ sign-in: { target: a, prometheus: { url: x } } }')),
    [
      'deploy-profiles/auth.yaml:2:33 checks.sign-in.prometheus: unknown key "prometheus"; known: account, budget, coveredBy, enabled, every, failAfter, kind, limit, login, mode, next, onError, onFail, onInconclusive, session, steps, sufficientAlone, target, timeout, title, tries, use, why',
    ],
  ],
  [
    'both members of a choice of sources',
    one(checks('{ pool-wait: { pgbouncer: { url: aaaa }, scrape: { url: a, waiting: b } } }')),
    ['deploy-profiles/auth.yaml:2:22 checks.pool-wait: name exactly one: pgbouncer or a metric source'],
  ],
  [
    'neither member',
    one(checks('{ pool-wait: {} }')),
    ['deploy-profiles/auth.yaml:2:22 checks.pool-wait: name exactly one: pgbouncer or a metric source'],
  ],
  ['alpha of 0', one(whole('alpha: 0%')), ['deploy-profiles/auth.yaml:3:8 alpha: must be above 0% and at most 20%']],
  [
    'an unknown form of hold',
    one(whole('hold: twice')),
    ['deploy-profiles/auth.yaml:3:7 hold: must be once or a map, not text'],
  ],
  [
    'an unknown key of hold',
    one(whole('hold: { fro: 5s }')),
    ['deploy-profiles/auth.yaml:3:9 hold.fro: unknown key "fro"; did you mean "for"?'],
  ],
  [
    'a duration without its unit',
    one(whole('baseline: 15')),
    ['deploy-profiles/auth.yaml:3:11 baseline: "15" is not a duration; write it like 5s, 250ms, 1m30s or 2h'],
  ],
  [
    'an unknown format of notify',
    one(whole('notify: { slak: x }')),
    ['deploy-profiles/auth.yaml:3:11 notify.slak: unknown key "slak"; did you mean "slack"?'],
  ],
  [
    'wrong keys of rollback',
    one(whole('rollback: { helm: { release: a }, mod: ask, control: none, reversible: maybe, deadline: 0s }')),
    [
      'deploy-profiles/auth.yaml:3:35 rollback.mod: unknown key "mod"; did you mean "mode"?',
      'deploy-profiles/auth.yaml:3:54 rollback.control: must be { status: URL }, { command: [PROGRAM, …] }, a list of those, or { none: REASON }',
      'deploy-profiles/auth.yaml:3:72 rollback.reversible: must be true, false, { declared: true, reason: TEXT }, { command: [PROGRAM, …] } or { postgres: URL, newest: SQL } (or mysql)',
      'deploy-profiles/auth.yaml:3:89 rollback.deadline: must be longer than 0',
    ],
  ],
  [
    'an empty reason',
    one(whole('rollback: { helm: { release: a }, control: { none: "" } }')),
    ['deploy-profiles/auth.yaml:3:52 rollback.control.none: must not be empty'],
  ],
  [
    'a shell line',
    one(whole('rollback: { helm: { release: a }, control: { command: "a b" } }')),
    [
      'deploy-profiles/auth.yaml:3:35 rollback.control: must be { status: URL }, { command: [PROGRAM, …] }, a list of those, or { none: REASON }',
    ],
  ],
  [
    'an id with a space',
    one(checks('{ "a b": { use: sign-in, target: a } }')),
    ['deploy-profiles/auth.yaml:2:11 checks.a b: must be a name of letters, digits, "_" and "-"'],
  ],
  [
    'plugins as a text',
    one(whole('plugins: x')),
    ['deploy-profiles/auth.yaml:3:1 plugins: must be a list of packages or files'],
  ],
  [
    'keys that do not belong into a check file',
    {
      files: {
        'deploy-profiles/auth.yaml': checks('{ a: { use: ./checks/a.yaml } }'),
        'checks/a.yaml': `use: b
target: x
`,
      },
    },
    [
      'checks/a.yaml:1:1 use: does not belong into a check file',
      'checks/a.yaml:1:1 kind: is missing; a check file names its kind',
    ],
  ],
  [
    'mistakes in a check file',
    {
      files: {
        'deploy-profiles/auth.yaml': checks('{ a: { use: ./checks/a.yaml } }'),
        'checks/a.yaml': `kind: sign-in
target: x
budget: 5
tires: 2
`,
      },
    },
    [
      'checks/a.yaml:3:9 checks.a.budget: "5" is not a duration; write it like 5s, 250ms, 1m30s or 2h',
      'checks/a.yaml:4:1 checks.a.tires: unknown key "tires"; did you mean "tries"?',
    ],
  ],
  [
    'a mistake in an overlay',
    one(
      whole(`environments:
  production:
    hold: { for: 0s }`),
    ),
    ['deploy-profiles/auth.yaml:5:18 hold.for: must be longer than 0'],
    { name: 'auth/production' },
  ],
  [
    'a command that fails',
    {
      files: { 'deploy-profiles/auth.yaml': checks('{ sign-in: { target: "${secret:exec:vault get a}" } }') },
      commands: { 'vault get a': { exit: 2 } },
    },
    ['deploy-profiles/auth.yaml:2:30 checks.sign-in.target: vault ended with exit code 2 (${secret:exec:vault get a})'],
  ],
  [
    'a secret file that is not there',
    one(checks('{ sign-in: { target: "${secret:file:./s}" } }')),
    ['deploy-profiles/auth.yaml:2:30 checks.sign-in.target: there is no file ./s (${secret:file:./s})'],
  ],
];

it.each(rows)('%s', async (_, project, expected, options) => {
  expect(await problemsOf(project, options)).toEqual(expected);
});

it('a profile that is right has no problem', async () => {
  expect(await problemsOf(one(whole()))).toEqual([]);
});
