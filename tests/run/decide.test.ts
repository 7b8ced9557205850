// The decision and its exit code: worst action wins, nothing is green by default, a rollback must be justified.
import { describe, expect, it } from 'vitest';
import { decide, type Permission } from '../../src/run/decide.ts';
import { type Ending, exitCode } from '../../src/run/exit-code.ts';
import type { Finding, Stop } from '../../src/run/finding.ts';
import { check, finding, verdict } from '../helpers/findings.ts';
import { reportOf } from '../helpers/plays.ts';

const allowed: Permission = { rollback: true };
const forbidden: Permission = { rollback: false, because: '--no-rollback was given' };

const green = finding(check('green'), verdict('pass'));
const loginDown = finding(check('login', 'user', { sufficientAlone: true }), verdict('fail'));
const poolSlow = finding(check('pool', 'pool'), verdict('fail'));
const poolAsksBlock = finding(check('pool', 'pool'), verdict('fail', { asks: 'block' }));
const serviceDown = finding(check('http', 'service'), verdict('fail'));
const serviceToo = finding(check('http2', 'service'), verdict('fail'));
const slotsOwned = finding(check('db', 'database', { sufficientAlone: true }), verdict('fail', { introduced: true }));
const slotsShared = finding(check('db', 'database', { sufficientAlone: true }), verdict('fail'));
const old = finding(check('old', 'user', { sufficientAlone: true }), verdict('fail'), 'preexisting');
const unclear = finding(check('unclear', 'user', { sufficientAlone: true }), verdict('fail'), 'unknown');
const open = finding(check('open'), verdict('inconclusive'));
const blind = finding(check('blind'), verdict('error'));
const warned = finding(check('warned', 'user', { onFail: 'warn', sufficientAlone: true }), verdict('fail'));
const notLive: Stop = { check: 'rollout', reason: 'not_live', text: 'nothing new is live' };
const deployFailed: Stop = { check: 'deploy', reason: 'deploy_failed', text: 'the deploy command failed' };
const unreadable: Stop = {
  check: 'rollout',
  reason: 'rollout_unreadable',
  text: 'the live revision could not be read',
};

describe('decide', () => {
  it.each<[string, Finding[], Stop[], string]>([
    ['everything green', [green], [], 'pass'],
    ['only a warning', [green, warned], [], 'pass'],
    ['no checks', [], [], 'block'],
    ['green, but nothing was deployed', [green], [notLive], 'block'],
    ['a login that suffices alone', [green, loginDown], [], 'rollback'],
    ['one layer that does not suffice alone', [green, poolSlow], [], 'block'],
    ['two failures in one layer', [serviceDown, serviceToo], [], 'block'],
    ['two failing layers', [serviceDown, poolSlow], [], 'rollback'],
    ['two failing layers, one asks for a rollback', [serviceDown, poolAsksBlock], [], 'rollback'],
    [
      'two failing layers, none asks for a rollback',
      [poolAsksBlock, { ...serviceDown, verdict: verdict('fail', { asks: 'block' }) }],
      [],
      'block',
    ],
    ['a second layer that only warns', [poolSlow, warned], [], 'block'],
    ['slots whose growth the release owns', [slotsOwned], [], 'rollback'],
    ['slots whose growth nobody owns', [slotsShared], [], 'block'],
    ['slots whose growth nobody owns, and logins', [slotsShared, loginDown], [], 'rollback'],
    ['failing since before', [old], [], 'block'],
    [
      'failing since before, in two layers',
      [old, finding(check('pool', 'pool'), verdict('fail'), 'preexisting')],
      [],
      'block',
    ],
    ['nobody knows since when', [unclear], [], 'block'],
    ['inconclusive', [green, open], [], 'block'],
    ['error', [green, blind], [], 'block'],
    ['error beside a rollback', [blind, loginDown], [], 'rollback'],
    ['a stop beside a rollback', [loginDown], [notLive], 'rollback'],
  ])('%s', (_, findings, stops, action) => {
    expect(decide(findings, stops, allowed).action).toBe(action);
  });

  it('names every cause of a block', () => {
    expect(decide([green, poolSlow, open, warned], [notLive], allowed).because).toEqual([
      { check: 'pool', reason: 'too_high', text: 'it is fail' },
      { check: 'open', reason: 'too_high', text: 'it is inconclusive' },
      { check: 'rollout', reason: 'not_live', text: 'nothing new is live' },
    ]);
  });

  it('names the failures alone as causes of a rollback', () => {
    expect(decide([green, loginDown, open, blind], [], allowed).because.map(({ check: id }) => id)).toEqual(['login']);
  });

  it('keeps with a rollback that the roll-out got stuck, too', () => {
    const stuck: Stop = { check: 'rollout', reason: 'rollout_stuck', text: 'the roll-out did not finish' };
    expect(decide([loginDown], [stuck], allowed).because.map(({ reason }) => reason)).toEqual([
      'too_high',
      'rollout_stuck',
    ]);
  });

  it('withholds what it may not do, with the reason', () => {
    const decision = decide([loginDown], [], forbidden);
    expect([decision.action, decision.withheld]).toEqual(['block', '--no-rollback was given']);
  });

  it('withholds nothing when nothing was justified', () => {
    expect(decide([poolSlow], [], forbidden)).not.toHaveProperty('withheld');
  });
});

