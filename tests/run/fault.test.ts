// What a plugin throws where nobody waits for it ends the run in order: a record, exit code 1, and no rollback.
import { expect, it } from 'vitest';
import type { RollbackOrder } from '../../src/kit/index.ts';
import { scripted, startEngine } from '../helpers/engine.ts';
import { broken, fine, play, sufficientAlone, undo } from '../helpers/plays.ts';

const boom = Object.assign(new Error('boom'), {
  stack:
    'Error: boom\n    at Timeout._onTimeout (/p/node_modules/queue/index.js:7:13)\n    at listOnTimeout (node:internal)',
});
const text = 'holdpoint or a plugin broke: boom (at Timeout._onTimeout (/p/node_modules/queue/index.js:7:13))';
const stop = { check: 'run', reason: 'internal_error', text };

/** A good check, during one of whose looks something is thrown elsewhere. */
const faultAt = (at: (tick: { phase: string; n: number }) => boolean, thrown: unknown = boom) => {
  const fault = new AbortController();
  const check = scripted('a', (tick) => {
    if (at(tick)) fault.abort(thrown);
    return 1;
  });
  return { check, fault: fault.signal };
};

it('ends the hold with a record, 1 and where to look first', async () => {
  const engine = startEngine('rs/2');
  const { check, fault } = faultAt(({ phase, n }) => phase === 'hold' && n === 3);
  const record = await play(engine, engine.input([check, scripted('b', fine)], { fault }));
  expect([record.exitCode, record.decision, record.interrupted]).toEqual([
    1,
    { action: 'block', because: [stop] },
    undefined,
  ]);
  expect(record.diagnosis).toEqual({
    layer: 'none',
    headline: text,
    next: [
      'look at the release by hand: nothing is known of it. The place in brackets names the package to report this to',
    ],
  });
  expect(record.marks).toContainEqual(expect.objectContaining({ name: 'internal-error', data: text }));
  expect(engine.events).toContainEqual(expect.objectContaining({ type: 'note', level: 'warn', text }));
  expect(engine.store.kept.records).toEqual([record]);
});

it('that is no error is told as it is', async () => {
  const engine = startEngine('rs/2');
  const { check, fault } = faultAt(({ phase }) => phase === 'warmup', 'no');
  const { decision } = await play(engine, engine.input([check], { fault }));
  expect(decision.because.at(-1)?.text).toBe('holdpoint or a plugin broke: no');
});

it('lets the deploy command come to its end, and verifies nothing', async () => {
  const engine = startEngine('rs/2');
  const { check, fault } = faultAt(({ phase }) => phase === 'deploy');
  const input = engine.input([check], { fault });
  const { processes } = input.io;
  const signals: (AbortSignal | undefined)[] = [];
  const watched: typeof processes = {
    ...processes,
    run: (command) => {
      signals.push(command.signal);
      return processes.run(command);
    },
  };
  const record = await play(engine, { ...input, io: { ...input.io, processes: watched } });
  expect([record.exitCode, record.release.liveAtEnd, record.decision.because.at(-1)]).toEqual([1, 'rs/2', stop]);
  expect(signals.map((signal) => signal?.aborted)).toEqual([false]);
});

it('withholds a rollback that the last look was taken for, and prints its command', async () => {
  const engine = startEngine('rs/2');
  const orders: RollbackOrder[] = [];
  const { check, fault } = faultAt(({ phase }) => phase === 'last');
  const checks = [scripted('login', broken, sufficientAlone), check];
  const record = await play(engine, engine.input(checks, { fault, rollBack: undo(engine, orders) }));
  expect([record.exitCode, record.decision.withheld, record.rollback?.state, record.rollback?.manual]).toEqual([
    1,
    text,
    'WITHHELD',
    'go from rs/2 to rs/1',
  ]);
  expect([orders, engine.live.revision]).toEqual([[], 'rs/2']);
});

it('does not end a rollback that is under way', async () => {
  const engine = startEngine('rs/2');
  const { check, fault } = faultAt(() => engine.live.revision === 'rs/1' && engine.seconds() > 3);
  const login = scripted('login', (tick) => (engine.live.revision === 'rs/2' ? broken(tick) : 1), sufficientAlone);
  const back = undo(engine);
  const rollBack: typeof back = async (order, verify, snapshot) => {
    const report = await back(order, verify, snapshot);
    await check.kind.open({}, {} as never).then((session) => session.sample({ phase: 'verify', n: 0 } as never));
    return report;
  };
  const record = await play(engine, engine.input([login, scripted('b', fine)], { fault, rollBack }));
  expect([fault.aborted, record.exitCode, record.rollback?.state]).toEqual([true, 20, 'ROLLED_BACK']);
  expect(record.marks.map(({ name }) => name)).toContain('internal-error');
});

it('after a signal is no news', async () => {
  const engine = startEngine('rs/2');
  const { check, fault } = faultAt(({ phase, n }) => {
    if (phase === 'hold' && n === 3) engine.abort('SIGINT');
    return phase === 'hold' && n === 3;
  });
  const record = await play(engine, engine.input([check], { fault }));
  expect([record.exitCode, record.interrupted]).toEqual([130, 'SIGINT']);
});

it('that came before the first look ends the run at once', async () => {
  const engine = startEngine('rs/2');
  const record = await play(engine, engine.input([scripted('a', fine)], { fault: AbortSignal.abort(boom) }));
  expect([record.exitCode, record.decision.because.at(-1), record.checks[0]?.samples]).toEqual([1, stop, []]);
});
