// Random schedules of kills, signals, hotfixes, full disks and clock jumps: the invariants of a rollback hold in all.
import { describe, expect, it, vi } from 'vitest';
import { overwritten, violationsOf } from './chaos-invariants.ts';
import { play } from './chaos-schedule.ts';

/** The names and pauses of locks are drawn by node:crypto: counted here, or no schedule could be played again. */
vi.mock('node:crypto', async (original) => {
  const drawn = { count: 0 };
  const next = (): number => (drawn.count += 1);
  return {
    ...(await original<typeof import('node:crypto')>()),
    randomUUID: () => `00000000-0000-4000-8000-${String(next()).padStart(12, '0')}`,
    randomInt: (from: number, to: number) => from + ((next() * 7) % (to - from)),
  };
});

/** Changed only on purpose: the same schedules on every machine. */
const seed = 20_260_101;

const count = 1200;

describe('random schedules', () => {
  it('violate no invariant', { timeout: 300_000 }, async () => {
    const violations: string[] = [];
    const ends = new Map<string, number>();
    let racesLost = 0;
    for (let number = 0; number < count; number += 1) {
      const played = await play(seed + number);
      violations.push(...violationsOf(played).map((text) => `schedule ${seed + number}: ${text}`));
      if (played.system.fence === 'client') racesLost += overwritten(played.system).length;
      const { report } = played.calls.at(-1) ?? {};
      const end = `${report?.state} ${report?.reason}`.trim();
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    const told = [...ends].sort(([, a], [, b]) => b - a).map(([end, times]) => `${end} ${times}`);
    process.stdout.write(
      `${count} random schedules, ${violations.length} violations; ${racesLost} races lost under a client fence; ends: ${told.join(', ')}\n`,
    );
    expect(violations).toEqual([]);
  });
});
