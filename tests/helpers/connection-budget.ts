// One look and one verdict of connection-budget at a real server, for the tests of its two sorts of server.
import { onTestFinished } from 'vitest';
import type { Seen } from '../../src/kinds/connection-budget/budget.ts';
import { connectionBudget } from '../../src/kinds/connection-budget/index.ts';
import { spec as schema } from '../../src/kinds/connection-budget/spec.ts';
import type { Look, Verdict } from '../../src/kit/index.ts';
import { historyOf, samples, tick, worldOf } from './kinds.ts';

/** Three replicas and one surge with two connections each, in all the slots; `settings` name the server. */
export const judgedBudget = async (
  world: Parameters<typeof worldOf>[0],
  settings: object,
): Promise<{ verdict: Verdict; looks: Look<Seen>[] }> => {
  const spec = schema.parse({
    role: 'auth_svc',
    headroom: '100%',
    clients: { auth: { replicas: 3, surge: 1, poolMax: 2 } },
    connectTimeout: '10s',
    statementTimeout: '10s',
    ...settings,
  });
  const session = await connectionBudget.open(spec, worldOf(world));
  onTestFinished(() => session.close());
  const looks = await session.sample({ ...tick(), timeout: 10_000 });
  return { looks, verdict: connectionBudget.judge(historyOf(samples(looks)), spec) };
};
