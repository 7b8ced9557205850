// The deploy command and the roll-out: what is live afterwards decides what may be said about the release.
import { describe, expect, it } from 'vitest';
import type { RollbackOrder } from '../../src/kit/index.ts';
import type { RunInput } from '../../src/run/index.ts';
import { type Engine, scripted, startEngine } from '../helpers/engine.ts';
import { broken, fine, play, reportOf, sufficientAlone, undo } from '../helpers/plays.ts';

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
      return reportOf({ because, verified: green });
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
