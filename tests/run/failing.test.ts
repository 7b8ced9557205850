// Releases that are broken are rolled back or blocked, in virtual time: when, on whose permission, and with what proof.
import { describe, expect, it } from 'vitest';
import type { RollbackOrder } from '../../src/kit/index.ts';
import { actions, scripted, startEngine } from '../helpers/engine.ts';
import { broken, fine, play, sufficientAlone, undo } from '../helpers/plays.ts';

describe('a release that is broken', () => {
  it('is rolled back as soon as the failure is confirmed, and verified', async () => {
    const engine = startEngine('rs/2');
    const orders: RollbackOrder[] = [];
    const login = scripted('login', (tick) => (engine.live.revision === 'rs/2' ? broken(tick) : 1), sufficientAlone);
    const record = await play(engine, engine.input([login, scripted('b', fine)], { rollBack: undo(engine, orders) }));
    expect([record.exitCode, record.rollback?.state, record.release.liveAtEnd]).toEqual([20, 'ROLLED_BACK', 'rs/1']);
    expect(orders).toHaveLength(1);
    expect(orders[0]).toMatchObject({ from: 'rs/2', to: 'rs/1', by: 'run', service: 'auth' });
    expect(orders[0]?.id).toMatch(/^rb:auth\/test:v2:2026-/);
    expect(record.rollback?.because).toBe('login is green again for 5 s.');
    expect(record.checks.map(({ id, outcome, reason }) => [id, outcome, reason])).toEqual([
      ['login', 'fail', 'too_high'],
      ['b', 'pass', 'ok'],
    ]);
    expect(new Set(record.checks[0]?.samples.map(({ phase }) => phase))).toEqual(
      new Set(['deploy', 'warmup', 'hold', 'last', 'verify']),
    );
  });

  it('that stays broken after going back ends unverified', async () => {
    const engine = startEngine('rs/2');
    const record = await play(
      engine,
      engine.input([scripted('login', broken, sufficientAlone)], { rollBack: undo(engine) }),
    );
    expect([record.exitCode, record.rollback?.state]).toEqual([21, 'UNVERIFIED']);
    expect(record.diagnosis.headline).toContain(
      'Going back to rs/1 did not help: After 10 s not green: login: 200 is above 100.',
    );
  });

  it('in one layer that does not suffice alone blocks, `for` later', async () => {
    const engine = startEngine('rs/2');
    const record = await play(engine, engine.input([scripted('a', broken)], { rollBack: undo(engine) }));
    expect([record.exitCode, record.rollback, actions(record.checks)]).toEqual([10, undefined, { a: 'rollback' }]);
    // 1 s deploy, 2 s warm-up, confirmed with the third sample 2 s later, 10 s more in which it may become a rollback.
    expect(engine.seconds()).toBe(15);
  });

  it('becomes a rollback when a second layer fails while it is blocked', async () => {
    const engine = startEngine('rs/2');
    const late = scripted('pool', (tick) => (tick.phase === 'hold' && tick.n >= 6 ? 200 : 1), {
      kindOver: { layer: 'pool' },
    });
    const record = await play(engine, engine.input([scripted('a', broken), late], { rollBack: undo(engine) }));
    expect([record.decision.action, record.exitCode]).toEqual(['rollback', 21]);
  });

  it('a confirmed failure stays one even when it heals', async () => {
    const engine = startEngine('rs/2');
    const record = await play(
      engine,
      engine.input([scripted('a', (tick) => (tick.phase === 'hold' && tick.n < 4 ? 200 : 1))]),
    );
    expect([record.exitCode, record.checks[0]?.outcome]).toEqual([10, 'fail']);
  });

  it('is not rolled back when it was so before', async () => {
    const engine = startEngine('rs/2');
    const record = await play(
      engine,
      engine.input([scripted('login', () => 200, sufficientAlone)], { rollBack: undo(engine) }),
    );
    expect([record.exitCode, record.checks[0]?.attribution]).toEqual([13, 'preexisting']);
    expect(record.checks[0]?.baseline.samples).toHaveLength(2);
  });

  it('is not rolled back when the permission is missing; the command is printed', async () => {
    const engine = startEngine('rs/2');
    const permission = { rollback: false, because: '--no-rollback was given' };
    const record = await play(
      engine,
      engine.input([scripted('login', broken, sufficientAlone)], { rollBack: undo(engine), permission }),
    );
    expect([record.exitCode, record.decision.withheld, record.rollback?.state]).toEqual([
      10,
      '--no-rollback was given',
      'WITHHELD',
    ]);
    expect(record.rollback?.manual).toBe('go from rs/2 to rs/1');
  });

  it('is not rolled back when the control fails, too', async () => {
    const engine = startEngine('rs/2');
    const input = engine.input([scripted('login', broken, sufficientAlone)], { rollBack: undo(engine) });
    const rollback = { ...input.profile.rollback!, control: { status: 'http://control/health' } };
    const io = {
      ...input.io,
      http: {
        request: async () => ({
          status: 503,
          headers: {},
          body: '',
          truncated: false,
          timings: { firstByte: 1, body: 0, total: 1, reused: false },
        }),
        close: async () => {},
      },
    };
    const record = await play(engine, { ...input, io, profile: { ...input.profile, rollback } });
    expect([record.exitCode, record.decision.action]).toEqual([10, 'block']);
    expect(record.decision.because.at(-1)?.text).toBe(
      'the control fails, too (http://control/health answered 503): the fault is not in this release alone, so nothing is rolled back',
    );
  });

  it('in shadow acts on nothing and ends with 0', async () => {
    const engine = startEngine('rs/2');
    const permission = { rollback: false, because: '--shadow was given: nothing is acted on' };
    const record = await play(
      engine,
      engine.input([scripted('login', broken, sufficientAlone)], { rollBack: undo(engine), permission, shadow: true }),
    );
    expect([record.exitCode, record.shadow, record.decision.action, engine.live.revision]).toEqual([
      0,
      true,
      'block',
      'rs/2',
    ]);
  });
});
