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

/** All built-in kinds by name: each is made when it is asked for, because most runs need one or two. */
export const kinds: Readonly<Record<string, () => AnyKind>> = {
  login: () => login,
  http: () => http,
  'error-rate-delta': () => errorRateDelta,
  'latency-delta': () => latencyDelta,
  'db-connections': () => dbConnections,
  'pool-wait': () => poolWait,
  'connection-budget': () => connectionBudget,
  'db-errors': () => dbErrors,
};
