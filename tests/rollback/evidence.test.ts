// Evidence before the act: within ten seconds, in the journal and the report, redacted, and never in the way.
import { describe, expect, it } from 'vitest';
import type { Command, Finished, RecordedSample, RollbackTools } from '../../src/kit/index.ts';
import { fakeIo } from '../helpers/fake-io.ts';
import { openDesk, order } from './desk.ts';

const sample: RecordedSample = { at: '2026-01-01T00:00:00.000Z', ms: 3, phase: 'last', seen: { holders: ['auth'] } };
const done: Finished = { exit: 0, signal: undefined, timedOut: false, stdout: 'ok', stderr: '', ms: 4 };

const openEvidence = (answer: (command: Command) => Promise<Finished>, snapshot?: RollbackTools['snapshot']) => {
  const desk = openDesk();
  const commands: Command[] = [];
  const io = fakeIo({
    clock: desk.clock,
    env: () => undefined,
    processes: {
      ...fakeIo().processes,
      run: (command) => {
        commands.push(command);
        return answer(command);
      },
    },
  });
  const evidence = [['./pods.sh', 'hunter2']] as const;
  const tools = { io, ...(snapshot ? { snapshot } : {}) };
  return { desk, commands, run: (given = {}) => desk.run(given, tools, { evidence }) };
};

const took = (began: number, now: number): number => (now - began) / 1000;

describe('evidence', () => {
  it('is in the report and in the journal, before the act', async () => {
    const { desk, run, commands } = openEvidence(
      async () => ({ ...done, stdout: 'auth-1 hunter2\n', exit: 3 }),
      async () => ({ login: [sample] }),
    );
    const { evidence, state } = await run();
    expect(state).toBe('ROLLED_BACK');
    expect(evidence).toEqual({
      at: '2026-01-01T00:00:00.000Z',
      live: 'all run bad',
      checks: { login: [sample] },
      commands: [
        { at: '2026-01-01T00:00:00.000Z', argv: ['./pods.sh', '***'], exit: 3, ms: 4, outTail: 'auth-1 ***\n' },
      ],
      missing: [],
    });
    expect(commands[0]).toMatchObject({ cwd: '/project', deadline: 7000, grace: 1000 });
    const lines = desk.journals.get(order.id) ?? [];
    expect(lines[1]).toMatchObject({ state: 'FENCED', evidence });
    expect(lines[2]).toMatchObject({ state: 'EXECUTING' });
  });

  it('that hangs ends after ten seconds, is named, and the rollback goes on', async () => {
    const never = new Promise<never>(() => {});
    const { desk, run } = openEvidence(
      () => never,
      () => never,
    );
    const began = desk.clock.now();
    let acted = 0;
    desk.world.onUndo = ({ to }) => {
      acted = took(began, desk.clock.now());
      desk.world.live = to;
    };
    const { state, evidence } = await run();
    expect(state).toBe('ROLLED_BACK');
    expect(acted).toBe(10);
    expect(evidence?.missing.sort()).toEqual([
      './pods.sh: did not end within 10 s',
      'the checks: did not end within 10 s',
    ]);
    expect(evidence).toMatchObject({ live: 'all run bad', checks: {}, commands: [] });
  });

  it('that fails is named, redacted', async () => {
    const { run } = openEvidence(
      async () => ({ ...done, exit: undefined, startError: 'ENOENT' }),
      async () => {
        throw new Error('no connection for hunter2');
      },
    );
    expect((await run()).evidence?.missing.sort()).toEqual([
      './pods.sh: could not be started (ENOENT)',
      'the checks: no connection for ***',
    ]);
  });

  it('of one check that is too much is left out and named', async () => {
    const seen = { text: 'x'.repeat(40_000) };
    const { run } = openEvidence(
      async () => done,
      async () => ({ login: [{ ...sample, seen }], pool: [sample] }),
    );
    const { evidence } = await run();
    expect(evidence?.checks).toEqual({ login: [], pool: [sample] });
    expect(evidence?.missing[0]).toMatch(/^login: 400\d\d characters are too many to keep$/);
  });

  it('is collected in a drill, too, which writes nothing', async () => {
    const { desk, run } = openEvidence(async () => done);
    const { state, evidence } = await run({ drill: true });
    expect([state, evidence?.live]).toEqual(['WITHHELD', 'all run bad']);
    expect(desk.journals.size).toBe(0);
  });

  it('is not collected where a guard refuses', async () => {
    const { desk, commands, run } = openEvidence(async () => done);
    desk.world.onForbidden = () => 'Argo CD owns it';
    expect(await run()).not.toHaveProperty('evidence');
    expect(commands).toEqual([]);
  });
});
