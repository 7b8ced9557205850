// The clock of this machine: its sleep ends early on an abort and never rejects.
import { describe, expect, it } from 'vitest';
import { createClock } from '../../src/io/clock.ts';

const clock = createClock();

describe('sleep', () => {
  it('resolves at once when the signal has aborted or aborts', async () => {
    await clock.sleep(60_000, AbortSignal.abort());
    const controller = new AbortController();
    const sleeping = clock.sleep(60_000, controller.signal);
    controller.abort(new Error('enough'));
    expect(await sleeping).toBeUndefined();
  });

  it('lasts as long as asked, and a negative length is none', async () => {
    const began = clock.monotonic();
    await clock.sleep(20);
    expect(clock.monotonic() - began).toBeGreaterThanOrEqual(19);
    expect(await clock.sleep(-5)).toBeUndefined();
  });

  it('does not fire at once for lengths beyond a 32-bit timer', async () => {
    const controller = new AbortController();
    let woke = false;
    const sleeping = clock.sleep(2 ** 33, controller.signal).then(() => {
      woke = true;
    });
    await clock.sleep(20);
    expect(woke).toBe(false);
    controller.abort();
    await sleeping;
  });

  it('lets a hundred sleeps share one signal without a warning', async () => {
    const warnings: string[] = [];
    const listen = (warning: Error): number => warnings.push(warning.message);
    process.on('warning', listen);
    const controller = new AbortController();
    const all = Array.from({ length: 100 }, () => clock.sleep(60_000, controller.signal));
    await clock.sleep(5);
    controller.abort();
    await Promise.all(all);
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });
});

it('tells the time in epoch milliseconds', () => {
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
});
