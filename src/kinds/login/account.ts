// How often an account may be refused in a run before it is left in peace: counted over all its instances and checks.
import type { Missed } from '../../kit/outcomes.ts';
import type { Phase } from '../../kit/samples.ts';
import type { LoginSeen, StepSeen } from './seen.ts';

/**
 * Five wrong passwords in a row lock an account in common products, whatever the phases of a run: two are left to what
 * comes before the judging, four in all to the hold (the rest of its looks count as refused), and one more proves a
 * rollback.
 */
export const mostRefusals = (phase: Phase): number => {
  switch (phase) {
    case 'baseline':
    case 'deploy':
    case 'rollout':
    case 'warmup':
      return 2;
    case 'hold':
    case 'stimulus':
    case 'last':
      return 4;
    case 'verify':
      return 5;
  }
  return phase satisfies never;
};

/** Refusals in a row, and the step that was refused last. */
interface Tally {
  refusals: number;
  last: StepSeen | undefined;
  /** Its place in the login, from 1. */
  at: number;
}

/** A look that wants to use the account. */
export interface Wish {
  /** Base URL of the instance. */
  place: string;
  phase: Phase;
  /** Whether one wrong password would be sent as well. */
  wrong: boolean;
  signal: AbortSignal;
}

/** What came of a wish. */
export type Turn =
  /** The look may be taken; call `leave` with what it saw, or with nothing. */
  | { may: true; wrong: boolean; leave(seen?: LoginSeen): void }
  /** It would be one refusal too many, or the account is held back; `seen` stands for the look, `missed` for none. */
  | { may: false; seen: LoginSeen }
  | { may: false; missed: Missed };

/** What a run knows of one account. */
export interface Account {
  /** Set when a service holds it back: it is not tried again in the run. */
  heldBack: Missed | undefined;
  /** Whether it was refused somewhere since it was last let in. */
  isUneasy(): boolean;
  /** Counts what a login outside of the turns saw, like one of a burst. */
  told(place: string, seen: LoginSeen): void;
  /** Waits until a refusal of this look would be none too many: what is under way may be refused as well. */
  enter(wish: Wish): Promise<Turn>;
}

const isLetIn = ({ steps }: LoginSeen): boolean =>
  steps.some(({ role, outcome }) => role === 'probe' && outcome === 'granted');

/** A service that answers a wrong password with a page like any other is told by the page behind the login. */
const refusedAt = ({ steps }: LoginSeen): number =>
  steps
    .filter(({ role }) => role !== 'negative')
    .findIndex(({ role, outcome }) => role !== 'logout' && outcome === 'refused');

const wrongRefused = ({ steps }: LoginSeen): number =>
  steps.filter(({ name, outcome }) => name === 'a wrong password' && outcome === 'refused').length;

/** Refusals in a row after this look: the wrong password of ours counts as well, until the right one is taken. */
const tallied = (before: Tally, seen: LoginSeen): Tally => {
  if (isLetIn(seen)) return nothingYet;
  const index = refusedAt(seen);
  const refusals = before.refusals + wrongRefused(seen) + (index < 0 ? 0 : 1);
  const last = seen.steps.filter(({ role }) => role !== 'negative')[index];
  return last ? { refusals, last, at: index + 1 } : { ...before, refusals };
};

const nothingYet: Tally = { refusals: 0, last: undefined, at: 1 };

/** What stands for a look in which the account was left in peace: the step that was refused before. */
const notTried = ({ last, at }: Tally, refusals: number): LoginSeen | undefined => {
  if (!last) return undefined;
  const { hops: _, ...step } = last;
  const because = `not tried again after ${refusals} refusals in a row, as more could lock the account`;
  const note = /^status \d+$|^$/.test(step.note) ? because : `${step.note}; ${because}`;
  return { steps: [{ ...step, at, ms: 0, note }], ms: 0 };
};

const spared = (refusals: number): Missed => ({
  by: 'ours',
  reason: 'account_spared',
  because: `not tried here: the account was refused ${refusals} times in a row elsewhere in this run, and more could lock it`,
});

const givenUp: Missed = {
  by: 'ours',
  reason: 'account_spared',
  because:
    'not tried here: other logins of the account were still under way, and so many refusals at once could lock it',
};

/** Opens the account at the beginning of a run. */
export const openAccount = (): Account => {
  const places = new Map<string, Tally>();
  let all = nothingYet;
  // What logins that are under way may add.
  let pending = 0;
  const waiting = new Set<() => void>();

  const wake = (): void => {
    for (const go of waiting) go();
    waiting.clear();
  };

  const nextChange = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const go = (): void => {
        signal.removeEventListener('abort', go);
        resolve();
      };
      waiting.add(go);
      signal.addEventListener('abort', go, { once: true });
    });

  const told = (place: string, seen: LoginSeen): void => {
    places.set(place, tallied(places.get(place) ?? nothingYet, seen));
    all = tallied(all, seen);
  };

  const begin = (place: string, tries: number): Turn => {
    pending += tries;
    const leave = (seen?: LoginSeen): void => {
      pending -= tries;
      if (seen) told(place, seen);
      wake();
    };
    return { may: true, wrong: tries > 1, leave };
  };

  const account: Account = {
    heldBack: undefined,
    told,
    isUneasy: () => all.refusals > 0 || [...places.values()].some(({ refusals }) => refusals > 0),
    async enter({ place, phase, wrong, signal }) {
      const most = mostRefusals(phase);
      for (;;) {
        if (account.heldBack) return { may: false, missed: account.heldBack };
        const own = places.get(place) ?? nothingYet;
        const refusals = Math.max(own.refusals, all.refusals);
        if (refusals >= most) {
          const seen = notTried(own, refusals);
          return seen ? { may: false, seen } : { may: false, missed: spared(refusals) };
        }
        const tries = wrong && !account.isUneasy() ? 2 : 1;
        if (all.refusals + pending + tries <= most) return begin(place, tries);
        if (signal.aborted) return { may: false, missed: givenUp };
        await nextChange(signal);
      }
    },
  };
  return account;
};
