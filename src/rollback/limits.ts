// What holds automatic rollbacks back: a freeze, the age of the deploy, the budgets, and going back and forth.
import { duration, isoTime } from '../kit/index.ts';
import { concerns, freezeSentence, standingFreezes } from './freezes.ts';
import { type Answer, type Case, pass, refuse } from './guard.ts';
import { hasPassedSince, type PastRollback, pastRollbacks, pastRollbacksOfAll } from './history.ts';

/** The time in which automatic rollbacks are counted, milliseconds: one per service and environment. */
const budgetTime = 3_600_000;

/** Nobody asks for it and nobody is asked. */
export const isAutomatic = ({ order, tools }: Pick<Case, 'order' | 'tools'>): boolean =>
  order.by === 'run' && !tools.confirm;

/** A person may go back in a freeze, and is told of it. */
export const isNotFrozen = async ({ order, tools }: Case): Promise<Answer> => {
  const standing = await standingFreezes(tools.store, tools.io.clock.now(), order.service);
  const freeze = standing.find((each) => concerns(each, order.environment));
  if (!freeze) return pass(`${order.service} is not frozen`);
  const sentence = freezeSentence(freeze);
  return isAutomatic({ order, tools }) ? refuse('frozen', sentence) : pass(`${sentence}; a person decides`);
};

/** Long after a deploy other things have changed, too: then a person has to look. */
export const isInTime = ({ order, tools }: Case): Answer => {
  const { validFor } = tools.plan;
  if (!isAutomatic({ order, tools })) return pass('a person decides');
  if (order.deployedAt === undefined) return pass('when it was deployed is not known');
  const age = tools.io.clock.now() - Date.parse(order.deployedAt);
  const since = `deployed ${duration(Math.max(0, age))} ago`;
  return age > validFor ? refuse('expired', `${since}, at most ${duration(validFor)}`) : pass(since);
};

/** One automatic rollback of this service in this environment. */
export const isWithinBudget = async ({ order, tools }: Case): Promise<Answer> => {
  if (!isAutomatic({ order, tools })) return pass('a person decides');
  const [last] = recent(await pastRollbacks(tools.store, order), tools.io.clock.now());
  if (!last) return pass(`no automatic rollback in the last ${duration(budgetTime)}`);
  return refuse(
    'budget',
    `${last.from} was rolled back automatically at ${isoTime(last.actedAt)}; at most 1 in ${duration(budgetTime)}`,
  );
};

/** So many of all services in this environment: more at once point to what they share. */
export const isWithinEnvironmentBudget = async ({ order, tools }: Case): Promise<Answer> => {
  if (!isAutomatic({ order, tools })) return pass('a person decides');
  const most = tools.plan.perEnvironment;
  const past = recent(await pastRollbacksOfAll(tools.store, order), tools.io.clock.now());
  const text = `${past.length} automatic rollbacks in ${order.environment} in the last ${duration(budgetTime)}`;
  if (past.length < most) return pass(`${text}, at most ${most}`);
  const services = [...new Set(past.map(({ service }) => service))].join(', ');
  return refuse('environment_budget', `${text} (${services}); at most ${most}`);
};

const recent = (past: readonly PastRollback[], now: number): PastRollback[] =>
  past.filter(({ automatic, actedAt }) => automatic && actedAt > now - budgetTime).sort(latestFirst);

/** Never onto a revision that was itself rolled back, never a rollback of a rollback, until it has passed again. */
export const doesNotFlap = async ({ order, tools: { store } }: Case): Promise<Answer> => {
  if (order.by === 'person') return pass('a person decides');
  const { from, to } = order;
  const past = (await pastRollbacks(store, order)).sort(latestFirst);
  const away = past.find((each) => each.from === to);
  if (away && !(await hasPassedSince(store, order, to ?? '', away.actedAt)))
    return refuse('flap', `${to} was itself rolled back at ${isoTime(away.actedAt)} and has not passed since`);
  const back = past.find((each) => each.to === from);
  if (back && !(await hasPassedSince(store, order, from ?? '', back.actedAt)))
    return refuse(
      'flap',
      `${from} was put in place by a rollback at ${isoTime(back.actedAt)} and has not passed since`,
    );
  return pass(`${to} was not rolled back before`);
};

const latestFirst = (a: PastRollback, b: PastRollback): number => b.actedAt - a.actedAt;
