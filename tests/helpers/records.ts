// Builds records for tests of everything that reads them: a healthy run by default, and the endings that matter.
import type { Chart, LastCounted, RecordedCheck, RollbackReport, RunRecord } from '../../src/kit/index.ts';

/** A passed check; every field can be given. */
export const checkOf = (fields: Partial<RecordedCheck> & { id: string }): RecordedCheck => ({
  kind: fields.id,
  layer: 'service',
  title: fields.id,
  outcome: 'pass',
  reason: 'ok',
  because: `${fields.id} is fine`,
  attribution: 'none',
  onFail: 'rollback',
  action: 'none',
  baseline: { from: 'captured', samples: [] },
  parts: [],
  charts: [],
  samples: [],
  ...fields,
});

const login = checkOf({ id: 'login', layer: 'user', title: 'Login', because: 'logged in and out in 212 ms' });
const errors = checkOf({
  id: 'error-rate-delta',
  title: 'Error rate',
  reason: 'no_sign_of_harm',
  because: '0.5 % of 312 requests failed, before 0.5 %; could not exclude up to 2.65 %',
  value: 0.005,
  limit: 0.05,
  unit: 'share',
});
const connections = checkOf({
  id: 'db-connections',
  layer: 'database',
  title: 'Database connections',
  because: '12 of 37 usable slots in use (limit 29)',
  value: 12,
  limit: 29,
  unit: 'connections',
});
const pool = checkOf({
  id: 'pool-wait',
  layer: 'pool',
  title: 'Pool wait',
  because: 'waits for a connection: p99 2 ms (limit 50 ms)',
  value: 2,
  limit: 50,
  unit: 'ms',
});

/** The four checks of a healthy service. */
export const healthyChecks: readonly RecordedCheck[] = [login, errors, connections, pool];

/** A run that passed; every field can be given. */
export const recordOf = (fields: Partial<RunRecord> = {}): RunRecord => ({
  format: 'holdpoint.record/1',
  runId: 'run-7f3a',
  verb: 'run',
  service: 'auth',
  environment: 'production',
  profile: 'deploy-profiles/auth.yaml',
  actor: { kind: 'ci', name: 'pipeline 812' },
  release: { label: '9f3c1a2', from: 'rs/5c41', to: 'rs/7d9f', liveAtEnd: 'rs/5c41' },
  startedAt: '2026-11-22T02:47:00.000Z',
  finishedAt: '2026-11-22T02:48:20.000Z',
  decision: { action: 'pass', because: [] },
  diagnosis: { layer: 'none', headline: '4 checks passed; nothing points to a fault.', next: [] },
  checks: [...healthyChecks],
  plan: {
    baseline: 15_000,
    rollout: 900_000,
    warmup: 10_000,
    for: 60_000,
    every: 5000,
    failAfter: 3,
    errorGrace: 15_000,
    deadline: 300_000,
  },
  marks: [],
  overrides: [],
  shadow: false,
  exitCode: 0,
  tool: { version: '0.1.0', profileHash: 'sha256:00' },
  ...fields,
});

const slots = '37 of 37 usable slots in use (limit 35); auth_svc of release rs/5c41 holds 34, before the deploy 4';

/** Who held the connections when they were counted for the last time. */
export const counted: Omit<LastCounted, 'runId' | 'at'> = {
  title: 'connections in use',
  unit: 'connections',
  limit: 35,
  of: [
    { name: 'auth@9f2c1e8', value: 36 },
    { name: 'worker', value: 1 },
  ],
};

/** The checks during the incident: the connections are used up, so that logins and pages fail. */
export const incidentChecks: readonly RecordedCheck[] = [
  {
    ...login,
    outcome: 'fail',
    reason: 'http_5xx',
    because: 'POST /login answered 500 in 9 ms, 3 times in a row',
    attribution: 'introduced',
    action: 'rollback',
    next: 'read the log of the service at the time of the failed login',
  },
  {
    ...errors,
    outcome: 'fail',
    reason: 'worse',
    because: '41 % of 122 requests failed (ceiling 5 %), before 0.5 %',
    value: 0.41,
    attribution: 'introduced',
    action: 'rollback',
  },
  {
    ...connections,
    outcome: 'fail',
    reason: 'slots_exhausted',
    because: slots,
    value: 37,
    limit: 35,
    attribution: 'introduced',
    action: 'rollback',
    baseline: { from: 'captured', value: 4, samples: [] },
    next: 'look for code in the new release that takes a connection and never gives it back',
  },
  { ...pool, because: 'waits for a connection: p99 3 ms (limit 50 ms)' },
];

const rolledBack: RollbackReport = {
  state: 'ROLLED_BACK',
  reason: '',
  because: 'rs/7d9f is live again, and login, error-rate-delta, db-connections are green again for 30 s.',
  from: 'rs/5c41',
  to: 'rs/7d9f',
  fence: 'client',
  verified: true,
  guards: [],
  acts: [],
  manual: 'ln -sfn releases/rs-7d9f current && ./restart.sh',
};

/** The incident of the design, caught and taken back; every field can be given. */
export const incidentRecord = (fields: Partial<RunRecord> = {}): RunRecord =>
  recordOf({
    release: { label: '9f3c1a2', from: 'rs/5c41', to: 'rs/7d9f', liveAtEnd: 'rs/7d9f' },
    decision: {
      action: 'rollback',
      because: incidentChecks.flatMap(({ id, reason, because, outcome }) =>
        outcome === 'fail' ? [{ check: id, reason, text: because }] : [],
      ),
    },
    diagnosis: {
      layer: 'database',
      headline: `${slots}. error-rate-delta and login fail now, most likely because of it.`,
      next: ['look for code in the new release that takes a connection and never gives it back'],
    },
    checks: [...incidentChecks],
    rollback: rolledBack,
    exitCode: 20,
    ...fields,
  });

/** The rollback of the incident, in another state. */
export const rollbackOf = (fields: Partial<RollbackReport>): RollbackReport => ({ ...rolledBack, ...fields });

/** Asked by hand: one check fails that was fine in the last good run, the database is well. */
export const stillFailing = (): RunRecord => {
  const stacked = (name: string, value: number) => ({
    name,
    points: [{ at: Date.parse(recordOf().startedAt), value }],
  });
  const chart: Chart = {
    title: 'connections in use',
    unit: 'connections',
    limit: 35,
    stacked: true,
    series: [stacked('auth@9f2c1', 20), stacked('worker', 12)],
  };
  const down: Partial<RecordedCheck> = {
    outcome: 'fail',
    reason: 'http_5xx',
    because: 'POST /login answered 500',
    attribution: 'introduced',
    action: 'block',
  };
  const baseline: RecordedCheck['baseline'] = { from: 'captured', value: 8, samples: [] };
  return recordOf({
    verb: 'check',
    release: { label: '' },
    comparedWith: { runId: 'run-6e29', finishedAt: '2026-11-21T22:10:03.000Z', label: '77ab0c4' },
    decision: { action: 'block', because: [{ check: 'login', reason: 'http_5xx', text: 'POST /login answered 500' }] },
    diagnosis: { layer: 'none', headline: '', next: [] },
    checks: [{ ...login, ...down }, errors, { ...connections, charts: [chart], baseline }, pool],
    exitCode: 10,
  });
};
