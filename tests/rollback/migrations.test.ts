// Reversible by migrations: the newest one now is held against the one of the target.
import { describe, expect, it } from 'vitest';
import { MysqlFailure, PostgresFailure, type PostgresSession } from '../../src/kit/index.ts';
import { newestMigration } from '../../src/rollback/index.ts';
import { fakeIo } from '../helpers/fake-io.ts';
import { openDesk } from './desk.ts';

const url = 'postgres://deploy:hunter2@db/auth';
const query = { server: 'postgres', url, sql: 'SELECT max(version) AS newest FROM schema_migrations' } as const;

const session = (answer: () => Record<string, unknown>[], closed: string[] = []): PostgresSession => ({
  query: async () => answer(),
  pid: 1,
  alive: () => true,
  close: async () => void closed.push('closed'),
});

const postgres = (answer: () => Record<string, unknown>[], closed: string[] = []) => ({
  ...fakeIo().postgres,
  connect: async () => session(answer, closed),
});

describe('the newest migration', () => {
  it.each([
    [[{ newest: '20261120' }], '20261120'],
    [[{ newest: 17 }], '17'],
    [[{ newest: null }], '(none)'],
    [[], '(none)'],
  ])('of %j is %s', async (rows, expected) => {
    const closed: string[] = [];
    expect(await newestMigration(fakeIo({ postgres: postgres(() => rows, closed) }), query)).toBe(expected);
    expect(closed).toEqual(['closed']);
  });

  it('that cannot be read is a sentence with the code', async () => {
    const refuse = () => {
      throw new PostgresFailure('42P01', undefined, 'relation "schema_migrations" does not exist');
    };
    await expect(newestMigration(fakeIo({ postgres: postgres(refuse) }), query)).rejects.toThrow(
      'the newest migration could not be read: relation "schema_migrations" does not exist (42P01)',
    );
  });

  it('of MySQL is asked of MySQL', async () => {
    const mysql = { connect: async () => session(() => [{ newest: '20261120' }]) };
    expect(await newestMigration(fakeIo({ mysql }), { ...query, server: 'mysql' })).toBe('20261120');
    const full = async () => {
      throw new MysqlFailure('ER_CON_COUNT_ERROR', { errno: 1040, sqlState: '08004' }, 'Too many connections');
    };
    const refused = newestMigration(fakeIo({ mysql: { connect: full } }), { ...query, server: 'mysql' });
    await expect(refused).rejects.toThrow(
      'the newest migration could not be read: Too many connections (ER_CON_COUNT_ERROR)',
    );
  });
});

describe('a rollback', () => {
  const run = (captured: string | undefined, now: () => Record<string, unknown>[]) => {
    const desk = openDesk();
    const io = fakeIo({ clock: desk.clock, env: () => undefined, postgres: postgres(now) });
    const migration = captured === undefined ? {} : { migration: captured };
    return desk.run(migration, { io }, { reversible: { by: 'migrations', ...query } });
  };

  it.each([
    ['20261120', '20261120', 'ROLLED_BACK ', 'no migration was applied since: 20261120 is the newest, as with good'],
    ['20261120', '20261122', 'REFUSED irreversible', '20261122 is the newest migration, with good it was 20261120'],
    [
      undefined,
      '20261122',
      'REFUSED reversibility_unknown',
      'the newest migration was not captured while good was live',
    ],
  ])('captured %s, now %s: %s', async (captured, now, expected, because) => {
    const { state, reason, guards } = await run(captured, () => [{ newest: now }]);
    expect(`${state} ${reason}`).toBe(expected);
    expect(guards.find(({ name }) => name === 'reversible')?.because).toBe(because);
  });

  it('is refused when the database has no room for the question', async () => {
    const full = () => {
      throw new PostgresFailure('53300', 'InitPostgres', 'sorry, too many clients already hunter2');
    };
    expect(await run('20261120', full)).toMatchObject({
      reason: 'reversibility_unknown',
      because: 'the newest migration could not be read: sorry, too many clients already *** (53300)',
    });
  });
});
