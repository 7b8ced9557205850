// One check in one run: its session, its baseline, its samples, and what was confirmed so far.
import {
  type Baseline,
  type CheckPlan,
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
} from '../kit/index.ts';

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
}

const noBaseline: Baseline<Json> = { from: 'none', samples: [] };

/** Opens a check's session. A session that cannot be opened is a missed look, not the end of the run. */
export const openWatched = async (
  check: CheckPlan,
  plan: JudgePlan,
  world: World,
  marks: readonly Mark[],
): Promise<Watched> => ({
  check,
  opened: await openSession(check, world),
  plan,
  marks,
  baseline: noBaseline,
  before: undefined,
  samples: [],
  pending: undefined,
  confirmed: undefined,
});

const openSession = async (check: CheckPlan, world: World): Promise<Watched['opened']> => {
  if (check.unavailable !== undefined)
    return { missed: { by: 'ours', reason: 'unavailable', because: check.unavailable } };
  try {
    return { session: await check.kind.open(check.spec, world) };
  } catch (error) {
    if (isMissedLook(error)) return { missed: error.missed };
    const because = `could not be opened: ${error instanceof Error ? error.message : String(error)}`;
    return { missed: { by: 'ours', reason: 'open_failed', because } };
  }
};

/** Closes all sessions; one that fails to close does not keep the others open. */
export const closeAll = async (watched: readonly Watched[]): Promise<void> => {
  await Promise.allSettled(
    watched.map(async ({ opened }) => {
      if ('session' in opened) await opened.session.close();
    }),
  );
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
