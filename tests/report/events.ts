// A stream of events as the engine emits them: the incident, from the start to the rollback.
import type { RunEvent, RunRecord, Verdict } from '../../src/kit/index.ts';

/** Epoch milliseconds of the first event: 2026-11-22T02:47:00Z. */
export const start = Date.UTC(2026, 10, 22, 2, 47, 0);

/** The announcement of a run over the checks of a record. */
export const startedOf = (record: RunRecord, at = start): RunEvent => ({
  type: 'started',
  at,
  verb: record.verb,
  runId: record.runId,
  service: record.service,
  environment: record.environment,
  release: record.release.label,
  shadow: record.shadow,
  checks: record.checks.map(({ id, title, kind, layer, onFail }) => ({ id, title, kind, layer, onFail })),
  plan: record.plan,
});

/** A verdict on a check, passing unless told otherwise. */
export const verdictOf = (check: string, at: number, fields: Partial<Verdict> = {}): RunEvent => ({
  type: 'verdict',
  at,
  check,
  attribution: fields.outcome === 'fail' ? 'introduced' : 'none',
  verdict: { outcome: 'pass', settled: true, reason: 'ok', because: `${check} is fine`, ...fields },
});

/** The events of a second of the hold: `leaked` connections, and logins that fail from 37 on. */
const second = (at: number, leaked: number): RunEvent[] => {
  const full = leaked >= 37;
  return [
    verdictOf(
      'login',
      at,
      full
        ? { outcome: 'fail', reason: 'http_5xx', because: 'POST /login answered 500 in 9 ms, 3 times in a row' }
        : { value: 212, unit: 'ms' },
    ),
    {
      ...verdictOf('db-connections', at, {
        value: leaked,
        limit: 35,
        unit: 'connections',
        because: `${leaked} of 37 usable slots in use (limit 35)`,
        ...(leaked >= 35 ? { outcome: 'fail', reason: 'slots_exhausted' } : {}),
      }),
      baseline: 4,
    } as RunEvent,
    verdictOf('error-rate-delta', at, { value: full ? 0.41 : 0.005, limit: 0.05, unit: 'share' }),
    verdictOf('pool-wait', at, { value: 2, limit: 50, unit: 'ms' }),
  ];
};

/** Everything that happens in the incident, in order; times are a second apart. */
export const incidentEvents = (record: RunRecord): RunEvent[] => {
  const at = (seconds: number): number => start + seconds * 1000;
  return [
    startedOf(record),
    {
      type: 'phase',
      at: at(0),
      phase: 'baseline',
      length: 8000,
      text: 'baseline: looking at 4 checks before the deploy, at most 8 s',
    },
    { type: 'phase', at: at(1), phase: 'deploy', length: 0, text: 'deploy: ./deploy.sh 9f3c1a2' },
    { type: 'output', at: at(1), line: 'current -> releases/rs-5c41' },
    {
      type: 'phase',
      at: at(2),
      phase: 'hold',
      length: 60_000,
      text: 'hold: all checks green together for 10 s, at most 60 s',
    },
    ...[5, 12, 19, 28, 37, 37, 37].flatMap((leaked, index) => second(at(3 + index), leaked)),
    { type: 'note', at: at(9), level: 'warn', text: 'the platform answers slowly: 4 s' },
    { type: 'mark', at: at(10), name: 'decision', data: 'rollback' },
    { type: 'decided', at: at(10), decision: record.decision, diagnosis: record.diagnosis },
    { type: 'rollback', at: at(10), state: 'PLANNED', text: 'back from rs/5c41 to rs/7d9f' },
    { type: 'rollback', at: at(11), state: 'EXECUTING', text: 'current is set to releases/rs-7d9f' },
    {
      type: 'phase',
      at: at(12),
      phase: 'verify',
      length: 10_000,
      text: 'verifying the rollback: login must be green for 5 s',
    },
    verdictOf('login', at(13)),
    { type: 'rollback', at: at(18), state: 'ROLLED_BACK', text: 'rs/7d9f is live again and green for 5 s' },
  ];
};
