// What is live after the checks were held again decides, and a platform that does not answer is not acted upon.
import { describe, expect, it } from 'vitest';
import { openDesk } from './desk.ts';

const green = { green: true, because: 'login is green' };

describe('while the checks are held again', () => {
  it('somebody deploys a fix: superseded, not rolled back', async () => {
    const desk = openDesk();
    const verify = async (): Promise<typeof green> => {
      desk.world.live = 'fix';
      return green;
    };
    expect(await desk.run({}, { verify })).toMatchObject({
      state: 'REFUSED',
      reason: 'superseded',
      because: 'fix is live, neither bad nor good: somebody else has deployed meanwhile',
      verified: false,
    });
  });

  it('something brings the bad release back: FAILED', async () => {
    const desk = openDesk();
    const verify = async (): Promise<typeof green> => {
      desk.world.live = 'bad';
      return green;
    };
    expect(await desk.run({}, { verify })).toMatchObject({
      state: 'FAILED',
      reason: 'not_live',
      because: 'good was live, and then bad again: all run bad',
    });
  });

  it('the platform goes blind: UNVERIFIED, because nobody knows what was looked at', async () => {
    const desk = openDesk();
    const verify = async (): Promise<typeof green> => {
      desk.world.onLive = async () => {
        throw new Error('connection refused');
      };
      return green;
    };
    expect(await desk.run({}, { verify })).toMatchObject({
      state: 'UNVERIFIED',
      reason: 'live_lost',
      because:
        'good was live, and was not seen again after the checks: what is live could not be told: connection refused',
    });
  });
});

describe('a platform that does not answer before the act', () => {
  const hang = (): never => new Promise<never>(() => {}) as never;
  const fail = (): never => {
    throw new Error('connection refused');
  };

  it.each([
    ['onForbidden', hang, 'the platform could not tell whether it may act: did not end within 32 s'],
    ['onForbidden', fail, 'the platform could not tell whether it may act: connection refused'],
    ['onTarget', hang, 'the platform could not tell whether good is still there: did not end within 32 s'],
    ['onTarget', fail, 'the platform could not tell whether good is still there: connection refused'],
  ] as const)('%s: refused in time, nothing is done', async (question, trouble, because) => {
    const desk = openDesk();
    desk.world[question] = trouble;
    expect(await desk.run()).toMatchObject({ state: 'REFUSED', reason: 'platform_unclear', because });
    expect(desk.world.undone).toEqual([]);
    expect(desk.clock.monotonic()).toBeLessThanOrEqual(32_000);
  });

  it('onCaveats: goes back all the same, soon', async () => {
    const desk = openDesk();
    desk.world.onCaveats = hang;
    expect(await desk.run()).toMatchObject({ state: 'ROLLED_BACK' });
    expect(desk.clock.monotonic()).toBeLessThanOrEqual(12_000);
  });
});

describe('called again after its end', () => {
  it('does not tell that end when a fix is live by now', async () => {
    const desk = openDesk();
    expect(await desk.run()).toMatchObject({ state: 'ROLLED_BACK' });
    desk.world.live = 'fix';
    expect(await desk.run()).toMatchObject({
      state: 'REFUSED',
      reason: 'superseded',
      because: 'fix is live, not bad: somebody else has deployed',
    });
    expect(desk.world.undone).toHaveLength(1);
  });
});
