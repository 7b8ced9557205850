// The guards of a rollback as a table: each says why it lets pass, or refuses with a reason of its own.
import { bounded } from './bounded.ts';
import { type Answer, type Case, type Guard, pass, refuse } from './guard.ts';
import { doesNotFlap, isInTime, isNotFrozen, isWithinBudget, isWithinEnvironmentBudget } from './limits.ts';
import { noOtherDeploy } from './other-deploy.ts';
import { isReversible } from './reversible.ts';

/** In this order; the first that refuses decides. */
export const guards: readonly Guard[] = [
  { name: 'target', check: hasTarget },
  { name: 'still live', check: isStillLive },
  { name: 'platform', check: platformAllows },
  { name: 'target exists', check: targetExists },
  { name: 'permitted', check: isPermitted },
  { name: 'not frozen', check: isNotFrozen },
  { name: 'in time', check: isInTime },
  { name: 'budget', check: isWithinBudget },
  { name: 'budget of the environment', check: isWithinEnvironmentBudget },
  { name: 'reversible', check: isReversible },
  { name: 'no other deploy', check: noOtherDeploy },
  { name: 'no flapping', check: doesNotFlap },
];

/** Two different revisions are known. */
export function hasTarget({ order: { from, to } }: Pick<Case, 'order'>): Answer {
  if (to === undefined) return refuse('no_target', 'no revision was captured before the deploy');
  if (from === undefined) return refuse('from_unknown', 'the platform could not tell which revision was under test');
  if (from === to) return refuse('no_target', `${to} was live before the deploy and is the revision under test`);
  return pass(`${to} was live before the deploy`);
}

function isStillLive({ order: { from, to }, live }: Case): Answer {
  if (live.revision === from) return pass(`${live.revision} is still live`);
  // Only reached when an earlier attempt was killed half-way: what is left of the way is gone.
  if (live.revision === to) return pass(`an earlier attempt got as far as: ${live.detail}`);
  return refuse('superseded', `${live.revision} is live, not ${from}: somebody else has deployed`);
}

/** Milliseconds for one answer of the platform, and after its abort. */
const answering = { ms: 30_000, grace: 2000 };

/** A platform that fails or is silent here must not be acted on: nobody knows what it would do. */
const askPlatform = async (
  { tools: { io, signal } }: Case,
  what: string,
  question: (signal: AbortSignal) => Promise<string | undefined> | undefined,
  toAnswer: (found: string | undefined) => Answer,
): Promise<Answer> => {
  try {
    const bounds = { clock: io.clock, signal, ...answering };
    return toAnswer(await bounded(bounds, async (stop) => question(stop)));
  } catch (error) {
    return refuse('platform_unclear', `the platform could not tell ${what}: ${(error as Error).message}`);
  }
};

function platformAllows(given: Case): Promise<Answer> {
  const { platform } = given.tools;
  return askPlatform(
    given,
    'whether it may act',
    (stop) => platform.forbidden?.(stop),
    (why) => (why === undefined ? pass('the platform lets it act') : refuse('managed_elsewhere', why)),
  );
}

function targetExists(given: Case): Promise<Answer> {
  const { platform } = given.tools;
  const { to = '' } = given.order;
  const sentence = platform.targetMissing
    ? `${to} is still there`
    : `the platform cannot tell whether ${to} is still there`;
  return askPlatform(
    given,
    `whether ${to} is still there`,
    () => platform.targetMissing?.(to),
    (missing) => (missing === undefined ? pass(sentence) : refuse('target_missing', missing)),
  );
}

/** The profile's mode, and a fence that is strong enough when nobody watches. */
function isPermitted({ order, tools: { io, plan, confirm } }: Case): Answer {
  const outer = io.env('HOLDPOINT_ROLLBACK_OF');
  if (outer !== undefined)
    return refuse('not_permitted', `this runs inside the rollback of ${outer}: none begins in another`);
  if (order.by === 'person') return pass(`${order.actor.name} asked for it`);
  if (plan.mode === 'shadow') return refuse('not_permitted', 'the mode is shadow: nothing is ever rolled back');
  if (confirm) return pass('a person is asked');
  if (plan.mode === 'ask') return refuse('not_permitted', 'the mode is ask, and nobody can be asked');
  if (plan.platform.fence === 'client' && !plan.allowClientFence)
    return refuse(
      'not_permitted',
      `${plan.platform.name} compares before it acts, which leaves a race; auto needs \`allowClientFence: true\``,
    );
  return pass(`the mode is auto, the fence ${plan.platform.fence}`);
}

/** Asks the guards one after the other; ends with the first that refuses. */
export const askGuards = async (given: Case): Promise<{ name: string; answer: Answer }[]> => {
  const answers: { name: string; answer: Answer }[] = [];
  for (const { name, check } of guards) {
    const answer = await check(given);
    answers.push({ name, answer });
    if (!answer.ok) break;
  }
  return answers;
};
