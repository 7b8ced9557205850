// `check` and `rollback` by hand: what is compared with what, and that only an order acts.
import { describe, expect, it } from 'vitest';
import type { RollbackOrder } from '../../src/kit/index.ts';
import { goBack } from '../../src/run/index.ts';
import { scripted, startEngine } from '../helpers/engine.ts';
import { fine, play, sufficientAlone, undo } from '../helpers/plays.ts';

describe('by hand', () => {
  it('has no roll-out and no warm-up, and nothing acts', async () => {
    const engine = startEngine();
    const record = await play(
      engine,
      engine.input([scripted('a', () => 200, sufficientAlone)], { verb: 'check', permission: { rollback: false } }),
    );
    expect([record.exitCode, record.verb, record.checks[0]?.attribution]).toEqual([10, 'check', 'unknown']);
    expect(engine.seconds()).toBe(12);
  });

  it('tells what is new since the last look', async () => {
    const engine = startEngine();
    const first = scripted('old', () => 200);
    const input = (fresh: number) =>
      engine.input([first, scripted('new', () => fresh)], { verb: 'check', permission: { rollback: false } });
    await play(engine, input(1));
    const record = await play(engine, input(200));
    expect(record.checks.map(({ id, attribution }) => [id, attribution])).toEqual([
      ['old', 'preexisting'],
      ['new', 'unknown'],
    ]);
  });

  it('compares with the last good run', async () => {
    const engine = startEngine();
    await play(engine, engine.input([scripted('a', fine)], { verb: 'check', permission: { rollback: false } }));
    const record = await play(
      engine,
      engine.input([scripted('a', () => 200)], { verb: 'check', permission: { rollback: false } }),
    );
    expect([record.checks[0]?.attribution, record.checks[0]?.baseline.value]).toEqual(['introduced', 1]);
  });

  it('a rollback by hand holds all checks again', async () => {
    const engine = startEngine();
    engine.live.revision = 'rs/2';
    const orders: RollbackOrder[] = [];
    const input = engine.input([scripted('a', fine), scripted('b', fine)], {
      verb: 'rollback',
      rollBack: undo(engine, orders),
    });
    const record = await engine.clock.until(goBack(input, { from: 'rs/2', to: 'rs/1' }));
    expect(record.checks.map(({ outcome }) => outcome)).toEqual(['pass', 'pass']);
    expect([record.exitCode, record.rollback?.because, orders[0]?.by]).toEqual([
      20,
      'a, b are green again for 5 s.',
      'person',
    ]);
  });
});
