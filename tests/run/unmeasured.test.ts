// What cannot be measured blocks with 12 and never rolls back, whatever a kind does instead of looking.
import { describe, expect, it } from 'vitest';
import { scripted, startEngine } from '../helpers/engine.ts';
import { after, fine, play, sufficientAlone, undo } from '../helpers/plays.ts';

describe('what cannot be measured', () => {
  const dead = () => ({
    missed: { by: 'instrument' as const, reason: 'scrape_failed', because: '/metrics answers 503' },
  });

  it('blocks with 12 and never rolls back', async () => {
    const engine = startEngine('rs/2');
    const blind = scripted('rate', (tick) => (after(tick) ? dead() : 1), sufficientAlone);
    const record = await play(engine, engine.input([scripted('a', fine), blind], { rollBack: undo(engine) }));
    expect([record.exitCode, record.checks[1]?.outcome, record.diagnosis.headline]).toEqual([
      12,
      'error',
      'could not measure: rate: /metrics answers 503',
    ]);
  });

  it('for less than the grace is forgiven', async () => {
    const engine = startEngine('rs/2');
    const gap = scripted('rate', ({ phase, n }) => (phase === 'hold' && n >= 2 && n <= 4 ? dead() : 1));
    expect((await play(engine, engine.input([gap]))).exitCode).toBe(0);
  });

  it('a check that is unavailable is an error of that check alone', async () => {
    const engine = startEngine('rs/2');
    const record = await play(
      engine,
      engine.input([scripted('a', fine), scripted('b', fine, { unavailable: '${secret:X} is not set' })]),
    );
    expect([record.exitCode, record.checks.map(({ outcome, because }) => `${outcome}: ${because}`)]).toEqual([
      12,
      ['pass: 1 of 100', 'error: ${secret:X} is not set'],
    ]);
  });

  it('a session that cannot be opened is an error of that check alone', async () => {
    const engine = startEngine('rs/2');
    const kindOver = {
      open: async () => {
        throw new Error('no such file');
      },
    };
    const record = await play(engine, engine.input([scripted('a', fine), scripted('b', fine, { kindOver })]));
    expect([record.exitCode, record.checks[1]?.because]).toEqual([12, 'could not be opened: no such file']);
  });

  it.each([
    ['never opens', () => new Promise(() => {}), 'could not be opened: it did not come back within 10 s'],
    ['opens nothing', async () => undefined, 'could not be opened: it gave no session'],
  ])('a kind that %s is an error of that check alone', async (_, open, because) => {
    const engine = startEngine('rs/2');
    const record = await play(engine, engine.input([scripted('a', fine), scripted('b', fine, { kindOver: { open } })]));
    expect([record.exitCode, record.checks[1]?.because]).toEqual([12, because]);
  });

  it('a kind that never closes does not keep the run', async () => {
    const engine = startEngine('rs/2');
    const kindOver = {
      open: async () => ({ sample: async () => [{ seen: { value: 1 } }], close: () => new Promise(() => {}) }),
    };
    expect((await play(engine, engine.input([scripted('a', fine, { kindOver })]))).exitCode).toBe(0);
  });

  it('a kind that never comes back is left behind', async () => {
    const engine = startEngine('rs/2');
    const kindOver = { open: async () => ({ sample: () => new Promise(() => {}), close: async () => {} }) };
    const record = await play(engine, engine.input([scripted('a', fine, { kindOver })]));
    expect([record.exitCode, record.checks[0]?.because]).toEqual([12, 'the look did not come back within 1000 ms']);
  });
});
