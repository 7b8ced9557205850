// PostgreSQL 12 to 18: the statements of db-connections, the slots that are really to be had, and every refusal that can be provoked.
import { readFile, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPostgres } from '../../src/io/postgres.ts';
import type { Refusal } from '../../src/kinds/database/slots.ts';
import { usesOf } from '../../src/kinds/db-connections/limits.ts';
import { spec as schema } from '../../src/kinds/db-connections/spec.ts';
import { refusalOf } from '../../src/kinds/postgres/refusal.ts';
import { readCapacity, readHolders, readPressure } from '../../src/kinds/postgres/rows.ts';
import { capacitySql, holdersSql, pressureSql } from '../../src/kinds/postgres/sql.ts';
import { PostgresFailure, type PostgresOptions, type PostgresSession } from '../../src/kit/index.ts';
import type { TestServer } from '../helpers/postgres.ts';
import { type Major, majorsHere, startPostgres } from '../helpers/postgres-versions.ts';

const postgres = createPostgres();

/** Servers let go of sessions soon, not at once. */
const eventually = <T>(work: () => T | Promise<T>): Promise<T> => vi.waitFor(work, { timeout: 10_000 });

const settingsOf = (major: Major): Record<string, string> => ({
  max_connections: '10',
  superuser_reserved_connections: '2',
  max_wal_senders: '2',
  wal_level: 'logical',
  autovacuum_max_workers: '1',
  max_worker_processes: '1',
  ...(major >= 16 ? { reserved_connections: '2' } : {}),
});

/** With trust instead of a password a missing role is told apart from a wrong password. */
const trustGhost = async (data: string): Promise<void> => {
  const file = join(data, 'pg_hba.conf');
  await writeFile(file, `host all ghost 127.0.0.1/32 trust\n${await readFile(file, 'utf8')}`);
};

const rolesOf = (major: Major): string[] => [
  ...['auth_svc', 'monitor', 'plain', 'keeper'].map((role) => `CREATE ROLE ${role} LOGIN PASSWORD '${role}'`),
  `CREATE ROLE walker LOGIN REPLICATION PASSWORD 'walker' IN ROLE pg_monitor`,
  `CREATE ROLE sleeper NOLOGIN PASSWORD 'sleeper'`,
  `CREATE ROLE narrow LOGIN PASSWORD 'narrow' CONNECTION LIMIT 3`,
  'GRANT pg_monitor TO monitor',
  ...(major >= 16 ? ['GRANT pg_use_reserved_connections TO keeper'] : []),
  'CREATE DATABASE small CONNECTION LIMIT 2',
  'CREATE DATABASE closed ALLOW_CONNECTIONS false',
];

/** What the classifier makes of a failure: the scope of a refusal, or by whom and why the look was missed. */
const classOf = (refusal: Refusal): string =>
  'refused' in refusal ? refusal.refused.scope : `${refusal.missed.by} ${refusal.missed.reason}`;

