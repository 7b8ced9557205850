// The diagnosis: the deepest failing layer first, what follows from it, and what to do.
import { describe, expect, it } from 'vitest';
import type { Decision, Outcome } from '../../src/kit/index.ts';
import { diagnose } from '../../src/run/diagnose.ts';
import type { Finding } from '../../src/run/finding.ts';
import { check, finding, verdict } from '../helpers/findings.ts';
import { reportOf } from '../helpers/plays.ts';

const block: Decision = { action: 'block', because: [] };
const pass: Decision = { action: 'pass', because: [] };

const db = (outcome: Exclude<Outcome, 'skipped'>): Finding =>
  finding(
    check('db-connections', 'database'),
    verdict(outcome, { because: '97 of 97 usable slots in use (limit 95 %)', next: 'Scale auth@bad down.' }),
  );
const pool = (outcome: Exclude<Outcome, 'skipped'>): Finding =>
  finding(
    check('pool-wait', 'pool'),
    verdict(outcome, { because: 'mean wait 700 ms', next: 'Look at the pool size.' }),
  );
const rate = (outcome: Exclude<Outcome, 'skipped'>): Finding =>
  finding(
    check('error-rate-delta', 'service'),
    verdict(outcome, { because: '20 % of requests fail', next: 'Look at the logs.' }),
  );
const login = (outcome: Exclude<Outcome, 'skipped'>): Finding =>
  finding(
    check('login', 'user'),
    verdict(outcome, { because: 'POST /login answered 500', next: 'Look at the login code.' }),
  );

describe('the layers', () => {
  it('the incident: the database first, the rest follows, not the network', () => {
    expect(
      diagnose({ decision: block, findings: [login('fail'), rate('fail'), db('fail'), pool('pass')], stops: [] }),
    ).toEqual({
      layer: 'database',
      headline:
        '97 of 97 usable slots in use (limit 95 %). error-rate-delta and login fail now, most likely because of it. First: Scale auth@bad down.',
      next: ['Scale auth@bad down.', 'Look at the logs.', 'Look at the login code.'],
    });
  });

  it('a login that fails above a green database is the service’s', () => {
    const { layer, headline } = diagnose({
      decision: block,
      findings: [login('fail'), db('pass'), pool('pass')],
      stops: [],
    });
    expect(layer).toBe('service');
    expect(headline).toBe(
      'POST /login answered 500. db-connections and pool-wait are green, so the fault is in the service itself: its code or its configuration. First: Look at the login code.',
    );
  });
});

describe('what is not a failure of the target', () => {
  it('could not measure', () => {
    const silent = finding(
      check('rate', 'service', { next: 'Look at the failing route.' }),
      verdict('error', { because: '/metrics answers 503' }),
    );
    expect(diagnose({ decision: block, findings: [login('pass'), silent], stops: [] })).toEqual({
      layer: 'none',
      headline: 'could not measure: rate: /metrics answers 503',
      next: [
        'this says nothing about the release: mend what could not be looked at, then ask again with `holdpoint check`',
      ],
    });
  });

  it('could not measure, asked by hand: no release is under test', () => {
    const silent = finding(check('rate', 'service'), verdict('error', { because: '/metrics answers 503' }));
    expect(diagnose({ decision: block, findings: [silent], stops: [], byHand: true }).next).toEqual([
      'whether the service is well is not known yet: mend what could not be looked at, then ask again',
    ]);
  });

  it('could not tell', () => {
    expect(diagnose({ decision: block, findings: [rate('inconclusive')], stops: [] }).headline).toBe(
      'could not tell: error-rate-delta: 20 % of requests fail',
    );
  });

  it('nothing was deployed', () => {
    const stops = [{ check: 'rollout' as const, reason: 'not_live', text: 'nothing new is live' }];
    expect(diagnose({ decision: block, findings: [], stops })).toEqual({
      layer: 'none',
      headline: 'nothing new is live',
      next: ['look at the deploy command and at the platform, not at the checks: the release before is still live'],
    });
  });

  it('all is well', () => {
    expect(diagnose({ decision: pass, findings: [login('pass'), db('pass')], stops: [] })).toEqual({
      layer: 'none',
      headline: '2 checks passed; nothing points to a fault.',
      next: [],
    });
  });
});

describe('since when', () => {
  it.each([
    [
      'preexisting',
      'POST /login answered 500. It was so before this deploy: the release did not cause it. First: Look at the login code.',
    ],
    [
      'unknown',
      'POST /login answered 500. Whether this release caused it is not known. First: Look at the login code.',
    ],
    ['introduced', 'POST /login answered 500. First: Look at the login code.'],
  ] as const)('%s', (attribution, headline) => {
    expect(diagnose({ decision: block, findings: [{ ...login('fail'), attribution }], stops: [] }).headline).toBe(
      headline,
    );
  });

  it('what this release introduced comes before what was there, within a layer', () => {
    const old = finding(check('old', 'service'), verdict('fail', { because: 'old fault' }), 'preexisting');
    expect(diagnose({ decision: block, findings: [old, rate('fail')], stops: [] }).headline).toBe(
      '20 % of requests fail. old failed before this deploy already. First: Look at the logs.',
    );
  });
});

describe('by hand', () => {
  const byHand = (...findings: Finding[]): string =>
    diagnose({ decision: { action: 'block', because: [] }, findings, stops: [], byHand: true }).headline;

  it('nothing is said of a deploy that is not there', () => {
    expect(byHand({ ...login('fail'), attribution: 'unknown' })).toBe(
      'POST /login answered 500. First: Look at the login code.',
    );
    expect(byHand({ ...login('fail'), attribution: 'preexisting' })).toBe(
      'POST /login answered 500. It failed in the run before, too. First: Look at the login code.',
    );
  });
});

describe('after a rollback', () => {
  const decision: Decision = { action: 'rollback', because: [] };

  it('that helped, the cause is still told', () => {
    const rollback = reportOf({ from: 'rs/2', to: 'rs/1' });
    const { headline, next } = diagnose({ decision, findings: [login('fail')], stops: [], rollback });
    expect(headline).toBe('POST /login answered 500.');
    expect(next).toEqual(['nothing is urgent: rs/1 is live again; mend the cause before rs/2 is deployed once more']);
  });

  it('that did not help, the cause outlives the release', () => {
    const because = 'After 10 s not green: login: POST /login answered 500.';
    const rollback = reportOf({ state: 'UNVERIFIED', to: 'rs/1', because });
    const { headline, next } = diagnose({ decision, findings: [login('fail')], stops: [], rollback });
    expect(headline).toBe(
      'Going back to rs/1 did not help: After 10 s not green: login: POST /login answered 500. The cause outlives the release: state that it left behind (a migration, changed data, configuration) or something outside of it. First seen as: POST /login answered 500.',
    );
    expect(next[0]).toBe(
      'Look at what the release changed that a rollback does not take back: migrations first, then shared configuration and data.',
    );
  });
});
