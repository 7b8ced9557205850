// A replay judges recorded samples again: the same profile decides the same, another one may not, and nothing is made up.
import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { type CheckPlan, confirmed, judged, type Profile, probeVerdict, type RunRecord } from '../../src/kit/index.ts';
import { replay, run, type RunInput } from '../../src/run/index.ts';
import type { Script, Value } from '../helpers/fake-kind.ts';
import { type Engine, scripted, startEngine } from '../helpers/engine.ts';
import { reportOf } from '../helpers/plays.ts';

/** A check whose limit is a setting, as people tune it. */
const limited = (id: string, script: Script, limit: number, over: Partial<CheckPlan> = {}): CheckPlan => ({
  ...scripted(id, script, {
    sufficientAlone: true,
    ...over,
    kindOver: {
      name: 'limited',
      spec: z.strictObject({ limit: z.number() }),
      judge: (history: Parameters<ReturnType<typeof scripted>['kind']['judge']>[0], spec: { limit: number }) => {
        const fault = ({ value }: Value) =>
          value > spec.limit
            ? { reason: 'too_high', because: `${value} is above ${spec.limit}`, value, limit: spec.limit }
            : undefined;
        const good = { because: `at most ${spec.limit}`, value: 0, limit: spec.limit };
        return probeVerdict(confirmed(judged(history), history.plan.failAfter, fault), history.plan, good);
      },
    },
  }),
  spec: { limit },
});

/** 1 before the deploy, 80 after it. */
const grows: Script = ({ phase }) => (['baseline', 'deploy'].includes(phase) ? 1 : 80);

const play = async (
  checks: readonly CheckPlan[],
  over: (engine: Engine) => Partial<RunInput> = () => ({}),
): Promise<RunRecord> => {
  const engine = startEngine('rs/2');
  return engine.clock.until(run(engine.input(checks, over(engine))));
};

const profileOf = (checks: readonly CheckPlan[], hold: Partial<Profile['timings']['hold']> = {}): Profile => {
  const { profile } = startEngine().input(checks);
  return { ...profile, timings: { ...profile.timings, hold: { ...profile.timings.hold, ...hold } } };
};

const ofRecord = ({ decision, exitCode, checks }: RunRecord) => [
  decision.action,
  exitCode,
  checks.map(({ outcome, attribution, because }) => [outcome, attribution, because]),
];

const rolledBack: NonNullable<RunInput['rollBack']> = async () => reportOf();

describe('the same profile', () => {
  it('passes again, at the same moment', async () => {
    const record = await play([limited('load', grows, 90)]);
    const { record: again, notes } = replay(record, profileOf([limited('load', grows, 90)]));
    expect(ofRecord(again)).toEqual(ofRecord(record));
    expect(ofRecord(again)).toEqual(['pass', 0, [['pass', 'none', 'at most 90']]]);
    expect([again.finishedAt, notes]).toEqual([record.finishedAt, []]);
  });

  it('asks for the rollback again; the exit code is that of a block, because nothing is rolled back', async () => {
    const record = await play([limited('load', grows, 50)], () => ({ rollBack: rolledBack }));
    expect(record.exitCode).toBe(20);
    const { record: again } = replay(record, profileOf([limited('load', grows, 50)]));
    expect(ofRecord(again)).toEqual(['rollback', 10, [['fail', 'introduced', '80 is above 50']]]);
    expect(again.rollback).toBeUndefined();
  });

  it('knows that the roll-out got stuck, also of a run that went back', async () => {
    const record = await play([limited('load', grows, 50)], (engine) => {
      engine.live.settled = false;
      return { rollBack: rolledBack };
    });
    expect(record.exitCode).toBe(20);
    const { record: again } = replay(record, profileOf([limited('load', grows, 90)]));
    expect(again.decision.because.map(({ reason }) => reason)).toEqual(['rollout_stuck']);
  });

  it('blocks again for what was there before', async () => {
    const always = (): number => 80;
    const record = await play([limited('load', always, 50)]);
    const { record: again } = replay(record, profileOf([limited('load', always, 50)]));
    expect(ofRecord(again)).toEqual(ofRecord(record));
    expect([again.decision.action, again.exitCode]).toEqual(['block', 13]);
  });
});

