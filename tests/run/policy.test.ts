// What a finding asks of the run: outcome × policy × attribution, and who may stand in for a rate without traffic.
import { describe, expect, it } from 'vitest';
import type { Attribution, CheckPlan, Verdict } from '../../src/kit/index.ts';
import { asks, asksAmong, sufficesAlone } from '../../src/run/policy.ts';
import { check, finding, verdict } from '../helpers/findings.ts';

describe('asks', () => {
  it.each<[Partial<CheckPlan>, Verdict, Attribution, string]>([
    [{}, verdict('pass'), 'none', 'none'],
    [{}, verdict('fail'), 'introduced', 'rollback'],
    [{}, verdict('fail'), 'preexisting', 'block'],
    [{}, verdict('fail'), 'unknown', 'block'],
    [{}, verdict('fail', { asks: 'block' }), 'introduced', 'block'],
    [{}, verdict('fail', { asks: 'warn' }), 'introduced', 'warn'],
    [{ onFail: 'block' }, verdict('fail'), 'introduced', 'block'],
    [{ onFail: 'warn' }, verdict('fail'), 'introduced', 'warn'],
    [{ onFail: 'warn' }, verdict('fail', { asks: 'block' }), 'introduced', 'warn'],
    [{ onFail: 'warn' }, verdict('fail'), 'unknown', 'warn'],
    [{}, verdict('inconclusive'), 'none', 'block'],
    [{ onInconclusive: 'warn' }, verdict('inconclusive'), 'none', 'warn'],
    [{}, verdict('error'), 'none', 'block'],
    [{ onError: 'warn' }, verdict('error'), 'none', 'warn'],
  ])('%o %o %s → %s', (over, said, attribution, expected) => {
    expect(asks(finding(check('x', 'service', over), said, attribution))).toBe(expected);
  });
});

describe('coveredBy', () => {
  const rate = (reason: string, coveredBy: string[]) =>
    finding(check('rate', 'service', { coveredBy }), verdict('inconclusive', { reason }));
  const login = (outcome: 'pass' | 'fail' | 'error') => finding(check('login', 'user'), verdict(outcome));

  it.each([
    ['no_traffic', ['login'], 'pass', 'warn'],
    ['no_data', ['login'], 'pass', 'warn'],
    ['insufficient_traffic', ['login'], 'pass', 'warn'],
    ['deadline', ['login'], 'pass', 'block'],
    ['no_traffic', ['login'], 'fail', 'block'],
    ['no_traffic', ['login'], 'error', 'block'],
    ['no_traffic', [], 'pass', 'block'],
    ['no_traffic', ['login', 'other'], 'pass', 'block'],
  ] as const)('%s covered by %j that is %s → %s', (reason, coveredBy, outcome, expected) => {
    const covered = rate(reason, [...coveredBy]);
    expect(asksAmong(covered, [covered, login(outcome)])).toBe(expected);
  });
});

describe('sufficesAlone', () => {
  it.each([
    ['user', true, undefined, true],
    ['user', false, undefined, false],
    ['database', true, undefined, false],
    ['database', true, false, false],
    ['database', true, true, true],
  ] as const)('%s, declared %s, growth owned %s → %s', (layer, sufficientAlone, introduced, expected) => {
    const said = verdict('fail', introduced === undefined ? {} : { introduced });
    expect(sufficesAlone(finding(check('x', layer, { sufficientAlone }), said))).toBe(expected);
  });
});
