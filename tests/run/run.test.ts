// Whole runs in virtual time: each way in which a run can end, and what its record says.
import { describe, expect, it } from 'vitest';
import type { RollbackOrder, RollbackReport, RunRecord } from '../../src/kit/index.ts';
import { baseline, goBack, run, type RunInput } from '../../src/run/index.ts';
import { actions, type Engine, scripted, startEngine } from '../helpers/engine.ts';

const after = (tick: { phase: string }): boolean => !['baseline', 'deploy'].includes(tick.phase);

/** Good before the deploy, bad afterwards. */
const broken = (tick: { phase: string }): number => (after(tick) ? 200 : 1);
const fine = (): number => 1;
const sufficientAlone = { sufficientAlone: true };

const play = (engine: Engine, input: RunInput): Promise<RunRecord> => engine.clock.until(run(input));

/** A rollback that goes back at once and verifies. */
const undo =
  (engine: Engine, orders: RollbackOrder[] = []): NonNullable<RunInput['rollBack']> =>
  async (order, verify): Promise<RollbackReport> => {
    orders.push(order);
    engine.live.revision = order.to ?? null;
    const { green, because } = await verify(new AbortController().signal);
    return {
      state: green ? 'ROLLED_BACK' : 'UNVERIFIED',
      reason: '',
      because,
      verified: green,
      guards: [],
      acts: [],
      to: order.to ?? '',
    };
  };

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

