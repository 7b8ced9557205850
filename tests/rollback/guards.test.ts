// The guards as a table: what each needs, and the sentence with which it refuses.
import { describe, expect, it } from 'vitest';
import type { Finished, RollbackOrder, RollbackPlan, RollbackTools } from '../../src/kit/index.ts';
import { reasons } from '../../src/rollback/index.ts';
import { fakeIo } from '../helpers/fake-io.ts';
import { openDesk, order } from './desk.ts';

const person: Partial<RollbackOrder> = { by: 'person', actor: { kind: 'person', name: 'mk' } };
const yes: Partial<RollbackTools> = { confirm: async () => true };
const no: Partial<RollbackTools> = { confirm: async () => false };

type Row = [string, Partial<RollbackOrder>, Partial<RollbackTools>, Partial<RollbackPlan>, string, string];

const irreversible = { by: 'declaration', reversible: false, reason: 'drops a column' } as const;
const nobody = { by: 'nobody' } as const;

describe('refused', () => {
  it.each<Row>([
    ['shadow', {}, {}, { mode: 'shadow' }, 'not_permitted', 'the mode is shadow: nothing is ever rolled back'],
    ['shadow, asked', {}, yes, { mode: 'shadow' }, 'not_permitted', 'the mode is shadow: nothing is ever rolled back'],
    ['ask, nobody there', {}, {}, { mode: 'ask' }, 'not_permitted', 'the mode is ask, and nobody can be asked'],
    [
      'a client fence under auto',
      {},
      {},
      { allowClientFence: false },
      'not_permitted',
      'desk compares before it acts, which leaves a race; auto needs `allowClientFence: true`',
    ],
    ['irreversible', {}, {}, { reversible: irreversible }, 'irreversible', 'declared irreversible: drops a column'],
    [
      'irreversible, by hand',
      person,
      {},
      { reversible: irreversible },
      'irreversible',
      'declared irreversible: drops a column',
    ],
    [
      'unknown',
      {},
      {},
      { reversible: nobody },
      'reversibility_unknown',
      'nobody has declared whether going back is safe',
    ],
    ['declined', {}, no, { mode: 'ask' }, 'human_declined', 'the person who was asked said no'],
  ])('%s', async (_, given, tools, plan, reason, because) => {
    const desk = openDesk();
    const report = await desk.run(given, tools, plan);
    expect(report).toMatchObject({ state: 'REFUSED', reason, because, acts: [], verified: false });
    expect(report.guards.at(-1)).toMatchObject({ ok: false, because });
    expect(desk.world.undone).toEqual([]);
    expect(desk.states()).toEqual(['PLANNED', 'REFUSED']);
    expect(Object.keys(reasons)).toContain(reason);
  });

  it('from within a rollback', async () => {
    const desk = openDesk();
    const io = fakeIo({ clock: desk.clock, env: (name) => (name === 'HOLDPOINT_ROLLBACK_OF' ? 'v7' : undefined) });
    expect(await desk.run(person, { io })).toMatchObject({
      reason: 'not_permitted',
      because: 'this runs inside the rollback of v7: none begins in another',
    });
  });

  it('something else decides what is live', async () => {
    const desk = openDesk();
    desk.world.onForbidden = () => 'auth is synced by Argo CD: revert the commit in Git';
    expect(await desk.run(person)).toMatchObject({
      state: 'REFUSED',
      reason: 'managed_elsewhere',
      because: 'auth is synced by Argo CD: revert the commit in Git',
      acts: [],
    });
    expect(desk.world.undone).toEqual([]);
  });

  it('the target is gone', async () => {
    const desk = openDesk();
    desk.world.onTarget = () => '/srv/releases/good is gone: the release to return to was cleaned up';
    expect(await desk.run()).toMatchObject({
      reason: 'target_missing',
      because: '/srv/releases/good is gone: the release to return to was cleaned up',
    });
  });
});

describe('permitted', () => {
  it.each<[string, Partial<RollbackOrder>, Partial<RollbackTools>, Partial<RollbackPlan>, string, string]>([
    ['by hand under shadow', person, {}, { mode: 'shadow' }, 'permitted', 'mk asked for it'],
    [
      'by hand, nothing declared',
      person,
      {},
      { reversible: nobody },
      'reversible',
      'nobody has declared whether going back is safe; a person decides',
    ],
    ['ask, a person agrees', {}, yes, { mode: 'ask', allowClientFence: false }, 'person', 'a person agreed'],
    [
      'ask, nothing declared',
      {},
      yes,
      { mode: 'ask', reversible: nobody },
      'reversible',
      'nobody has declared whether going back is safe; a person decides',
    ],
  ])('%s', async (_, given, tools, plan, name, because) => {
    const report = await openDesk().run(given, tools, plan);
    expect(report.state).toBe('ROLLED_BACK');
    expect(report.guards).toContainEqual({ name, ok: true, because });
  });

  it('the person is asked last, with both revisions', async () => {
    const asked: string[] = [];
    const confirm = async (question: string): Promise<boolean> => asked.push(question) > 0;
    const report = await openDesk().run({}, { confirm });
    expect(asked).toEqual(['Roll back from bad to good?']);
    expect(report.guards.at(-1)?.name).toBe('person');
  });
});

