// A run that is called again after a kill: with the target live only the proof is left, anything else is judged anew.
import { describe, expect, it } from 'vitest';
import type { RollbackOrder } from '../../src/kit/index.ts';
import type { RunInput } from '../../src/run/index.ts';
import { type Engine, scripted, startEngine } from '../helpers/engine.ts';
import { broken, fine, play, sufficientAlone, undo } from '../helpers/plays.ts';

const causes = [{ check: 'login', reason: 'login_broken', text: 'GET /me: 500' }];
const begun = { from: 'rs/2', to: 'rs/1', causes, ended: false };
const takenAt = '1970-01-01T00:00:00.000Z';

/** No deploy command: the baseline is what an earlier command has stored. */
const again = (engine: Engine, live: string, over: Partial<RunInput>, checks = [scripted('login', fine)]): RunInput => {
  const { deploy: _, ...input } = engine.input(checks);
  engine.live.revision = live;
  const { service, environment, hash } = input.profile;
  const head = { format: 'holdpoint.baseline/1', service, environment, release: 'v2', profileHash: hash } as const;
  return { ...input, baseline: { ...head, takenAt, live: 'rs/1', checks: {} }, begun: async () => begun, ...over };
};

describe('a run that is called again', () => {
  it('proves the rollback whose target is live, and asks nothing else', async () => {
    const engine = startEngine();
    const orders: RollbackOrder[] = [];
    const asked: unknown[] = [];
    const input = again(engine, 'rs/1', {
      rollBack: undo(engine, orders),
      begun: async (deploy) => {
        asked.push(deploy);
        return begun;
      },
    });
    const record = await play(engine, input);
    expect([record.exitCode, record.decision]).toEqual([20, { action: 'rollback', because: causes }]);
    expect(orders).toMatchObject([{ from: 'rs/2', to: 'rs/1', causes, by: 'run' }]);
    expect(orders[0]?.id.endsWith(`:${takenAt}`)).toBe(true);
    expect(asked).toMatchObject([{ service: 'auth', environment: 'test', baselineTakenAt: takenAt }]);
    expect(record.checks[0]?.outcome).toBe('pass');
  });

  it('tells one that has ended again, after a roll-out in which nothing new came', async () => {
    const engine = startEngine();
    const orders: RollbackOrder[] = [];
    const input = again(engine, 'rs/1', {
      rollBack: undo(engine, orders),
      begun: async () => ({ ...begun, ended: true }),
    });
    const record = await play(engine, input);
    expect([record.exitCode, record.decision.because, orders.length]).toEqual([20, causes, 1]);
    expect(record.marks.some(({ name }) => name === 'rollout-finished')).toBe(true);
  });

  it('judges what comes within the roll-out, although an earlier rollback has ended', async () => {
    const engine = startEngine();
    const orders: RollbackOrder[] = [];
    const late = scripted('login', ({ phase, n }) => {
      if (phase === 'rollout' && n === 2) engine.live.revision = 'rs/2';
      return 1;
    });
    const over = { rollBack: undo(engine, orders), begun: async () => ({ ...begun, ended: true }) };
    const record = await play(engine, again(engine, 'rs/1', over, [late]));
    expect([record.exitCode, record.release.liveAtEnd, orders]).toEqual([0, 'rs/2', []]);
  });

  it.each<[string, string, Partial<RunInput>, number]>([
    ['a fix is live', 'rs/3', {}, 0],
    ['nothing was begun', 'rs/1', { begun: async () => undefined }, 11],
    ['another target was meant', 'rs/1', { begun: async () => ({ ...begun, to: 'rs/0' }) }, 11],
    ['it may not roll back', 'rs/1', { permission: { rollback: false } }, 11],
    [
      'the store cannot be read',
      'rs/1',
      {
        begun: async () => {
          throw new Error('ECONNREFUSED');
        },
      },
      11,
    ],
  ])('judges anew when %s', async (_, live, over, exitCode) => {
    const engine = startEngine();
    const orders: RollbackOrder[] = [];
    const record = await play(engine, again(engine, live, { rollBack: undo(engine, orders), ...over }));
    expect([record.exitCode, orders]).toEqual([exitCode, []]);
  });

  it('judges anew when the bad release is live still', async () => {
    const engine = startEngine();
    const orders: RollbackOrder[] = [];
    const checks = [scripted('login', (tick) => (engine.live.revision === 'rs/2' ? broken(tick) : 1), sufficientAlone)];
    const record = await play(engine, again(engine, 'rs/2', { rollBack: undo(engine, orders) }, checks));
    expect(record.checks[0]?.samples.some(({ phase }) => phase === 'hold')).toBe(true);
    expect(orders.filter(({ causes: [cause] }) => cause?.text === 'GET /me: 500')).toEqual([]);
  });

  it('is another deploy when it brings its own', async () => {
    const engine = startEngine('rs/2');
    const input = { ...engine.input([scripted('login', fine)]), begun: async () => begun };
    expect((await play(engine, input)).exitCode).toBe(0);
  });
});
