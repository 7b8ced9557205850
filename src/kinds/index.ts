// All kinds, one line each.
import type { AnyKind } from '../kit/index.ts';
import { connectionBudget } from './connection-budget/index.ts';
import { dbConnections } from './db-connections/index.ts';
import { dbErrors } from './db-errors/index.ts';
import { errorRateDelta } from './error-rate-delta/index.ts';
import { http } from './http/index.ts';
import { latencyDelta } from './latency-delta/index.ts';
import { login } from './login/index.ts';
import { poolWait } from './pool-wait/index.ts';

export const kinds: readonly AnyKind[] = [
  login,
  http,
  errorRateDelta,
  latencyDelta,
  dbConnections,
  poolWait,
  connectionBudget,
  dbErrors,
];
