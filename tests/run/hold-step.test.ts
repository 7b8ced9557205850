// The hold, step by step: the green clock, the wait after a block, the deadline.
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/run/finding.ts';
import { type HoldClock, holdStep, nextMoment } from '../../src/run/hold-step.ts';
import { check, finding, verdict } from '../helpers/findings.ts';

const plan = { for: 10_000, deadline: 30_000 };
const green = finding(check('green'), verdict('pass'));
const wobbling = finding(check('wobbling'), verdict('pass', { settled: false }));
const red = finding(check('red', 'pool'), verdict('fail'));
const turning = finding(check('turning'), verdict('fail', { settled: false }));
const waiting = finding(check('waiting'), verdict('inconclusive', { settled: false }));
const stuck = finding(check('stuck'), verdict('inconclusive'));
const blind = finding(check('blind'), verdict('error'));
const hopeless = finding(check('hopeless', 'user', { unavailable: 'PW is not set' }), verdict('error'));
const warned = finding(check('warned', 'user', { onFail: 'warn' }), verdict('fail'));
const openWarned = finding(
  check('open', 'user', { onFail: 'warn', onInconclusive: 'warn' }),
  verdict('inconclusive', { settled: false }),
);
const rollback = finding(check('login', 'user', { sufficientAlone: true }), verdict('fail'));
const unconfirmed = finding(check('login', 'user', { sufficientAlone: true }), verdict('fail', { settled: false }));

describe('holdStep', () => {
  it.each<[string, HoldClock, Finding[], number, HoldClock, string | undefined]>([
    ['the green clock starts', {}, [green], 5000, { greenSince: 5000 }, undefined],
    ['it runs', { greenSince: 5000 }, [green], 14_999, { greenSince: 5000 }, undefined],
    ['it is over', { greenSince: 5000 }, [green], 15_000, { greenSince: 5000 }, 'green'],
    [
      'an unconfirmed bad sample does not restart it, but holds the end back',
      { greenSince: 5000 },
      [green, wobbling],
      16_000,
      { greenSince: 5000 },
      undefined,
    ],
    [
      'a check that only warns neither stops nor holds it',
      { greenSince: 5000 },
      [green, warned, openWarned],
      15_000,
      { greenSince: 5000 },
      'green',
    ],
    [
      'a red check stops it and starts the wait',
      { greenSince: 5000 },
      [green, red],
      9000,
      { blockedSince: 9000 },
      undefined,
    ],
    ['the wait is over', { blockedSince: 9000 }, [green, red], 19_000, { blockedSince: 9000 }, 'blocked'],
    ['a wait of an error', { blockedSince: 9000 }, [green, blind], 19_000, { blockedSince: 9000 }, 'blocked'],
    ['nothing is waited for where no check can look', {}, [hopeless], 9000, { blockedSince: 9000 }, 'blocked'],
    ['but for the others', {}, [hopeless, waiting], 9000, { blockedSince: 9000 }, undefined],
    ['a wait of a final inconclusive', { blockedSince: 9000 }, [stuck], 19_000, { blockedSince: 9000 }, 'blocked'],
    ['an error that went away', { blockedSince: 9000 }, [green], 12_000, { greenSince: 12_000 }, undefined],
    ['waiting for numbers is not green', { greenSince: 5000 }, [green, waiting], 15_000, {}, undefined],
    ['a rollback ends it at once', { greenSince: 5000 }, [green, rollback], 6000, { blockedSince: 6000 }, 'rollback'],
    ['an unconfirmed one does not', { greenSince: 5000 }, [green, unconfirmed], 6000, {}, undefined],
    ['the deadline', {}, [green, waiting], 30_000, {}, 'deadline'],
    ['the deadline while turning', {}, [turning], 30_000, {}, 'deadline'],
  ])('%s', (_, clock, findings, now, expected, end) => {
    const step = holdStep(clock, findings, now, 0, plan);
    expect(step.clock).toEqual(expected);
    expect(step.end).toBe(end);
  });
});

describe('nextMoment', () => {
  it.each<[HoldClock, number, number]>([
    [{}, 0, 30_000],
    [{ greenSince: 5000 }, 6000, 15_000],
    [{ blockedSince: 8000 }, 9000, 18_000],
    [{ greenSince: 5000 }, 15_000, 30_000],
    [{ greenSince: 25_000 }, 26_000, 30_000],
  ])('%o at %i', (clock, now, expected) => {
    expect(nextMoment(clock, now, 0, plan)).toBe(expected);
  });
});
