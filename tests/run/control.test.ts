// The control: one target or several; when one of them fails, too, nothing is rolled back.
import { describe, expect, it } from 'vitest';
import type { Command, Finished, RollbackPlan } from '../../src/kit/index.ts';
import { askControl } from '../../src/run/control.ts';
import { fakeIo } from '../helpers/fake-io.ts';

const ended: Finished = { exit: 0, signal: undefined, timedOut: false, stdout: '', stderr: '', ms: 1 };

/** `sick.sh` ends with 3, `late.sh` hangs until it is stopped; the path of a URL is its status. */
const ask = async (control: RollbackPlan['control']) => {
  const commands: Command[] = [];
  const run = async (command: Command): Promise<Finished> => {
    commands.push(command);
    if (command.argv[0] === './late.sh') return { ...ended, exit: undefined, signal: 'SIGKILL', timedOut: true };
    return { ...ended, exit: command.argv[0] === './sick.sh' ? 3 : 0 };
  };
  const io = fakeIo({
    processes: { ...fakeIo().processes, run },
    http: {
      ...fakeIo().http,
      request: async ({ url }) => {
        if (url.endsWith('/gone')) throw new Error('connection refused');
        return { status: Number(new URL(url).pathname.slice(1)) } as never;
      },
    },
  });
  const stop = await askControl(control, '/project', io, new AbortController().signal);
  expect(commands.every(({ cwd, deadline }) => cwd === '/project' && deadline === 10_000)).toBe(true);
  return stop?.text;
};

const fails = (what: string): string =>
  `the control fails, too (${what}): the fault is not in this release alone, so nothing is rolled back`;

describe('a control', () => {
  it.each<[RollbackPlan['control']]>([
    [undefined],
    [{ none: 'one region' }],
    [{ status: 'http://eu/200' }],
    [{ command: ['./well.sh'] }],
    [[{ status: 'http://eu/204' }, { command: ['./well.sh', 'us'] }]],
  ])('%j is healthy', async (control) => {
    expect(await ask(control)).toBeUndefined();
  });

  it.each<[RollbackPlan['control'], string]>([
    [{ status: 'http://eu/503' }, 'http://eu/503 answered 503'],
    [{ status: 'http://eu/gone' }, 'http://eu/gone: connection refused'],
    [{ command: ['./sick.sh', 'eu'] }, './sick.sh ended with 3'],
    [{ command: ['./late.sh'] }, './late.sh ended with SIGKILL'],
    [[{ status: 'http://eu/200' }, { command: ['./sick.sh'] }], './sick.sh ended with 3'],
    [
      [{ status: 'http://eu/500' }, { command: ['./well.sh'] }, { status: 'http://us/404' }],
      'http://eu/500 answered 500; http://us/404 answered 404',
    ],
  ])('%j fails', async (control, what) => {
    expect(await ask(control)).toBe(fails(what));
  });
});
