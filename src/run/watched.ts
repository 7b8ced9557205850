// One check in one run: its session, its baseline, its samples, and what was confirmed so far.
import {
  type Baseline,
  type CheckPlan,
  type Clock,
  type History,
  isMissedLook,
  type Json,
  type JudgePlan,
  type Mark,
  type Missed,
  type Sample,
  type Session,
  type Verdict,
  type World,
  messageOf,
} from '../kit/index.ts';
import { deadlineIn } from './deadline.ts';
import type { Turns } from './turns.ts';

export interface Watched {
  readonly check: CheckPlan;
  /** The session, or why there is none. */
  readonly opened: { session: Session<Json> } | { missed: Missed };
  readonly plan: JudgePlan;
  readonly marks: readonly Mark[];
  baseline: Baseline<Json>;
  /** The verdict on the baseline: what attribution compares with. */
  before: Verdict | undefined;
  /** Everything after the baseline, in time order. */
  samples: Sample<Json>[];
  /** The look under way, if any: a check never overlaps itself. */
  pending: Promise<unknown> | undefined;
  /** A confirmed failure stays: the release has had its chance. */
  confirmed: Verdict | undefined;
  /** What all looks of the run take turns by; absent: nothing is limited. */
  readonly turns?: Turns;
}

const noBaseline: Baseline<Json> = { from: 'none', samples: [] };

/** Opens a check's session. A session that cannot be opened is a missed look, not the end of the run. */
export const openWatched = async (
  check: CheckPlan,
  plan: JudgePlan,
  world: World,
  marks: readonly Mark[],
  turns: Turns,
): Promise<Watched> => ({
  check,
  turns,
  opened: await openSession(check, world),
  plan,
  marks,
  baseline: noBaseline,
  before: undefined,
  samples: [],
  pending: undefined,
  confirmed: undefined,
});

/** Milliseconds that a kind may take to open, and to close, what it needs. */
const patience = { open: 10_000, close: 5000 };

const openSession = async (check: CheckPlan, world: World): Promise<Watched['opened']> => {
  if (check.unavailable !== undefined)
    return { missed: { by: 'ours', reason: 'unavailable', because: check.unavailable } };
  const deadline = deadlineIn(world.io.clock, patience.open);
  try {
    const opening: Promise<unknown> = check.kind.open(check.spec, world);
    const session = await Promise.race([opening, deadline.over.then(() => 'late')]);
    if (isSession(session)) return { session };
    return notOpened(
      session === 'late' ? `it did not come back within ${patience.open / 1000} s` : 'it gave no session',
    );
  } catch (error) {
    if (isMissedLook(error)) return { missed: error.missed };
    return notOpened(messageOf(error));
  } finally {
    deadline.clear();
  }
};

const notOpened = (why: string): Watched['opened'] => ({
  missed: { by: 'ours', reason: 'open_failed', because: `could not be opened: ${why}` },
});

/** Kinds may come from other packages. */
const isSession = (session: unknown): session is Session<Json> =>
  typeof session === 'object' &&
  session !== null &&
  'sample' in session &&
  typeof session.sample === 'function' &&
  'close' in session &&
  typeof session.close === 'function';

/** Closes all sessions; one that fails or hangs does not keep the others open, or the run from ending. */
export const closeAll = async (watched: readonly Watched[], clock: Clock): Promise<void> => {
  const deadline = deadlineIn(clock, patience.close);
  const closing = watched.map(async ({ opened }) => {
    if ('session' in opened) await opened.session.close();
  });
  await Promise.race([Promise.allSettled(closing), deadline.over]);
  deadline.clear();
};

/** The same check with a fresh history, for the verification of a rollback. */
export const afresh = (watched: Watched): Watched => ({ ...watched, samples: [], confirmed: undefined });

/** What the judge gets to see. */
export const historyOf = (watched: Watched, now: number, ended: boolean): History<Json> => ({
  baseline: watched.baseline,
  samples: watched.samples,
  control: [],
  marks: [...watched.marks],
  plan: watched.plan,
  now,
  ended,
});
