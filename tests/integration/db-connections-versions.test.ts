// What presses on the slots, and the way in through a walsender, on every PostgreSQL major.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPostgres } from '../../src/io/postgres.ts';
import { dbConnections } from '../../src/kinds/db-connections/index.ts';
import { spec as schema } from '../../src/kinds/db-connections/spec.ts';
import { historyOf, samples, tick, worldOf } from '../helpers/kinds.ts';
import { majorsHere, startPostgres } from '../helpers/postgres-versions.ts';

const postgres = createPostgres();

describe.each(majorsHere)('on PostgreSQL %i', (major) => {
  it('counts sessions where the server does, finds open transactions, and breaks the glass', async () => {
    const server = await startPostgres(major, {
      max_connections: '8',
      superuser_reserved_connections: '3',
      max_wal_senders: '2',
    });
    onTestFinished(() => server.stop());
    const admin = await postgres.connect(server.url(), {
      connectTimeout: 3000,
      statementTimeout: 0,
      applicationName: 'admin',
    });
    onTestFinished(() => admin.close());
    await admin.query("CREATE ROLE svc LOGIN PASSWORD 'svc-password'");
    await admin.query("CREATE ROLE guard LOGIN REPLICATION PASSWORD 'guard-password'");
    await admin.query('GRANT pg_monitor TO guard');
    const settings = { role: 'svc', breakGlass: 'walsender', idleInTransaction: { max: 0, olderThan: '1ms' } };
    const spec = schema.parse({ ...settings, postgres: server.url('guard', 'guard-password') });
    const session = await dbConnections.open(spec, worldOf({ postgres }));
    onTestFinished(() => session.close());
    const [first] = await session.sample(tick());
    expect(first).toMatchObject({ seen: { slots: { standby: false }, pressure: { idleLong: 0, idleOldest: null } } });
    const sessions = first && 'seen' in first ? first.seen.pressure?.sessions : undefined;
    expect(sessions === null).toBe(major < 14);
    await session.close();
    const ours = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'holdpoint'";
    await vi.waitFor(async () => expect(await admin.query(ours)).toEqual([{ n: 0 }]));

    for (let n = 0; n < 4; n += 1) {
      const one = await postgres.connect(server.url('svc', 'svc-password', 'postgres'), {
        connectTimeout: 3000,
        statementTimeout: 0,
        applicationName: 'svc@new',
      });
      onTestFinished(() => one.close());
      await one.query('BEGIN');
    }
    const again = await dbConnections.open(spec, worldOf({ postgres }));
    onTestFinished(() => again.close());
    const looks = [...(await again.sample(tick())), ...(await again.sample(tick())), ...(await again.sample(tick()))];
    for (const look of looks) expect(look).toMatchObject({ seen: { pressure: { idleLong: 4 } } });
    expect(dbConnections.judge(historyOf(samples(looks)), spec).because).toMatch(
      /^ordinary slots exhausted on 127\.0\.0\.1 \(53300 InitPostgres, 3 of 3 tries\); 5 usable of \d+ \(.*\), 5 in use; svc@new holds 4, admin 1; counted through a walsender, because no slot was left \(breakGlass\); new logins fail now/,
    );
  });
});
