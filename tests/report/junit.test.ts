// JUnit reports: word for word, what counts as a failure, and whether both schemas and any XML reader accept them.
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/kit/index.ts';
import { junit } from '../../src/report/junit.ts';
import { checkOf, incidentRecord, recordOf, rollbackOf } from '../helpers/records.ts';
import { textOf } from './fakes.ts';
import { jenkins, surefire } from './junit-schemas.ts';
import { breaches, readXml, type Schema } from './xml.ts';

const xmlOf = (record: RunRecord): string => textOf(junit, record);

/** `name: failure type: message` for each case with a problem. */
const problems = (record: RunRecord): string[] =>
  readXml(xmlOf(record))
    .children.filter(({ name }) => name === 'testcase')
    .flatMap(({ attributes, children }) =>
      children
        .filter(({ name }) => name !== 'system-out')
        .map((one) => `${attributes['name']}: ${one.name} ${one.attributes['type']}: ${one.attributes['message']}`),
    );

it('a failed check with its numbers, word for word', () => {
  const [, , connections] = incidentRecord().checks;
  const looked = [12, 8].map((ms) => ({ at: '2026-11-22T02:47:00.000Z', ms, phase: 'hold', seen: { used: 37 } }));
  const parts = [{ name: 'GET /login', outcome: 'pass' as const, because: '200 in 4 ms' }];
  const record = incidentRecord({
    checks: connections ? [{ ...connections, samples: looked, parts }] : [],
    decision: { action: 'rollback', because: [{ check: 'db-connections', reason: 'slots_exhausted', text: '' }] },
  });
  expect(xmlOf(record)).toBe(`\
<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="holdpoint.auth/production" tests="2" failures="1" errors="0" skipped="0" time="80.000">
  <properties>
    <property name="run" value="run-7f3a"/>
    <property name="verb" value="run"/>
    <property name="release" value="9f3c1a2"/>
    <property name="revision" value="rs/5c41"/>
    <property name="revisionBefore" value="rs/7d9f"/>
    <property name="revisionLive" value="rs/7d9f"/>
    <property name="startedAt" value="2026-11-22T02:47:00.000Z"/>
    <property name="finishedAt" value="2026-11-22T02:48:20.000Z"/>
    <property name="decision" value="rollback"/>
    <property name="exitCode" value="20"/>
    <property name="diagnosis" value="37 of 37 usable slots in use (limit 35); auth_svc of release rs/5c41 holds 34, before the deploy 4. error-rate-delta and login fail now, most likely because of it."/>
    <property name="db-connections.value" value="37"/>
    <property name="db-connections.limit" value="35"/>
    <property name="db-connections.baseline" value="4"/>
    <property name="db-connections.unit" value="connections"/>
    <property name="db-connections.reason" value="slots_exhausted"/>
    <property name="db-connections.attribution" value="introduced"/>
    <property name="db-connections.action" value="rollback"/>
  </properties>
  <testcase name="db-connections" classname="holdpoint.auth/production" time="0.020">
    <failure message="37 of 37 usable slots in use (limit 35); auth_svc of release rs/5c41 holds 34, before the deploy 4 (value 37, limit 35, before the deploy 4)" type="slots_exhausted">Database connections: 37 of 37 usable slots in use (limit 35); auth_svc of release rs/5c41 holds 34, before the deploy 4&#10;value: 37&#10;limit: 35&#10;before the deploy: 4&#10;attribution: introduced&#10;action: rollback&#10;GET /login: pass: 200 in 4 ms&#10;next: look for code in the new release that takes a connection and never gives it back</failure>
  </testcase>
  <testcase name="run" classname="holdpoint.auth/production" time="80.000">
    <system-out>ROLLED BACK and verified: auth/production runs rs/7d9f again (was rs/5c41, release 9f3c1a2)</system-out>
  </testcase>
</testsuite>
`);
});

it('fail is a failure; error and inconclusive are errors; skipped is skipped; a pass says its caveat', () => {
  const record = recordOf({
    checks: (['pass', 'fail', 'error', 'inconclusive', 'skipped'] as const).map((outcome) =>
      checkOf({ id: outcome, outcome, reason: 'code', because: `it is ${outcome}`, value: 0.021, unit: 'share' }),
    ),
    decision: { action: 'block', because: [{ check: 'fail', reason: 'code', text: 'it is fail' }] },
    exitCode: 10,
  });
  expect(problems(record)).toEqual([
    'fail: failure code: it is fail (value 2.1 %)',
    'error: error code: it is error (value 2.1 %)',
    'inconclusive: error code: it is inconclusive (value 2.1 %)',
    'skipped: skipped undefined: it is skipped (value 2.1 %)',
  ]);
  const { attributes, children } = readXml(xmlOf(record));
  expect(attributes).toMatchObject({ tests: '6', failures: '1', errors: '2', skipped: '1' });
  expect(children[1]?.children).toEqual([
    { name: 'system-out', attributes: {}, children: [], text: 'it is pass (value 2.1 %)' },
  ]);
});

const stopped = (reason: string, exitCode: number): RunRecord =>
  recordOf({ decision: { action: 'block', because: [{ check: 'run', reason, text: 'it stopped' }] }, exitCode });

const rollback = (fields: Parameters<typeof rollbackOf>[0], exitCode: number): RunRecord =>
  incidentRecord({
    checks: [],
    decision: { action: 'rollback', because: [] },
    rollback: rollbackOf({ verified: false, ...fields }),
    exitCode,
  });