describe.each(majorsHere)('PostgreSQL %i', (major) => {
  let server: TestServer;

  const url = (user: string, database = 'postgres') =>
    user === 'postgres' ? server.url() : server.url(user, user, database);

  const open = async (user: string, more: Partial<PostgresOptions> = {}, database?: string) => {
    const options = { connectTimeout: 3000, statementTimeout: 2000, ...more };
    const session = await postgres.connect(url(user, database), options);
    onTestFinished(() => session.close());
    return session;
  };

  /** Opens sessions until one is refused. */
  const fill = async (user: string, database?: string): Promise<{ opened: number; failure: PostgresFailure }> => {
    for (let opened = 0; opened < 20; opened += 1) {
      const failure = await failureOf(open(user, { statementTimeout: 0 }, database));
      if (failure) return { opened, failure };
    }
    throw new Error(`${user} opened 20 sessions and was never refused`);
  };

  const failureOf = (work: Promise<unknown>): Promise<PostgresFailure | undefined> =>
    work.then(
      () => undefined,
      (error: unknown) => error as PostgresFailure,
    );

  /** How many more sessions the check takes this role to get under this limit. */
  const predicted = async (asker: PostgresSession, name: string, role: string, database?: string): Promise<number> => {
    const spec = schema.parse({ postgres: url(role), role });
    const use = usesOf(await capacity(asker, role, database), spec).find((one) => one.name === name);
    if (!use) throw new Error(`no limit of the ${name} binds ${role}`);
    return use.limit - use.used - (name === 'server' ? use.own : 0);
  };

  /** Code, routine, message and class of what a connect ends with. */
  const refused = async (target: string): Promise<[string, string | undefined, string, string]> => {
    const failure = await failureOf(postgres.connect(target, { connectTimeout: 3000, statementTimeout: 0 }));
    if (!failure) throw new Error('the connect was not refused');
    return told(failure);
  };

  const told = (failure: PostgresFailure): [string, string | undefined, string, string] => {
    const { code, routine, message } = failure;
    // The text is never looked at: a server with another lc_messages tells it in another language.
    const translated = new PostgresFailure(code, routine, 'etwas ganz anderes');
    return [code, routine, message, classOf(refusalOf(translated, { sameRole: true, sameDatabase: true }))];
  };

  const capacity = async (session: PostgresSession, role = 'auth_svc', database = 'postgres') => {
    const [row] = await session.query(capacitySql(role, database, [session.pid], postgres.literal));
    return readCapacity(row, 1).slots;
  };

  /** A socket that sends nothing, or `first` and, once the server has answered, nothing more. */
  const silentSocket = async (first: Buffer): Promise<void> => {
    const socket: Socket = connect(server.port, '127.0.0.1');
    // The server may end it at any time.
    socket.on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    await new Promise((resolve) => socket.once('connect', resolve));
    if (first.length === 0) return;
    socket.write(first);
    await new Promise((resolve) => socket.once('data', resolve));
  };

  /** Waits until nobody but the asker is connected; the sessions of the test before may be on their way out. */
  const alone = async (): Promise<PostgresSession> => {
    const asker = await eventually(() => open('postgres'));
    await eventually(async () => expect((await capacity(asker)).used).toBe(0));
    return asker;
  };

  beforeAll(async () => {
    server = await startPostgres(major, settingsOf(major), { prepare: trustGhost });
    const admin = await postgres.connect(server.url(), { connectTimeout: 3000, statementTimeout: 0 });
    for (const sql of rolesOf(major)) await admin.query(sql);
    await admin.close();
  });

  afterAll(() => server.stop());

  describe('the statements', () => {
    const service = async (): Promise<void> => {
      for (const name of ['auth@old', 'auth@new', 'auth@new']) await open('auth_svc', { applicationName: name });
      const busy = await open('auth_svc', { applicationName: 'auth@new' });
      await busy.query('BEGIN');
      await busy.query('SELECT 1');
    };

    const askers: [string, Partial<PostgresOptions>][] = [
      ['postgres', {}],
      ['monitor', {}],
      ['walker', { replication: true, statementTimeout: 0 }],
    ];
    it.each(askers)('count the four sessions of the service for %s', async (user, more) => {
      await (await alone()).close();
      await service();
      const asker = await open(user, more);
      const reserved = major >= 16 ? 2 : 0;
      await eventually(async () =>
        expect(await capacity(asker)).toMatchObject({
          maxConnections: 10,
          superuserReserved: 2,
          reserved,
          roleLimit: -1,
          roleSuper: false,
          databaseLimit: -1,
          used: 4,
          usedByRole: 4,
          usedInDatabase: 4,
          idle: 3,
          idleInTransaction: 1,
          hidden: 0,
        }),
      );
      expect((await capacity(asker)).version).toBeGreaterThanOrEqual(major * 10_000);
    });

    it('give an unprivileged role an upper bound', async () => {
      await (await alone()).close();
      await service();
      await open('plain');
      const slots = await capacity(await open('plain'));
      expect(slots).toMatchObject({ used: 1, usedByRole: 0, hidden: 4, hiddenByRole: 4, hiddenInDatabase: 4 });
    });

    it('read the limits of a role and of a database, and null for those that are not there', async () => {
      const asker = await open('plain');
      expect(await capacity(asker, 'narrow', 'small')).toMatchObject({ roleLimit: 3, databaseLimit: 2 });
      expect(await capacity(asker, 'postgres', 'closed')).toMatchObject({ roleSuper: true, databaseLimit: -1 });
      expect(await capacity(asker, "no'body", 'no\\where')).toMatchObject({ roleLimit: null, databaseLimit: null });
    });

    it('tell who idles in a transaction, and from 14 on how many sessions began', async () => {
      const asker = await alone();
      await service();
      const sql = pressureSql('auth_svc', 'postgres', 0, [asker.pid], postgres.literal);
      await eventually(async () => {
        const { idleLong, idleOldest, sessions } = readPressure((await asker.query(sql))[0], 0);
        expect([idleLong, Number(idleOldest) > 0, sessions !== null]).toEqual([1, true, major >= 14]);
      });
    });

    it('name the holders, and which began since a moment of the server clock', async () => {
      const asker = await alone();
      await open('auth_svc', { applicationName: 'auth@old' });
      const [row] = await asker.query('SELECT extract(epoch FROM clock_timestamp())::float8 AS now');
      await open('auth_svc', { applicationName: 'auth@new' });
      const holder = { role: 'auth_svc', database: 'postgres', client: '127.0.0.1', state: 'idle', connections: 1 };
      const holders = readHolders(await asker.query(holdersSql(Number(row?.['now']), [asker.pid])));
      expect(holders.sort((a, b) => a.began - b.began)).toEqual([
        { ...holder, application: 'auth@old', began: 0 },
        { ...holder, application: 'auth@new', began: 1 },
      ]);
    });
  });

  describe('the slots', () => {
    it('that are predicted are the ones that can be opened, for each sort of role, and each refusal says which are gone', async () => {
      const asker = await alone();
      // Takes no slot: walsenders have their own.
      await open('walker', { replication: true, statementTimeout: 0 });
      const expected = await predicted(asker, 'server', 'auth_svc');
      const ordinary = await fill('auth_svc');
      expect([ordinary.opened, ...told(ordinary.failure)]).toEqual([
        expected,
        '53300',
        'InitPostgres',
        major >= 16
          ? 'remaining connection slots are reserved for roles with privileges of the "pg_use_reserved_connections" role'
          : 'remaining connection slots are reserved for non-replication superuser connections',
        'slots',
      ]);
      const keeper = major >= 16 ? await fill('keeper') : undefined;
      expect(keeper && [keeper.opened, ...told(keeper.failure)]).toEqual(
        keeper && [
          2,
          '53300',
          'InitPostgres',
          'remaining connection slots are reserved for roles with the SUPERUSER attribute',
          'slots',
        ],
      );
      // A wrong password is still told apart while a slot is left to look at it.
      expect(await refused(server.url('plain', 'wrong'))).toEqual([
        '28P01',
        'auth_failed',
        'password authentication failed for user "plain"',
        'ours probe_refused',
      ]);
      const everything = await fill('postgres');
      expect([everything.opened, ...told(everything.failure)]).toEqual([
        2,
        '53300',
        'InitProcess',
        'sorry, too many clients already',
        'all_slots',
      ]);
      // Now the lack of slots hides every other reason.
      const masked = [server.url('plain', 'wrong'), url('plain', 'nowhere'), url('sleeper')];
      for (const target of masked) expect((await refused(target))[1]).toBe('InitProcess');
      // The kept session and a walsender still see who holds them.
      expect((await capacity(asker)).used).toBe(9);
      const walker = await open('walker', { replication: true, statementTimeout: 0 });
      expect((await capacity(walker)).used).toBe(10);
    });

    it('are all of them for a superuser', async () => {
      const expected = await predicted(await alone(), 'server', 'postgres');
      expect([expected, (await fill('postgres')).opened]).toEqual([9, 9]);
    });

    it('are seven for a role that may use the reserved ones, which only 16 and later keep', async () => {
      const asker = await alone();
      const expected = await predicted(asker, 'server', 'keeper');
      expect([expected, (await fill('keeper')).opened]).toEqual([7, 7]);
    });

    it('are taken by a connection that is still logging in, which is seen from 18 on', async () => {
      const asker = await alone();
      const body = Buffer.from('user\0plain\0\0', 'latin1');
      // A startup packet, protocol 3.0: https://www.postgresql.org/docs/18/protocol-message-formats.html
      const startup = Buffer.concat([Buffer.alloc(8), body]);
      startup.writeInt32BE(startup.length, 0);
      startup.writeInt32BE(196_608, 4);
      await silentSocket(startup);
      const seen = major >= 18 ? 1 : 0;
      await eventually(async () => expect((await capacity(asker)).used).toBe(seen));
      const really = 10 - 2 - (major >= 16 ? 2 : 0) - 1 - 1;
      expect((await fill('plain')).opened).toBe(really);
    });

    it('are not all: sockets that never log in exhaust the processes, and the views show nothing', async () => {
      const asker = await alone();
      // 30 children are allowed before 18, 24 since. One after the other: the queue of the listening socket is short.
      for (let number = 0; number < 40; number += 1) await silentSocket(Buffer.alloc(0));
      await eventually(async () =>
        expect(await refused(server.url())).toEqual([
          '53300',
          major >= 17 ? 'BackendInitialize' : 'ProcessStartupPacket',
          'sorry, too many clients already',
          'processes',
        ]),
      );
      expect((await capacity(asker)).used).toBe(0);
    });
  });

  describe('a refusal', () => {
    it('for the limit of a role', async () => {
      const expected = await predicted(await alone(), 'role', 'narrow');
      const { opened, failure } = await fill('narrow');
      expect([expected, opened, ...told(failure)]).toEqual([
        3,
        3,
        '53300',
        'InitializeSessionUserId',
        'too many connections for role "narrow"',
        'role',
      ]);
    });

    it('for the limit of a database', async () => {
      const expected = await predicted(await alone(), 'database', 'plain', 'small');
      const { opened, failure } = await fill('plain', 'small');
      expect([expected, opened, ...told(failure)]).toEqual([
        2,
        2,
        '53300',
        'CheckMyDatabase',
        'too many connections for database "small"',
        'database',
      ]);
    });

    const ours: [string, () => string, string, string, string][] = [
      ['a missing role', () => url('ghost'), '28000', 'InitializeSessionUserId', 'role "ghost" does not exist'],
      [
        'a role that may not log in',
        () => url('sleeper'),
        '28000',
        'InitializeSessionUserId',
        'role "sleeper" is not permitted to log in',
      ],
      [
        'a wrong password',
        () => server.url('plain', 'wrong'),
        '28P01',
        'auth_failed',
        'password authentication failed for user "plain"',
      ],
      [
        'a missing database',
        () => url('plain', 'nowhere'),
        '3D000',
        'InitPostgres',
        'database "nowhere" does not exist',
      ],
      [
        'a closed database',
        () => url('plain', 'closed'),
        '55000',
        'CheckMyDatabase',
        'database "closed" is not currently accepting connections',
      ],
    ];
    it.each(ours)('for %s says nothing about the release', async (_, target, code, routine, message) => {
      expect(await refused(target())).toEqual([code, routine, message, 'ours probe_refused']);
    });
  });

  it('ends a session with two errors, both heard', async () => {
    const [admin, session] = [await open('postgres'), await open('plain')];
    const client = new Client({ connectionString: url('plain') });
    const errors: string[] = [];
    client.on('error', (error: Error & { code?: string }) => errors.push(error.code ?? error.message));
    await client.connect();
    await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'plain'`);
    await eventually(() => expect(errors).toEqual(['57P01', 'Connection terminated unexpectedly']));
    await eventually(() => expect(session.alive()).toBe(false));
  });

  it('loses every session when one of its processes crashes, and comes back', async () => {
    const [victim, other] = [await open('plain'), await open('plain', { statementTimeout: 0 })];
    const lost = failureOf(other.query('SELECT pg_sleep(20)'));
    process.kill(victim.pid, 'SIGKILL');
    const failure = await lost;
    // Whether the socket is closed or reset is a matter of luck; the server says nothing but a notice.
    expect(failure && [failure.code, told(failure)[3]]).toEqual(['ECONNRESET', 'target target_unreachable']);
    await (await alone()).close();
  });

  it('takes no sessions while it recovers without being readable', async () => {
    const standby = await startPostgres(
      major,
      { hot_standby: 'off' },
      {
        prepare: (data) => writeFile(join(data, 'standby.signal'), ''),
        ready: 'entering standby mode',
      },
    );
    onTestFinished(() => standby.stop());
    await eventually(async () => {
      const [code, routine, , classed] = await refused(standby.url());
      expect([code, routine, classed]).toEqual([
        '57P03',
        major >= 17 ? 'BackendInitialize' : 'ProcessStartupPacket',
        'target not_ready',
      ]);
    });
  });

  it('takes no sessions while it shuts down, and none when it is gone', async () => {
    const last = await alone();
    process.kill(server.pid, 'SIGTERM');
    await eventually(async () =>
      expect(await refused(server.url())).toEqual([
        '57P03',
        major >= 17 ? 'BackendInitialize' : 'ProcessStartupPacket',
        'the database system is shutting down',
        'target not_ready',
      ]),
    );
    await last.close();
    await eventually(async () => expect((await refused(server.url()))[0]).toBe('ECONNREFUSED'));
    expect((await refused(server.url()))[3]).toBe('target target_unreachable');
  });
});
