// Releases that are fine pass, in virtual time: when, and with what in the record.
import { describe, expect, it } from 'vitest';
import { scripted, startEngine } from '../helpers/engine.ts';
import { fine, play, sufficientAlone } from '../helpers/plays.ts';

describe('a release that is fine', () => {
  it('passes when everything was green together for `for`', async () => {
    const engine = startEngine('rs/2');
    const record = await play(engine, engine.input([scripted('a', fine), scripted('b', fine)]));
    expect([record.exitCode, record.decision.action]).toEqual([0, 'pass']);
    expect(record.release).toEqual({ label: 'v2', from: 'rs/2', to: 'rs/1', liveAtEnd: 'rs/2' });
    // 1 s deploy, 2 s warm-up, 10 s green.
    expect(engine.seconds()).toBe(13);
    expect(engine.store.kept.records).toEqual([record]);
    expect(record.marks.map(({ name }) => name)).toEqual([
      'baseline',
      'deploy-started',
      'deploy-finished',
      'rollout-finished',
      'hold-started',
      'decision',
    ]);
  });

  it('passes with a wobble, which is shown', async () => {
    const engine = startEngine('rs/2');
    const record = await play(
      engine,
      engine.input([scripted('a', ({ phase, n }) => (phase === 'hold' && n === 4 ? 200 : 1), sufficientAlone)]),
    );
    expect(record.exitCode).toBe(0);
    expect(record.checks[0]?.because).toMatch(/^1 of 100; 1 bad of \d+ samples$/);
  });

  it('a wobble at the end holds the end back until it is followed by good samples', async () => {
    const engine = startEngine('rs/2');
    const record = await play(
      engine,
      engine.input([scripted('a', ({ phase, n }) => (phase === 'hold' && n === 9 ? 200 : 1))]),
    );
    expect([record.exitCode, engine.seconds()]).toEqual([0, 15]);
  });

  it('is never judged in the warm-up', async () => {
    const engine = startEngine('rs/2');
    const record = await play(
      engine,
      engine.input([
        scripted('a', ({ phase }) => (phase === 'warmup' || phase === 'rollout' ? 200 : 1), sufficientAlone),
      ]),
    );
    expect(record.exitCode).toBe(0);
  });

  it('is not green as long as one check has nothing to say', async () => {
    const engine = startEngine('rs/2');
    const blind = scripted(
      'b',
      () => ({ missed: { by: 'instrument', reason: 'scrape_failed', because: 'answers 503' } }),
      { errorGrace: 60_000 },
    );
    const record = await play(engine, engine.input([scripted('a', fine), blind]));
    expect([record.exitCode, record.checks[1]?.outcome, record.checks[1]?.reason]).toEqual([
      11,
      'inconclusive',
      'deadline',
    ]);
  });
});