describe('the command that says whether going back is safe', () => {
  const answer = async (finished: Partial<Finished>) => {
    const desk = openDesk();
    const argvs: unknown[] = [];
    const io = fakeIo({
      clock: desk.clock,
      env: () => undefined,
      processes: {
        ...fakeIo().processes,
        run: async ({ argv, cwd }) => {
          argvs.push([...argv, cwd]);
          return { exit: 0, signal: undefined, timedOut: false, stdout: '', stderr: '', ms: 1, ...finished };
        },
      },
    });
    const report = await desk.run({}, { io }, { reversible: { by: 'command', argv: ['./safe.sh', '{{to}}'] } });
    expect(argvs).toEqual([['./safe.sh', 'good', '/project']]);
    return `${report.state} ${report.reason} ${report.guards.find(({ name }) => name === 'reversible')?.because}`;
  };

  it.each<[Partial<Finished>, string]>([
    [{ stdout: 'checked 3\nreversible\n' }, 'ROLLED_BACK  ./safe.sh says reversible'],
    [
      { stdout: 'reversible\n', exit: 1 },
      'REFUSED reversibility_unknown ./safe.sh ended with 1 and did not say reversible: reversible',
    ],
    [{ stdout: '' }, 'REFUSED reversibility_unknown ./safe.sh ended with 0 and did not say reversible'],
    [
      { stdout: 'not reversible\n' },
      'REFUSED reversibility_unknown ./safe.sh ended with 0 and did not say reversible: not reversible',
    ],
    [{ stdout: 'irreversible\nreversible\n' }, 'REFUSED irreversible ./safe.sh says: irreversible reversible'],
    [
      { stdout: 'reversible\n', exit: 0, timedOut: true },
      'REFUSED reversibility_unknown ./safe.sh took longer than 60 s and did not say reversible: reversible',
    ],
    [
      { exit: undefined, startError: 'ENOENT' },
      'REFUSED reversibility_unknown ./safe.sh could not be started (ENOENT) and did not say reversible',
    ],
    [
      { stderr: 'hunter2 refused', exit: 2 },
      'REFUSED reversibility_unknown ./safe.sh ended with 2 and did not say reversible: *** refused',
    ],
  ])('%o → %s', async (finished, expected) => {
    expect(await answer(finished)).toBe(expected);
  });
});

it('the same order of two services does not share a journal', async () => {
  const desk = openDesk();
  await desk.run();
  desk.world.live = 'bad';
  expect(await desk.run({ id: 'rb:mail/test:v2', service: 'mail' })).toMatchObject({ state: 'ROLLED_BACK' });
  expect([...desk.journals.keys()]).toEqual([order.id, 'rb:mail/test:v2']);
});

it('says before anybody is asked what going back leaves as it is', async () => {
  const desk = openDesk();
  desk.world.onCaveats = () => ['ConfigMap auth-config was changed since'];
  const told: (string | undefined)[] = [];
  const confirm = async (): Promise<boolean> => {
    told.push(...desk.events.map((event) => (event.type === 'note' ? event.text : undefined)));
    return true;
  };
  expect(await desk.run({}, { confirm })).toMatchObject({ state: 'ROLLED_BACK' });
  expect(told).toContain('ConfigMap auth-config was changed since');
});

it('goes on when that cannot be told', async () => {
  const desk = openDesk();
  desk.world.onCaveats = () => {
    throw new Error('no connection');
  };
  expect(await desk.run()).toMatchObject({ state: 'ROLLED_BACK' });
  expect(desk.events).toContainEqual(
    expect.objectContaining({ text: 'what going back leaves as it is could not be told: no connection' }),
  );
});

it('tells each reading between which revisions it goes', async () => {
  const desk = openDesk();
  await desk.run();
  expect(new Set(desk.world.between.map((each) => JSON.stringify(each)))).toEqual(
    new Set(['{"from":"bad","to":"good"}']),
  );
});
