// Files that are not the YAML of a profile: each is refused with its place and a sentence.
import { expect, it } from 'vitest';
import { one, type Options, type Project, problemsOf } from './project.ts';

/** A profile that is right, with something added. */
const whole = (more = ''): string => `service: auth\nchecks: { sign-in: { target: "https://a" } }\n${more}\n`;

type Row = [what: string, project: Project, expected: string[], options?: Options];

const rows: Row[] = [
  ['an empty file', one(''), ['deploy-profiles/auth.yaml:1:1: the file is empty; a profile is a map of keys']],
  [
    'a file of comments',
    one(`# nothing
`),
    ['deploy-profiles/auth.yaml:1:1: the file is empty; a profile is a map of keys'],
  ],
  ['a text', one('hello'), ['deploy-profiles/auth.yaml:1:1: must be a map of keys like `service: auth`']],
  [
    'a list',
    one(`- a
`),
    ['deploy-profiles/auth.yaml:1:1: must be a map of keys like `service: auth`'],
  ],
  [
    'a tab',
    one(`service: auth
checks:
	sign-in: {}
`),
    ['deploy-profiles/auth.yaml:3:1: a tab stands in the indentation; YAML allows spaces only'],
  ],
  [
    'not YAML',
    one(`service: "auth
checks: {`),
    ['deploy-profiles/auth.yaml:2:10: is not YAML: Missing closing "quote'],
  ],
  [
    'two colons',
    one(`service: a: b
`),
    ['deploy-profiles/auth.yaml:1:10: is not YAML: Nested mappings are not allowed in compact mappings'],
  ],
  [
    'duplicate keys',
    one(`service: auth
service: b
checks:
  sign-in: { target: a }
  sign-in: { target: b }
`),
    [
      'deploy-profiles/auth.yaml:2:1 service: is written twice; the first stands in line 1',
      'deploy-profiles/auth.yaml:5:3 checks.sign-in: is written twice; the first stands in line 4',
    ],
  ],
  [
    'two documents',
    one(
      whole(`---
a: 1`),
    ),
    ['deploy-profiles/auth.yaml:3:1: a second document begins here; a file holds one'],
  ],
  [
    'a tag',
    one(whole('x: !!js/function a')),
    ['deploy-profiles/auth.yaml:3:4: tags like !name are not allowed; write the plain value'],
  ],
  [
    '__proto__',
    one(whole('__proto__: { a: 1 }')),
    ['deploy-profiles/auth.yaml:3:1 __proto__: is not allowed as a key'],
  ],
  ['not a number', one(whole('alpha: .nan')), ['deploy-profiles/auth.yaml:3:8 alpha: is not a finite number']],
  [
    'a YAML bomb',
    one(`a: &a [x,x,x,x,x,x,x,x,x,x]
b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]
c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]
d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]
e: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]
`),
    ['deploy-profiles/auth.yaml:5:14 e[3]: holds more than 50,000 values, aliases counted in full (a YAML bomb?)'],
  ],
  [
    'an alias of itself',
    one(`a: &a [*a]
`),
    ['deploy-profiles/auth.yaml:1:8 a[0]: *a has no anchor &a that ends before it'],
  ],
  [
    'deep nesting',
    one(
      'a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]',
    ),
    ['deploy-profiles/auth.yaml:1:68 a[0][0]: is nested deeper than 64 levels'],
  ],
  [
    '10 MiB',
    { files: { 'deploy-profiles/auth.yaml': whole() }, sizes: { 'deploy-profiles/auth.yaml': 10485760 } },
    ['deploy-profiles/auth.yaml has 10.0 MiB; a profile may have at most 1 MiB'],
  ],
];

it.each(rows)('%s', async (_, project, expected, options) => {
  expect(await problemsOf(project, options)).toEqual(expected);
});

it('nesting that would overflow the stack ends in a sentence', async () => {
  const [problem, ...others] = await problemsOf(one(`a: ${'['.repeat(100_000)}`));
  expect(problem).toMatch(/^deploy-profiles\/auth\.yaml:1:\d+: is nested too deeply to be read$/);
  expect(others).toEqual([]);
});

it('a megabyte of keys is refused without comparing each with all others', async () => {
  const keys = Array.from({ length: 60_000 }, (_, index) => `key${index}: 1`).join('\n');
  expect(await problemsOf(one(keys))).toEqual([
    'deploy-profiles/auth.yaml:50000:11 key49999: holds more than 50,000 values, aliases counted in full (a YAML bomb?)',
  ]);
});
