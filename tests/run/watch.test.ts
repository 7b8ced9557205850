// `check --watch` in virtual time: looks until recovered, forgets the outage, and says when to call for help.
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/kit/index.ts';
import { replay, run, type RunInput } from '../../src/run/index.ts';
import { type Engine, scripted, startEngine } from '../helpers/engine.ts';

const minutes = 60_000;

const check = async (engine: Engine, script: Parameters<typeof scripted>[1], over: Partial<RunInput> = {}) =>
  engine.clock.until(
    run(
      engine.input([scripted('a', script, { sufficientAlone: true })], {
        verb: 'check',
        permission: { rollback: false },
        ...over,
      }),
    ),
  );

/** Bad until so many seconds have passed. */
const until = (engine: Engine, seconds: number) => (): number => (engine.seconds() < seconds ? 200 : 1);

const notesOf = ({ events }: Engine): string[] =>
  events.flatMap((event) => (event.type === 'note' ? [event.text] : event.type === 'phase' ? [event.text] : []));

const passed = ({ decision, exitCode, diagnosis }: RunRecord) => [decision.action, exitCode, diagnosis.next];

describe('check --watch', () => {
  it('ends as soon as the service has recovered, and forgets the outage', async () => {
    const engine = startEngine();
    const record = await check(engine, until(engine, 30), { watch: 15 * minutes });
    expect(passed(record)).toEqual(['pass', 0, []]);
    expect(engine.seconds()).toBeLessThan(60);
    expect(record.watchedUntil).toBe('2026-01-01T00:15:00.000Z');
    const values = record.checks[0]?.samples.map(({ seen }) => (seen as { value: number }).value) ?? [];
    // At most `failAfter` bad ones are left of 30 seconds of outage, and what was looked at since the last forgetting.
    expect(values.slice(-10).every((value) => value === 1)).toBe(true);
    expect(values.length).toBeLessThan(25);
    expect(notesOf(engine)).toEqual([
      'there is no last good run to compare with: judged in absolute terms',
      'hold: all checks green together for 10 s; if not recovered by 00:15 UTC, escalate',
    ]);
  });

  it('says to escalate when the time is over', async () => {
    const engine = startEngine();
    const record = await check(engine, () => 200, { watch: minutes });
    expect(passed(record)).toEqual([
      'block',
      10,
      ['escalate now: not recovered by 00:01 UTC, after 60 s of watching', 'Look at the value.'],
    ]);
    expect(engine.seconds()).toBeGreaterThan(45);
    expect(engine.seconds()).toBeLessThanOrEqual(60);
    expect(record.checks[0]?.samples.length).toBeLessThan(20);
  });

  it('without it looks once, and calls nobody', async () => {
    const engine = startEngine();
    const record = await check(engine, () => 200);
    expect(passed(record)).toEqual(['block', 10, ['Look at the value.']]);
    expect([record.watchedUntil, engine.seconds()]).toEqual([undefined, 12]);
  });

  it('does not flap: a red check stays red until it is good again', async () => {
    const engine = startEngine();
    await check(engine, until(engine, 45), { watch: 15 * minutes });
    const outcomes = engine.events.flatMap((event) => (event.type === 'verdict' ? [event.verdict.outcome] : []));
    const changes = outcomes.filter((outcome, place) => outcome !== outcomes[place - 1]);
    expect(changes).toEqual(['pass', 'fail', 'pass']);
  });

  it('a record of it can be replayed', async () => {
    const engine = startEngine();
    const plan = scripted('a', until(engine, 400), { sufficientAlone: true });
    const input = engine.input([plan], { verb: 'check', permission: { rollback: false }, watch: 15 * minutes });
    const record = await engine.clock.until(run(input));
    const { record: again } = replay(record, input.profile);
    expect([record.decision.action, again.decision.action]).toEqual(['pass', 'pass']);
  });

  it('an interruption is no reason to escalate', async () => {
    const engine = startEngine();
    const script = (): number => {
      if (engine.seconds() > 40) engine.abort('SIGINT');
      return 200;
    };
    const record = await check(engine, script, { watch: 15 * minutes });
    expect([record.exitCode, record.diagnosis.next]).toEqual([130, ['Look at the value.']]);
  });
});

describe('by hand', () => {
  it('a failure that a release introduced withholds nothing: there was nothing to roll back', async () => {
    const engine = startEngine();
    await check(engine, () => 1);
    const record = await check(engine, () => 200);
    expect(record.checks[0]?.attribution).toBe('introduced');
    expect([record.decision.withheld, record.rollback]).toEqual([undefined, undefined]);
    expect(record.checks[0]?.samples.map(({ phase }) => phase)).not.toContain('last');
  });

  it('the record names the run that it was compared with', async () => {
    const engine = startEngine();
    const first = await check(engine, () => 1);
    const record = await check(engine, () => 200);
    expect([first.comparedWith, record.comparedWith]).toEqual([
      undefined,
      { runId: 'run-1', finishedAt: '2026-01-01T00:00:10.000Z', label: 'v2' },
    ]);
    expect(notesOf(engine)).toContain('compared with the last good run, 2026-01-01 00:00 UTC, release v2');
  });
});
