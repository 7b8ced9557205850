// How the demo calls holdpoint, and how it holds a run against what its scenario tells.
import { describe, expect, it } from 'vitest';
import { argumentsOf } from '../../src/demo/call.ts';
import { differences, exitSentence, liveDifference } from '../../src/demo/compare.ts';
import { findScenario, type Scenario, scenarios } from '../../src/demo/scenarios.ts';
import type { RunRecord } from '../../src/kit/index.ts';

const named = (name: string): Scenario => {
  const scenario = findScenario(name);
  if (!scenario) throw new Error(`there is no scenario ${name}`);
  return scenario;
};

const record = (action: 'pass' | 'block' | 'rollback', exitCode: number): RunRecord =>
  ({ decision: { action, because: [] }, exitCode }) as unknown as RunRecord;

const rollback = { verb: 'run', action: 'rollback', exitCodes: [20] } as const;

describe('the differences from the told ending', () => {
  it.each([
    ['none', { exitCode: 20, record: record('rollback', 20) }, []],
    [
      'another code and another decision',
      { exitCode: 10, record: record('block', 10) },
      ['exit code 10; the scenario must end with 20', 'decision block; the scenario must end with rollback'],
    ],
    [
      'no record',
      { exitCode: 1, record: undefined },
      ['exit code 1; the scenario must end with 20', 'no record was written; the output above says why'],
    ],
    [
      'a process that contradicts its record',
      { exitCode: 20, record: record('rollback', 21) },
      ['the record says exit code 21, the process ended with 20'],
    ],
  ])('%s', (_what, called, expected) => {
    expect(differences(called, rollback)).toEqual(expected);
  });

  it('name the release that is live', () => {
    expect(liveDifference('9f2c1e8', '9f2c1e8')).toEqual([]);
    expect(liveDifference('9f2c1e8', '77ab0c4')).toEqual(['release 9f2c1e8 is live; it must be 77ab0c4']);
  });
});

it('says an exit code in words', () => {
  expect(exitSentence(20)).toBe('exit code 20: rolled back and verified');
});

describe('the call of holdpoint', () => {
  const lab = { deployArgv: (revision: string, flags: readonly string[] = []) => ['deploy', revision, ...flags] };
  const caller = { reporters: ['plain', 'json=out.json'], cwd: '/home/me', env: {} };
  const call = (name: string, turn = 0): string =>
    argumentsOf(named(name), named(name).endings[turn] ?? rollback, lab, caller, '/lab/record.json').join(' ');
  const reporters = '--reporter plain --reporter json=/home/me/out.json --reporter json=/lab/record.json';

  it.each([
    ['incident', `run demo --release 9f2c1e8 ${reporters} -- deploy 9f2c1e8`],
    ['not-deployed', `run demo --release 9f2c1e8 ${reporters} -- deploy 9f2c1e8 --dry-run`],
    ['one-bad-instance', `run demo-two-instances --release 9f2c1e8 ${reporters} -- deploy 9f2c1e8`],
    ['hotfix', `check demo ${reporters}`],
  ])('for %s', (name, expected) => {
    expect(call(name)).toBe(expected);
  });
});

describe('the scenarios', () => {
  it('are twelve, the incident first', () => {
    expect(scenarios.map(({ name }) => name)).toEqual([
      'incident',
      'healthy',
      'pool-too-small',
      'error-spike',
      'login-broken',
      'preexisting',
      'rollback-does-not-help',
      'flaky',
      'one-bad-instance',
      'metrics-down',
      'not-deployed',
      'hotfix',
    ]);
  });

  it('tell their story in one to three lines and change something between two releases', () => {
    for (const { story, before, after } of scenarios) {
      expect(story.length).toBeGreaterThanOrEqual(1);
      expect(story.length).toBeLessThanOrEqual(3);
      expect(after.config.revision).not.toBe(before.config.revision);
    }
  });
});
