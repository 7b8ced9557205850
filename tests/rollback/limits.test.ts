// What holds automatic rollbacks back: freezes, the age of a deploy, the budget of an environment, another deploy.
import { describe, expect, it } from 'vitest';
import type { RollbackOrder, RollbackTools } from '../../src/kit/index.ts';
import { standingFreezes, writeFreeze } from '../../src/rollback/index.ts';
import { type Desk, openDesk } from './desk.ts';

const hour = 3_600_000;
const person: Partial<RollbackOrder> = { by: 'person', actor: { kind: 'person', name: 'mk' } };
const asked: Partial<RollbackTools> = { confirm: async () => true };

const at = (desk: Desk, ms: number): string => new Date(desk.clock.now() + ms).toISOString();

const freeze = (desk: Desk, ms: number, environment: string | null = null, reason = 'black friday') =>
  writeFreeze(desk.store, {
    at: at(desk, 0),
    service: 'auth',
    environment,
    until: at(desk, ms),
    reason,
    by: 'mk',
  });

describe('frozen', () => {
  it.each([null, 'test'])('in %s: refused with who, until when and why', async (environment) => {
    const desk = openDesk();
    await freeze(desk, 2 * hour, environment);
    expect(await desk.run()).toMatchObject({
      state: 'REFUSED',
      reason: 'frozen',
      because: 'frozen until 2026-01-01T02:00:00.000Z by mk: black friday',
      acts: [],
    });
    expect(desk.world.undone).toEqual([]);
  });

  it.each([
    ['another environment', 'prod', 2 * hour],
    ['a time that is over', null, -1],
  ])('in %s: not refused', async (_, environment, ms) => {
    const desk = openDesk();
    await freeze(desk, ms, environment);
    expect((await desk.run()).state).toBe('ROLLED_BACK');
  });

  it('lifted: not refused', async () => {
    const desk = openDesk();
    await freeze(desk, 2 * hour);
    await freeze(desk, 0, null, 'lifted');
    expect((await desk.run()).state).toBe('ROLLED_BACK');
  });

  it('an environment that is lifted does not lift the service', async () => {
    const desk = openDesk();
    await freeze(desk, 2 * hour);
    await freeze(desk, 0, 'test', 'lifted');
    expect((await desk.run()).reason).toBe('frozen');
  });

  it.each([
    ['by hand', person, {}],
    ['where a person is asked', {}, asked],
  ])('%s it is told and not refused', async (_, given, tools) => {
    const desk = openDesk();
    await freeze(desk, 2 * hour);
    const { state, guards } = await desk.run(given, tools);
    expect(state).toBe('ROLLED_BACK');
    expect(guards).toContainEqual({
      name: 'not frozen',
      ok: true,
      because: 'frozen until 2026-01-01T02:00:00.000Z by mk: black friday; a person decides',
    });
  });

  it('lines that are not ours are passed over', async () => {
    const desk = openDesk();
    await desk.store.journal('freeze:auth', { format: 'something else' });
    expect(await standingFreezes(desk.store, desk.clock.now())).toEqual([]);
  });

  it('a store that cannot be read refuses', async () => {
    const desk = openDesk();
    const store = {
      ...desk.store,
      readJournal: async (id: string) => {
        if (id.startsWith('freeze:')) throw new Error('disk on fire');
        return desk.store.readJournal(id);
      },
    };
    expect(await desk.run({}, { store })).toMatchObject({
      state: 'REFUSED',
      reason: 'no_journal',
      because: 'the journal in memory failed: disk on fire',
    });
    expect(desk.world.undone).toEqual([]);
  });
});

describe('the age of the deploy', () => {
  it('beyond `validFor`: refused as expired', async () => {
    const desk = openDesk();
    expect(await desk.run({ deployedAt: at(desk, -hour - 60_000) })).toMatchObject({
      state: 'REFUSED',
      reason: 'expired',
      because: 'deployed 61 min ago, at most 60 min',
    });
  });

  it.each([
    ['at the limit', { age: hour }, {}, {}],
    ['by hand', { age: 9 * hour }, person, {}],
    ['where a person is asked', { age: 9 * hour }, {}, asked],
    ['with a clock that jumped back', { age: -hour }, {}, {}],
  ])('%s: not refused', async (_, { age }, given, tools) => {
    const desk = openDesk();
    expect((await desk.run({ deployedAt: at(desk, -age), ...given }, tools)).state).toBe('ROLLED_BACK');
  });
});

describe('the budget of an environment', () => {
  const after = async (services: readonly string[], last: Partial<RollbackOrder> = {}, tools = {}) => {
    const desk = openDesk();
    for (const service of services) {
      desk.world.live = 'bad';
      await desk.run({ id: `rb:${service}/test:v2`, service });
    }
    desk.world.live = 'bad';
    return desk.run(last, tools);
  };

  it('a fourth automatic rollback of other services within the hour is refused', async () => {
    expect(await after(['mail', 'shop', 'chat'])).toMatchObject({
      state: 'REFUSED',
      reason: 'environment_budget',
      because: '3 automatic rollbacks in test in the last 60 min (mail, shop, chat); at most 3',
    });
  });

  it.each([
    ['the third', ['mail', 'shop'], {}],
    ['by hand', ['mail', 'shop', 'chat'], person],
    ['another environment', ['mail', 'shop', 'chat'], { id: 'rb:auth/prod:v2', environment: 'prod' }],
  ])('%s: not refused', async (_, services, last) => {
    expect((await after(services, last)).state).toBe('ROLLED_BACK');
  });
});

describe('another deploy', () => {
  it('that does not end within a minute: refused', async () => {
    const desk = openDesk();
    desk.world.instances = { a: 'bad', b: 'newer' };
    desk.world.settled = false;
    expect(await desk.run(person)).toMatchObject({
      state: 'REFUSED',
      reason: 'deploy_in_progress',
      because: 'b runs newer: somebody else is deploying, and was not done within 60 s',
    });
    expect(desk.world.undone).toEqual([]);
  });

  it('that is over soon: what is live then decides', async () => {
    const desk = openDesk();
    desk.world.instances = { a: 'bad', b: 'newer' };
    void desk.clock.sleep(10_000).then(() => {
      desk.world.live = 'newer';
    });
    expect(await desk.run()).toMatchObject({ state: 'REFUSED', reason: 'superseded' });
  });

  it('is not a release that does not start everywhere, nor a way half done', async () => {
    const desk = openDesk();
    desk.world.instances = { a: 'bad', b: 'good' };
    desk.world.settled = false;
    desk.world.onUndo = ({ to }) => {
      desk.world.live = to;
      desk.world.settled = true;
    };
    expect((await desk.run()).state).toBe('ROLLED_BACK');
  });
});

describe('what else helps', () => {
  const mitigations = ['lower the pool: hunter2', 'switch the flag off'];

  it('stands in the report of a refusal, redacted', async () => {
    const report = await openDesk().run({}, {}, { mode: 'shadow', mitigations });
    expect(report.mitigations).toEqual(['lower the pool: ***', 'switch the flag off']);
  });

  it('is not told when going back helped', async () => {
    expect(await openDesk().run({}, {}, { mitigations })).not.toHaveProperty('mitigations');
  });
});
