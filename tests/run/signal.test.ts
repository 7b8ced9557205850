// A signal ends a run in order: its record is written, and the exit code names the signal.
import { describe, expect, it } from 'vitest';
import { scripted, startEngine } from '../helpers/engine.ts';
import { fine, play } from '../helpers/plays.ts';

describe('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends the run with its record and %i', async (signal, code) => {
    const engine = startEngine('rs/2');
    const interrupted = scripted('a', ({ phase, n }) => {
      if (phase === 'hold' && n === 3) engine.abort(signal);
      return 1;
    });
    const record = await play(engine, engine.input([interrupted, scripted('b', fine)]));
    expect([record.exitCode, record.interrupted]).toEqual([code, signal]);
    expect(record.checks[1]).toMatchObject({ outcome: 'pass' });
    expect(engine.store.kept.records).toEqual([record]);
  });

  it('before the hold, too', async () => {
    const engine = startEngine('rs/2');
    const record = await play(
      engine,
      engine.input([
        scripted('a', (tick) => {
          if (tick.phase === 'deploy') engine.abort('SIGTERM');
          return 1;
        }),
      ]),
    );
    expect([record.exitCode, record.decision.action]).toEqual([143, 'block']);
  });
});
