// Whole runs at their edges: a store that fails, a session that must be closed, looks that are slow.
import { describe, expect, it } from 'vitest';
import { goBack } from '../../src/run/index.ts';
import { scripted, startEngine } from '../helpers/engine.ts';
import { fine, play, sufficientAlone } from '../helpers/plays.ts';

describe('the edges', () => {
  it('a record that cannot be stored does not cost the verdict', async () => {
    const engine = startEngine('rs/2');
    const input = engine.input([scripted('a', fine)]);
    const saveRecord = async () => {
      throw new Error('no space left on device');
    };
    const record = await play(engine, { ...input, store: { ...input.store, saveRecord } });
    expect(record.exitCode).toBe(0);
    expect(engine.events).toContainEqual(
      expect.objectContaining({ type: 'note', text: 'the record could not be stored: no space left on device' }),
    );
  });

  it('a baseline that cannot be stored does not cost the run', async () => {
    const engine = startEngine('rs/2');
    const input = engine.input([scripted('a', fine)]);
    const saveBaseline = async () => {
      throw new Error('no space left on device');
    };
    const record = await play(engine, { ...input, store: { ...input.store, saveBaseline } });
    expect([record.exitCode, record.release.to]).toEqual([0, 'rs/1']);
  });

  it('every session is closed, also when the engine fails', async () => {
    const engine = startEngine('rs/2');
    let closed = 0;
    const close = async () => {
      closed += 1;
    };
    const kindOver = { open: async () => ({ sample: async () => [{ seen: { value: 200 } }], close }) };
    const checks = [scripted('a', fine, { kindOver, ...sufficientAlone }), scripted('b', fine, { kindOver })];
    const rollBack = async () => {
      throw new Error('a bug');
    };
    const { deploy: _, ...input } = engine.input(checks, { rollBack, verb: 'rollback' });
    await expect(engine.clock.until(goBack(input, { from: 'rs/2', to: 'rs/1' }))).rejects.toThrow('a bug');
    expect(closed).toBe(2);
  });

  it('a check never overlaps itself', async () => {
    const engine = startEngine('rs/2');
    let under = 0;
    let most = 0;
    const sample = async () => {
      under += 1;
      most = Math.max(most, under);
      await engine.clock.sleep(1500);
      under -= 1;
      return [{ seen: { value: 1 } }];
    };
    const kindOver = { open: async () => ({ sample, close: async () => {} }) };
    const slow = scripted('a', fine, { kindOver, timeout: 5000, failAfter: 2 });
    const record = await play(engine, engine.input([slow]));
    expect([record.exitCode, most]).toEqual([0, 1]);
  });

  it('alpha is split over all sequential tests of the profile', async () => {
    const engine = startEngine('rs/2');
    const seen: number[] = [];
    const kindOver = {
      hypotheses: () => 2,
      judge: ({ plan }: { plan: { alpha: number } }) => {
        seen.push(plan.alpha);
        return { outcome: 'pass' as const, settled: true, reason: 'ok', because: 'fine' };
      },
    };
    await play(
      engine,
      engine.input([scripted('a', fine, { kindOver }), scripted('b', fine, { kindOver }), scripted('c', fine)]),
    );
    expect(new Set(seen)).toEqual(new Set([0.0025]));
  });
});
