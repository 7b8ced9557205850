// Baselines: taken, recalled, and left alone when they belong to another deploy.
import { describe, expect, it } from 'vitest';
import { baseline } from '../../src/run/index.ts';
import { scripted, startEngine } from '../helpers/engine.ts';
import { fine, play, sufficientAlone, undo } from '../helpers/plays.ts';

const notes = ({ events }: ReturnType<typeof startEngine>): string[] =>
  events.flatMap((event) => (event.type === 'note' ? [event.text] : []));

describe('baselines', () => {
  it('are captured by looking once; a bad look is repeated', async () => {
    const engine = startEngine();
    const taken = await engine.clock.until(baseline(engine.input([scripted('a', fine), scripted('b', () => 200)])));
    expect([taken.live, taken.release, taken.checks['a']?.samples.length, taken.checks['b']?.samples.length]).toEqual([
      'rs/1',
      'v2',
      1,
      2,
    ]);
  });

  it('take a stretch for kinds that need one', async () => {
    const engine = startEngine();
    const taken = await engine.clock.until(
      baseline(engine.input([scripted('a', fine, { kindOver: { baseline: 'window' } })])),
    );
    expect([taken.checks['a']?.samples.length, engine.seconds()]).toEqual([8, 8]);
  });

  it('come from the source’s own history where it has one', async () => {
    const engine = startEngine('rs/2');
    const past = async () => [{ at: 0, ms: 0, phase: 'baseline' as const, seen: { value: 42 } }];
    const kindOver = {
      open: async () => ({ past, sample: async () => [{ seen: { value: 1 } }], close: async () => {} }),
    };
    const record = await play(engine, engine.input([scripted('a', fine, { kindOver })]));
    expect(record.checks[0]?.baseline).toMatchObject({ from: 'derived', value: 42 });
  });

  it('that are one long unit are told the traffic of this hour by looks', async () => {
    const engine = startEngine();
    const past = async () => [{ at: 0, ms: 0, phase: 'baseline' as const, seen: { value: 42 } }];
    const kindOver = {
      baseline: 'window' as const,
      open: async () => ({ past, sample: async () => [{ seen: { value: 1 } }], close: async () => {} }),
    };
    const taken = await engine.clock.until(baseline(engine.input([scripted('a', fine, { kindOver })])));
    const values = taken.checks['a']?.samples.map((sample) => 'seen' in sample && sample.seen);
    expect(values?.slice(0, 2)).toEqual([{ value: 42 }, { value: 1 }]);
    expect([values?.length, engine.seconds()]).toEqual([9, 8]);
  });

  it('that were captured stay where the source remembers less', async () => {
    const engine = startEngine();
    const past = async () => [{ at: 0, ms: 0, phase: 'baseline' as const, seen: { value: 42 } }];
    const kindOver = {
      baseline: 'window' as const,
      open: async () => ({ past, sample: async () => [{ seen: { value: 1 } }], close: async () => {} }),
    };
    const withHistory = () => engine.input([scripted('a', fine, { kindOver })]);
    engine.store.kept.baselines.push(await engine.clock.until(baseline(withHistory())));
    const { deploy: _, ...input } = withHistory();
    const record = await play(engine, input);
    expect(record.checks[0]?.baseline).toMatchObject({ from: 'captured', value: 1 });
  });

  it('of an earlier command are used by the run', async () => {
    const engine = startEngine();
    engine.store.kept.baselines.push(await engine.clock.until(baseline(engine.input([scripted('a', fine)]))));
    engine.live.revision = 'rs/2';
    const { deploy: _, ...input } = engine.input([scripted('a', () => 200, sufficientAlone)], {
      rollBack: undo(engine),
    });
    const record = await play(engine, input);
    expect([record.release.to, record.checks[0]?.attribution, record.exitCode]).toEqual(['rs/1', 'introduced', 21]);
  });

  it('of a deploy that has ended are not used for the next one', async () => {
    const engine = startEngine('rs/2');
    await play(engine, engine.input([scripted('a', fine)]));
    engine.live.revision = 'rs/bad';
    const { deploy: _, ...input } = engine.input([scripted('a', () => 200, sufficientAlone)], {
      rollBack: undo(engine),
    });
    const record = await play(engine, { ...input, identity: { ...input.identity, label: 'v3' } });
    expect([record.exitCode, record.release.to, record.checks[0]?.attribution]).toEqual([10, undefined, 'unknown']);
    expect(engine.events).toContainEqual(
      expect.objectContaining({
        type: 'note',
        text: expect.stringMatching(
          /^the newest baseline \(\S+, for v2\) belongs to an earlier deploy and is not used$/,
        ),
      }),
    );
  });

  it('older than a day are not used for another release', async () => {
    const engine = startEngine();
    engine.store.kept.baselines.push(await engine.clock.until(baseline(engine.input([scripted('a', fine)]))));
    await engine.clock.until(engine.clock.sleep(25 * 3_600_000));
    engine.live.revision = 'rs/2';
    const { deploy: _, ...input } = engine.input([scripted('a', fine)]);
    const record = await play(engine, { ...input, identity: { ...input.identity, label: 'v3' } });
    expect(record.release.to).toBeUndefined();
  });

  it('a history that never answers is given up, and looking takes its place', async () => {
    const engine = startEngine('rs/2');
    const kindOver = {
      open: async () => ({
        past: () => new Promise(() => {}),
        sample: async () => [{ seen: { value: 1 } }],
        close: async () => {},
      }),
    };
    const record = await play(engine, engine.input([scripted('a', fine, { kindOver })]));
    expect([record.exitCode, record.checks[0]?.baseline.from]).toEqual([0, 'captured']);
  });

  it('a history that cannot be read is told with its reason, and looking takes its place', async () => {
    const engine = startEngine('rs/2');
    const kindOver = {
      open: async () => ({
        past: () => Promise.reject(new Error('log: access.log.1 may not be read by this user')),
        sample: async () => [{ seen: { value: 1 } }],
        close: async () => {},
      }),
    };
    const record = await play(engine, engine.input([scripted('a', fine, { kindOver })]));
    expect([record.exitCode, record.checks[0]?.baseline.from]).toEqual([0, 'captured']);
    expect(notes(engine)).toContain(
      'the time before the deploy of a could not be read: log: access.log.1 may not be read by this user',
    );
  });

  it('that are missing are told, of those checks alone whose source has no history', async () => {
    const engine = startEngine();
    const past = async () => [{ at: 0, ms: 0, phase: 'baseline' as const, seen: { value: 42 } }];
    const kindOver = {
      open: async () => ({ past, sample: async () => [{ seen: { value: 1 } }], close: async () => {} }),
    };
    const { deploy: _, ...input } = engine.input([scripted('a', fine, { kindOver }), scripted('b', fine)]);
    await play(engine, input);
    expect(notes(engine)).toContain(
      'no baseline was captured before this deploy: failures of b cannot be attributed to it',
    );
  });

  it('that are missing leave failures unattributed', async () => {
    const engine = startEngine();
    const { deploy: _, ...input } = engine.input([scripted('a', () => 200, sufficientAlone)], {
      rollBack: undo(engine),
    });
    const record = await play(engine, input);
    expect([record.checks[0]?.attribution, record.exitCode]).toEqual(['unknown', 10]);
    expect(notes(engine)).toContain('no baseline was captured before this deploy: failures cannot be attributed to it');
  });
});
