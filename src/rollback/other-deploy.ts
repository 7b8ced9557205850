// Whether somebody else is deploying right now: an instance runs what is neither under test nor the target.
import { duration, type Live } from '../kit/index.ts';
import { type Answer, type Case, pass, refuse } from './guard.ts';
import { readLive } from './live.ts';

/** Milliseconds for which another deploy is waited for, and between two looks. */
const wait = { most: 60_000, poll: 3000 };

/** Waits for the end of another deploy, but not for long; what is live then is read by the fence. */
export const noOtherDeploy = async ({ order, tools, live }: Case): Promise<Answer> => {
  const { clock } = tools.io;
  const until = clock.monotonic() + wait.most;
  let strangers = strangersOf(live, order);
  while (strangers.length > 0 && clock.monotonic() < until && !tools.signal.aborted) {
    await clock.sleep(wait.poll, tools.signal);
    const found = await readLive({ tools, order });
    if ('live' in found) strangers = strangersOf(found.live, order);
  }
  if (strangers.length === 0) return pass('no other deploy is under way');
  const text = `${strangers.join(', ')}: somebody else is deploying, and was not done within ${duration(wait.most)}`;
  return refuse('deploy_in_progress', text);
};

/** A service of several parts names the parts' revisions in its own. */
const strangersOf = ({ revision, instances = {} }: Live, { from = '', to = '' }: Case['order']): string[] => {
  const known = [from, to, revision];
  return Object.entries(instances)
    .filter(([, runs]) => !known.some((each) => each.includes(runs)))
    .map(([name, runs]) => `${name} runs ${runs}`);
};