const ending = (findings: Finding[], over: Partial<Ending> & { stops?: Stop[] } = {}): Ending => {
  const stops = over.stops ?? [];
  return { verb: 'run', decision: decide(findings, stops, allowed), findings, stops, shadow: false, ...over };
};

describe('exit codes', () => {
  it.each<[number, string, Ending]>([
    [0, 'passed', ending([green])],
    [10, 'a check failed', ending([green, poolSlow])],
    [10, 'a check failed since nobody knows when', ending([unclear])],
    [11, 'inconclusive', ending([green, open])],
    [11, 'nothing deployed', ending([], { stops: [notLive] })],
    [11, 'no checks', ending([])],
    [12, 'error', ending([green, blind])],
    [12, 'the live revision could not be read', ending([], { stops: [unreadable] })],
    [13, 'failing since before', ending([old])],
    [10, 'a new failure before an old one', ending([old, poolSlow])],
    [13, 'an old failure before an error', ending([old, blind, open])],
    [12, 'an error before an inconclusive one', ending([blind, open])],
    [10, 'the deploy command failed', ending([], { stops: [deployFailed] })],
    [10, 'a rollback that was withheld', ending([loginDown], { decision: decide([loginDown], [], forbidden) })],
    [10, 'by hand, an old failure is a failure', ending([old], { verb: 'check' })],
    [20, 'rolled back and verified', ending([loginDown], { rollback: reportOf() })],
    [21, 'rolled back, still failing', ending([loginDown], { rollback: reportOf({ state: 'UNVERIFIED' }) })],
    [22, 'refused', ending([loginDown], { rollback: reportOf({ state: 'REFUSED', reason: 'superseded' }) })],
    [23, 'failed', ending([loginDown], { rollback: reportOf({ state: 'FAILED' }) })],
    [23, 'state unknown', ending([loginDown], { rollback: reportOf({ state: 'EXECUTING', reason: 'unknown' }) })],
    [130, 'SIGINT', ending([green], { interrupted: 'SIGINT' })],
    [143, 'SIGTERM', ending([green, blind], { interrupted: 'SIGTERM' })],
    [
      143,
      'a signal during the rollback',
      ending([loginDown], {
        interrupted: 'SIGTERM',
        rollback: reportOf({ state: 'EXECUTING', reason: 'interrupted' }),
      }),
    ],
    [
      20,
      'a signal, but the rollback came to its end',
      ending([loginDown], { interrupted: 'SIGTERM', rollback: reportOf() }),
    ],
    [0, 'a drill', ending([loginDown], { rollback: reportOf({ state: 'WITHHELD', reason: 'drill' }) })],
    [0, 'shadow', ending([loginDown], { shadow: true, decision: decide([loginDown], [], forbidden) })],
  ])('%i: %s', (code, _, given) => {
    expect(exitCode(given)).toBe(code);
  });
});