describe('the case of the run itself', () => {
  it.each<[string, RunRecord, string[]]>([
    ['passes with a pass', recordOf(), []],
    ['passes with a verified rollback', rollback({ verified: true }, 20), []],
    ['passes with a rollback that a person asked for', { ...stopped('by_hand', 20), verb: 'rollback' }, []],
    ['passes with a drill', rollback({ state: 'PLANNED', reason: 'drill' }, 0), []],
    [
      'is an error when nothing new was live',
      stopped('not_live', 11),
      ['run: error not_live: BLOCKED: auth/production 9f3c1a2, run: it stopped'],
    ],
    [
      'is a failure when the deploy command failed',
      stopped('deploy_failed', 10),
      ['run: failure deploy_failed: BLOCKED: auth/production 9f3c1a2, run: it stopped'],
    ],
    [
      'is a failure when the rollback did not help',
      rollback({ state: 'UNVERIFIED', reason: 'still_failing' }, 21),
      [
        'run: failure still_failing: ROLLED BACK, STILL FAILING: auth/production runs rs/7d9f again (was rs/5c41, release 9f3c1a2)',
      ],
    ],
    [
      'is a failure when the rollback was refused',
      rollback({ state: 'REFUSED', reason: 'budget' }, 22),
      ['run: failure budget: ROLLBACK REFUSED (budget): auth/production runs rs/7d9f'],
    ],
    [
      'is an error when the run was interrupted',
      recordOf({ interrupted: 'SIGTERM', exitCode: 143 }),
      ['run: error interrupted: INTERRUPTED by SIGTERM: auth/production 9f3c1a2; nothing was decided'],
    ],
    [
      'is an error when nothing was looked at, so that an empty run is never green',
      recordOf({ checks: [], decision: { action: 'block', because: [] }, exitCode: 11 }),
      ['run: error unknown: BLOCKED: auth/production 9f3c1a2, nothing was proven'],
    ],
  ])('%s', (_, record, expected) => {
    expect(problems(record)).toEqual(expected);
  });

  it('tells the way back by hand', () => {
    const text = readXml(xmlOf(rollback({ state: 'FAILED', reason: 'undo_failed', because: 'exit 1' }, 23)))
      .children.at(-1)
      ?.children.at(0)?.text;
    expect(text?.split('\n').slice(-3)).toEqual([
      'rollback: exit 1',
      'by hand: ln -sfn releases/rs-7d9f current && ./restart.sh',
      'next: look for code in the new release that takes a connection and never gives it back',
    ]);
  });
});

const nasty = `<b>&amp; "quoted" 'it' ]]> \u0000\u0008\u001b[31mred\u001b[0m\ud800 \uffff\n\ttab 😀`;
const nastyRecord = incidentRecord({
  service: nasty,
  checks: [checkOf({ id: nasty, title: nasty, because: nasty, outcome: 'fail', reason: nasty, next: nasty })],
});

it('any text survives, without what XML cannot hold', () => {
  const { children } = readXml(xmlOf(nastyRecord));
  expect(children[1]?.attributes['name']).toBe(`<b>&amp; "quoted" 'it' ]]>  red\ufffd \ufffd tab 😀`);
});

const endings = [
  recordOf(),
  incidentRecord(),
  nastyRecord,
  recordOf({ checks: [checkOf({ id: 'a', outcome: 'skipped' })] }),
];

it.each<[string, Schema]>([
  ['Jenkins', jenkins],
  ['Surefire', surefire],
])('keeps to the schema of %s', (_, schema) => {
  for (const record of [...endings, stopped('not_live', 11), rollback({ state: 'FAILED' }, 23)])
    expect(breaches(readXml(xmlOf(record)), schema)).toEqual([]);
});

it('the name of this machine is not told', () => {
  expect(xmlOf(incidentRecord())).not.toContain(hostname());
});

describe('the schemas can fail', () => {
  const suite = (inside: string, more = ''): string =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="a" tests="1" failures="0" errors="0" skipped="0"${more}>${inside}</testsuite>\n`;

  it.each([
    ['<testcase name="a" time="1e3"/>', '', ['testcase has time="1e3"']],
    ['<testcase name="a" time="1"><failure/></testcase>', '', ['failure has no type']],
    ['<testcase name="a" time="1"><properties/></testcase>', '', ['testcase may not hold properties']],
    ['<testcase name="a" time="1"/><properties/>', '', ['testsuite holds its children in the wrong order']],
    ['text', ' timestamp="now"', ['testsuite may not have timestamp', 'testsuite may not hold text']],
  ])('%s', (inside, more, expected) => {
    expect(breaches(readXml(suite(inside, more)), surefire)).toEqual(expected);
  });

  it.each([
    ['<a b="&"/>', 'not escaped: &'],
    ['<a>\u0008</a>', 'illegal: \u0008'],
    ['<a><b></a></b>', '</a> closes nothing'],
    ['<a b="1" b="2"/>', 'an attribute twice:  b="1" b="2"'],
    ['<a/><a/>', 'not one whole element'],
    ['<a b=1/>', 'malformed attributes:  b=1'],
    ['<a> < </a>', 'illegal: \u0000'],
  ])('the reader refuses %j', (inside, message) => {
    expect(() => readXml(`<?xml version="1.0" encoding="UTF-8"?>\n${inside}`)).toThrow(message);
  });
});
