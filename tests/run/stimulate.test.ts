// A check's load of its own: after a green hold, seen by the checks of the database, outside all statistics.
import { describe, expect, it } from 'vitest';
import type { History, Look, RunRecord, Tick } from '../../src/kit/index.ts';
import { run, type RunInput } from '../../src/run/index.ts';
import { type Engine, scripted, startEngine } from '../helpers/engine.ts';

const play = (engine: Engine, input: RunInput): Promise<RunRecord> => engine.clock.until(run(input));

/** A check that puts a load of three seconds on the service; `level` is what the database check reads. */
const loading = (engine: Engine, level: { now: number }, script: (tick: Tick) => number = () => 1) =>
  scripted('login', script, {
    kindOver: {
      layer: 'user',
      open: async () => ({
        sample: async (tick: Tick): Promise<Look<{ value: number }>[]> => [{ seen: { value: script(tick) } }],
        stimulus: async (tick: Tick): Promise<Look<{ value: number }>[]> => {
          expect([tick.phase, tick.timeout]).toEqual(['stimulus', 60_000]);
          level.now = 9;
          await engine.clock.sleep(3000);
          return [{ seen: { value: 200 } }];
        },
        close: async () => undefined,
      }),
    },
  });

const database = (level: { now: number }) =>
  scripted('db-connections', () => level.now, { kindOver: { layer: 'database' } });

describe('a load of its own', () => {
  it('comes after the green hold, and its effect on the database is marked', async () => {
    const engine = startEngine('rs/2');
    const level = { now: 2 };
    const record = await play(
      engine,
      engine.input([loading(engine, level), database(level), scripted('http', () => 1)]),
    );
    expect(record.exitCode).toBe(0);
    expect(record.marks.find(({ name }) => name === 'stimulus')?.data).toEqual({
      check: 'login',
      watched: [{ check: 'db-connections', unit: '', limit: 100, before: 2, highest: 9, after: 9 }],
    });
    const phases = (id: string): string[] => [
      ...new Set(record.checks.find((check) => check.id === id)?.samples.map(({ phase }) => phase)),
    ];
    expect(phases('login')).toEqual(['deploy', 'warmup', 'hold', 'stimulus']);
    expect(phases('db-connections')).toContain('stimulus');
    expect(phases('http')).not.toContain('stimulus');
    // 1 s deploy, 2 s warm-up, 10 s green, 3 s of load, 5 s of watching on.
    expect(engine.seconds()).toBe(21);
  });

  it('is compared with its own beginning where a check read nothing before', async () => {
    const engine = startEngine('rs/2');
    const level = { now: 2 };
    const pool = scripted('pool-wait', () => level.now, {
      kindOver: {
        layer: 'pool',
        judge: ({ samples }: History<{ value: number }>) => {
          const last = samples.at(-1);
          const value = last && 'seen' in last ? last.seen.value : 0;
          const ok = { outcome: 'pass', settled: true, reason: 'ok', because: 'it is' } as const;
          return value < 9 ? ok : { ...ok, value, unit: 'ms' };
        },
      },
    });
    const record = await play(engine, engine.input([loading(engine, level), pool]));
    expect(record.marks.find(({ name }) => name === 'stimulus')?.data).toEqual({
      check: 'login',
      watched: [{ check: 'pool-wait', unit: 'ms', before: 9, highest: 9, after: 9 }],
    });
  });

  it('is in no statistics: a bad sample of it confirms nothing', async () => {
    const engine = startEngine('rs/2');
    const level = { now: 2 };
    const record = await play(engine, engine.input([loading(engine, level), database(level)]));
    expect(record.checks.map(({ id, outcome, value }) => [id, outcome, value])).toEqual([
      ['login', 'pass', 1],
      ['db-connections', 'pass', 2],
    ]);
  });

  it('is told when a check of the database begins to fail under it', async () => {
    const engine = startEngine('rs/2');
    const level = { now: 2 };
    const told: unknown[] = [];
    const spreading = scripted('login', () => 1, {
      kindOver: {
        layer: 'user',
        open: async () => ({
          sample: async (): Promise<Look<{ value: number }>[]> => [{ seen: { value: 1 } }],
          stimulus: async ({ harm }: Tick): Promise<Look<{ value: number }>[]> => {
            await engine.clock.sleep(3000, harm);
            told.push(harm?.aborted);
            level.now = 200;
            await engine.clock.sleep(30_000, harm);
            told.push(harm?.reason);
            return [{ seen: { value: 1 } }];
          },
          close: async () => undefined,
        }),
      },
    });
    await play(engine, engine.input([spreading, database(level)]));
    expect(told).toEqual([false, expect.stringMatching(/^db-connections fails: /)]);
  });

  it('never comes where the hold was not green', async () => {
    const engine = startEngine('rs/2');
    const level = { now: 2 };
    const bad = ({ phase }: Tick): number => (phase === 'baseline' || phase === 'deploy' ? 1 : 200);
    const record = await play(engine, engine.input([loading(engine, level, bad), database(level)]));
    expect(record.decision.action).not.toBe('pass');
    expect(level.now).toBe(2);
  });

  it('never comes in a check by hand', async () => {
    const engine = startEngine();
    const level = { now: 2 };
    const record = await play(engine, engine.input([loading(engine, level)], { verb: 'check' }));
    expect([record.exitCode, level.now]).toEqual([0, 2]);
  });
});