describe('the deploy', () => {
  it('that changes nothing is never a pass', async () => {
    const engine = startEngine();
    const record = await play(engine, engine.input([scripted('a', fine)]));
    expect([record.exitCode, record.decision.because[0]?.reason, record.checks[0]?.outcome]).toEqual([
      11,
      'not_live',
      'skipped',
    ]);
    expect(record.diagnosis.headline).toBe(
      'nothing new is live: rs/1 was live before the deploy and still is after 5 s',
    );
  });

  it('whose platform cannot be read blocks with 12', async () => {
    const engine = startEngine();
    const lost = scripted('a', ({ phase }) => {
      if (phase === 'deploy') engine.live.revision = null;
      return 1;
    });
    const record = await play(engine, engine.input([lost]));
    expect([record.exitCode, record.decision.because[0]?.reason]).toEqual([12, 'rollout_unreadable']);
  });

  it('that never settles on the new revision is judged all the same, and rolled back', async () => {
    const engine = startEngine('rs/2');
    engine.live.settled = false;
    const rollBack: typeof undo =
      (...args) =>
      async (...given) => {
        engine.live.settled = true;
        return undo(...args)(...given);
      };
    const crashing = scripted('login', (tick) => (engine.live.revision === 'rs/2' ? broken(tick) : 1), sufficientAlone);
    const record = await play(engine, engine.input([crashing], { rollBack: rollBack(engine) }));
    expect([record.exitCode, record.release.liveAtEnd]).toEqual([20, 'rs/1']);
  });

  it('that never settles blocks with 11, however green', async () => {
    const engine = startEngine('rs/2');
    engine.live.settled = false;
    const record = await play(engine, engine.input([scripted('a', fine)]));
    expect([record.exitCode, record.decision.because.map(({ reason }) => reason)]).toEqual([11, ['rollout_stuck']]);
  });

  it('that somebody overtakes during the hold is no pass', async () => {
    const engine = startEngine('rs/2');
    const overtaken = scripted('a', ({ phase, n }) => {
      if (phase === 'hold' && n === 5) engine.live.revision = 'rs/3';
      return 1;
    });
    const record = await play(engine, engine.input([overtaken]));
    expect([record.exitCode, record.decision.because[0]?.text]).toEqual([
      11,
      'rs/3 is live now, not rs/2: somebody deployed during the run, so nothing was proven of it',
    ]);
  });

  it('whose revision cannot be confirmed at the end is no pass', async () => {
    const engine = startEngine('rs/2');
    const lost = scripted('a', ({ phase, n }) => {
      if (phase === 'hold' && n === 5) engine.live.revision = null;
      return 1;
    });
    const record = await play(engine, engine.input([lost]));
    expect([record.exitCode, record.decision.because[0]?.text]).toEqual([
      12,
      'what is live could not be confirmed at the end: the platform does not answer',
    ]);
  });

  it('that prints without end is cut', async () => {
    const engine = startEngine('rs/2');
    const input = engine.input([scripted('a', fine)]);
    const flood: typeof input.io.processes.run = async ({ onLine, ...command }) => {
      for (let n = 0; n < 20_000; n += 1) onLine?.(`line ${n}`, 'stdout');
      return input.io.processes.run(command);
    };
    await play(engine, { ...input, io: { ...input.io, processes: { ...input.io.processes, run: flood } } });
    const lines = engine.events.flatMap((event) => (event.type === 'output' ? [event.line] : []));
    expect([lines.length, lines.at(-1)]).toEqual([5001, '… no more than 5000 lines are shown']);
  });

  /** The deploy command fails, and leaves this revision live. */
  const failing = (engine: Engine, leaves: string | null, input: RunInput): RunInput => {
    const finished = { exit: 3, signal: undefined, timedOut: false, stdout: '', stderr: 'disk full\n', ms: 5 };
    const fails = async (): Promise<typeof finished> => {
      engine.live.revision = leaves;
      return finished;
    };
    return { ...input, io: { ...input.io, processes: { ...input.io.processes, run: fails } } };
  };
  const failed = 'the deploy command deploy ended with exit code 3: disk full; nothing was verified';
  const left = `${failed}; left behind: all run rs/2`;

  it('that fails is not verified', async () => {
    const engine = startEngine('rs/1');
    const record = await play(engine, failing(engine, 'rs/1', engine.input([scripted('a', fine)])));
    expect([record.exitCode, record.decision.because[0]?.text, record.rollback]).toEqual([
      10,
      `${failed}; rs/1 is live as before`,
      undefined,
    ]);
  });

  it('that fails half-way is offered for rollback: never without a person', async () => {
    const engine = startEngine('rs/1');
    const record = await play(engine, failing(engine, 'rs/2', engine.input([scripted('a', fine)])));
    expect([record.exitCode, record.decision]).toEqual([
      10,
      {
        action: 'block',
        because: [{ check: 'deploy', reason: 'deploy_failed', text: left }],
        withheld: 'the deploy failed and nothing was verified: a person decides whether to go back from rs/2 to rs/1',
      },
    ]);
    expect(record.rollback).toMatchObject({ state: 'WITHHELD', manual: 'go from rs/2 to rs/1' });
  });

  it('that fails half-way with a person at the terminal is handed over, and all checks are the proof', async () => {
    const engine = startEngine('rs/1');
    const orders: RollbackOrder[] = [];
    const rollBack: RunInput['rollBack'] = async (order, verify) => {
      orders.push(order);
      const { green, because } = await verify(new AbortController().signal);
      return { state: 'ROLLED_BACK', reason: '', because, verified: green, guards: [], acts: [] };
    };
    const permission = { rollback: true, asked: true };
    const input = engine.input([scripted('a', fine), scripted('b', fine)], { rollBack, permission });
    const record = await play(engine, failing(engine, 'rs/2', input));
    expect(orders).toMatchObject([{ from: 'rs/2', to: 'rs/1', causes: [{ reason: 'deploy_failed', text: left }] }]);
    expect([record.exitCode, record.rollback?.because]).toEqual([20, 'a, b are green again for 5 s.']);
  });

  it('that fails where nobody can tell what is live now says so', async () => {
    const engine = startEngine('rs/1');
    const record = await play(engine, failing(engine, null, engine.input([scripted('a', fine)])));
    expect(record.decision).toEqual({
      action: 'block',
      because: [
        {
          check: 'deploy',
          reason: 'deploy_failed',
          text: `${failed}; what is live now cannot be read: the platform does not answer`,
        },
      ],
    });
  });
});

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

  it('that are missing leave failures unattributed', async () => {
    const engine = startEngine();
    const { deploy: _, ...input } = engine.input([scripted('a', () => 200, sufficientAlone)], {
      rollBack: undo(engine),
    });
    const record = await play(engine, input);
    expect([record.checks[0]?.attribution, record.exitCode]).toEqual(['unknown', 10]);
  });
});

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