describe('another profile', () => {
  it('with a lower limit asks for a rollback where the run passed', async () => {
    const record = await play([limited('load', grows, 90)]);
    const { record: again } = replay(record, profileOf([limited('load', grows, 50)]));
    expect(ofRecord(again)).toEqual(['rollback', 10, [['fail', 'introduced', '80 is above 50']]]);
    // Two good samples are missing to the end of the hold: the failure ends it as soon as it is confirmed.
    expect(Date.parse(again.finishedAt)).toBeLessThan(Date.parse(record.finishedAt));
  });

  it('with a lower limit blames what was above it before the deploy, too', async () => {
    const always = (): number => 80;
    const record = await play([limited('load', always, 90)]);
    const { record: again } = replay(record, profileOf([limited('load', always, 50)]));
    expect([again.decision.action, again.exitCode, again.checks[0]?.attribution]).toEqual(['block', 13, 'preexisting']);
  });

  it('with a higher limit does not pass on the few samples of a run that ended early', async () => {
    const record = await play([limited('load', grows, 50)], () => ({ rollBack: rolledBack }));
    const { record: again } = replay(record, profileOf([limited('load', grows, 90)]));
    expect([again.decision, again.exitCode, again.checks[0]?.outcome]).toEqual([
      {
        action: 'block',
        because: [
          {
            check: 'run',
            reason: 'record_ends',
            text: 'the record ends after 2 s of hold, before the checks were green together for 10 s',
          },
        ],
      },
      11,
      'pass',
    ]);
  });

  it('with another failAfter needs as many bad samples', async () => {
    const twice: Script = ({ phase, n }) => (phase === 'hold' && (n === 2 || n === 3) ? 80 : 1);
    const record = await play([limited('load', twice, 50, { failAfter: 3 })]);
    expect(record.exitCode).toBe(0);
    const { record: again } = replay(record, profileOf([limited('load', twice, 50, { failAfter: 2 })]));
    expect([again.decision.action, again.checks[0]?.reason]).toEqual(['rollback', 'too_high']);
  });

  it('a confirmed failure stays one, although good samples follow', async () => {
    const early: Script = ({ phase, n }) => (phase === 'hold' && n < 3 ? 80 : 1);
    const block = { onFail: 'block' as const };
    const record = await play([limited('load', early, 90, block)]);
    expect(record.exitCode).toBe(0);
    const { record: again } = replay(record, profileOf([limited('load', early, 50, block)]));
    expect([again.decision.action, again.checks[0]?.outcome]).toEqual(['block', 'fail']);
  });

  it('that only warns lets pass', async () => {
    const record = await play([limited('a', grows, 50), limited('b', grows, 90)], () => ({
      permission: { rollback: false, because: 'the test' },
    }));
    expect([record.decision.action, record.decision.withheld]).toEqual(['block', 'the test']);
    const { record: again } = replay(
      record,
      profileOf([limited('a', grows, 50, { onFail: 'warn' }), limited('b', grows, 90)], { for: 1000 }),
    );
    expect([again.decision.action, again.exitCode, again.checks[0]?.action]).toEqual(['pass', 0, 'warn']);
  });
});

describe('what the record does not have', () => {
  it('is left out and said', async () => {
    const record = await play([limited('a', grows, 90), limited('gone', grows, 90)]);
    const other = { ...limited('other', grows, 90) };
    const kindless = { ...scripted('gone', () => 1) };
    const { record: again, notes } = replay(record, profileOf([limited('a', grows, 90), other, kindless]));
    expect(again.checks.map(({ id }) => id)).toEqual(['a']);
    expect(notes).toEqual([
      'other is left out: the record has no samples of it',
      'gone is left out: it is of kind scripted now, and the record has samples of kind limited',
    ]);
  });

  it('is never looked at more often', async () => {
    const record = await play([limited('a', grows, 90)]);
    const { notes } = replay(record, profileOf([limited('a', grows, 90, { every: 5000 })]));
    expect(notes).toEqual(['a was looked at about every 1 s, not every 5 s: the samples stand as they were taken']);
  });

  it('a run that never came to its hold stays stopped', async () => {
    const engine = startEngine();
    const record = await engine.clock.until(run(engine.input([limited('a', grows, 90)])));
    expect(record.decision.because[0]?.reason).toBe('not_live');
    const { record: again } = replay(record, profileOf([limited('a', grows, 90)]));
    expect([again.decision, again.exitCode, again.checks[0]?.outcome]).toEqual([record.decision, 11, 'skipped']);
  });

  it('a control that failed then fails now', async () => {
    const record = await play([limited('a', grows, 90)]);
    const failed = {
      ...record,
      decision: {
        action: 'block' as const,
        because: [{ check: 'control', reason: 'control_failing', text: 'the control fails, too' }],
      },
    };
    const { record: again } = replay(failed, profileOf([limited('a', grows, 50)]));
    expect([again.decision.action, again.decision.withheld]).toEqual(['block', 'the control fails, too']);
  });
});
