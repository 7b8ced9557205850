// The users of the lab: some turn pages in sessions that they have, some sign in and out.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadPlan } from './load-plan.ts';
import { signInAndOut } from './sign-in.ts';

/** What the users saw so far: how often they asked, and how often they got no good answer. */
export interface Seen {
  pages: number;
  pageErrors: number;
  signIns: number;
  signInErrors: number;
}

/** Load that is under way. */
export interface Load {
  seen: Seen;
  /** Resolves when all users have gone home: after `stop`, or after the plan's limit. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** The longest that a user waits for an answer, milliseconds. */
const patienceMs = 5000;

/** A pause of three to five quarters of the mean, so that the users do not march in step. */
const pause = (meanMs: number, signal: AbortSignal): Promise<unknown> =>
  sleep(meanMs * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => undefined);

const turnPage = async (plan: LoadPlan, token: string): Promise<boolean> => {
  const response = await fetch(`${plan.base}/me`, {
    headers: { cookie: `session=${token}`, 'user-agent': 'lab-user' },
    redirect: 'manual',
    signal: AbortSignal.timeout(patienceMs),
  });
  await response.text();
  return response.status === 200;
};

/** A refused connection during a restart is an error that the user sees, and nothing more. */
const went = (attempt: Promise<boolean>): Promise<boolean> => attempt.catch(() => false);

const readPages = async (plan: LoadPlan, token: string, seen: Seen, signal: AbortSignal): Promise<void> => {
  await pause(plan.thinkMs * Math.random(), signal);
  while (!signal.aborted) {
    seen.pages += 1;
    if (!(await went(turnPage(plan, token)))) seen.pageErrors += 1;
    await pause(plan.thinkMs, signal);
  }
};

const signInAgainAndAgain = async (plan: LoadPlan, seen: Seen, signal: AbortSignal): Promise<void> => {
  const underWay = new Set<Promise<void>>();
  for (let turn = 0; !signal.aborted; turn += 1) {
    const account = plan.accounts[turn % plan.accounts.length] ?? '';
    const attempt = went(signInAndOut(plan.base, account, plan.password, patienceMs)).then((good) => {
      seen.signIns += 1;
      if (!good) seen.signInErrors += 1;
      underWay.delete(attempt);
    });
    underWay.add(attempt);
    await pause(plan.signInEveryMs, signal);
  }
  await Promise.all(underWay);
};

/** Sends the traffic of the plan until it is stopped or its limit is over. */
export const startLoad = (plan: LoadPlan): Load => {
  const home = new AbortController();
  const limit = setTimeout(() => home.abort(), plan.limitMs);
  const seen: Seen = { pages: 0, pageErrors: 0, signIns: 0, signInErrors: 0 };
  const users = plan.sessions.map((token) => readPages(plan, token, seen, home.signal));
  const ended = Promise.all([...users, signInAgainAndAgain(plan, seen, home.signal)]).then(() => clearTimeout(limit));
  return {
    seen,
    ended,
    stop() {
      home.abort();
      return ended;
    },
  };
};
