// What one attempt at a rollback carries along, and its three ways of saying something: enter, note, end.
import type { Evidence, Json, RollbackOrder, RollbackReport, RollbackState, RollbackTools } from '../kit/index.ts';
import { type Journal, JournalFailure, Overtaken } from './journal.ts';
import type { Reason } from './reasons.ts';

export interface Course {
  order: RollbackOrder;
  tools: RollbackTools;
  journal: Journal;
  guards: RollbackReport['guards'];
  state: RollbackState;
  /** Monotonic milliseconds. */
  began: number;
  /** Monotonic milliseconds at which the whole rollback must be over; set once nobody is asked any more. */
  until: number;
  /** Something was done to production: from here on the journal may fail, the proof goes on. */
  acted: boolean;
  evidence?: Evidence;
}

/** Both revisions, once the guards know that there are two. */
export interface Way {
  from: string;
  to: string;
}

/** Milliseconds left of `rollback.deadline`. */
export const left = ({ until, tools }: Course): number => Math.max(0, until - tools.io.clock.monotonic());

/** Tells the reporters. */
export const say = ({ tools }: Pick<Course, 'tools'>, state: RollbackState, text: string): void =>
  tools.emit({ type: 'rollback', at: tools.io.clock.now(), state, text: tools.redact(text) });

/** Something that a person should know besides the states. */
export const note = ({ tools }: Pick<Course, 'tools'>, text: string): void =>
  tools.emit({ type: 'note', at: tools.io.clock.now(), level: 'warn', text: tools.redact(text) });

/** Writes the transition before it counts, and tells it. */
export const enter = async (
  course: Course,
  state: RollbackState,
  text: string,
  details: { [key: string]: Json } = {},
): Promise<void> => {
  const because = course.tools.redact(text);
  await writeLine(course, state, { because, ...details });
  course.state = state;
  say(course, state, text);
};

/** Before the act a journal that fails stops everything; after it nothing may stop the proof, which only reads. */
const writeLine = async (course: Course, state: RollbackState, details: { [key: string]: Json }): Promise<void> => {
  try {
    await course.journal.write(state, details);
  } catch (error) {
    if (!course.acted || !isAboutJournal(error)) throw error;
    note(course, `${error.message}; the rollback goes on`);
  }
};

const isAboutJournal = (error: unknown): error is Error =>
  error instanceof JournalFailure || error instanceof Overtaken;

/** Marks in the journal that a signal came; the state stays, so that the next call continues. */
export const markInterrupted = (course: Course): Promise<void> =>
  writeLine(course, course.state, { reason: 'interrupted', because: 'a signal asked holdpoint to end' });

export interface Ending {
  state: RollbackState;
  reason: Reason;
  because: string;
}

/** The endings after which something else than going back has to help. */
const helpful: readonly RollbackState[] = ['REFUSED', 'FAILED', 'UNVERIFIED'];

/** The report of a course as it stands. */
export const reportOf = (
  { order, tools, guards, evidence }: Pick<Course, 'order' | 'tools' | 'guards' | 'evidence'>,
  ending: Ending,
): RollbackReport => {
  const { from, to } = order;
  const { aftermath, fence } = tools.plan.platform;
  const mitigations = helpful.includes(ending.state) ? tools.plan.mitigations : [];
  return {
    state: ending.state,
    reason: ending.reason,
    because: tools.redact(ending.because),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    fence,
    verified: ending.state === 'ROLLED_BACK',
    guards,
    acts: tools.acts(),
    ...(aftermath === undefined ? {} : { aftermath }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(mitigations.length === 0 ? {} : { mitigations: mitigations.map(tools.redact) }),
    ...(from === undefined || to === undefined ? {} : { manual: tools.redact(tools.platform.manual({ from, to })) }),
  };
};

/** Ends the rollback: writes the report into the journal and tells it. */
export const end = async (course: Course, ending: Ending): Promise<RollbackReport> => {
  const report = reportOf(course, ending);
  const { reason, because } = report;
  await writeLine(course, ending.state, { reason, because, report: report as unknown as Json });
  course.state = ending.state;
  say(course, ending.state, sentenceOf(report));
  return report;
};

/** How an ending is told: what became of it, then why. */
export const sentenceOf = ({
  state,
  reason,
  because,
}: Pick<RollbackReport, 'state' | 'reason' | 'because'>): string => {
  if (state === 'REFUSED') return `not rolled back (${reason}): ${because}`;
  if (state === 'FAILED') return `the rollback failed (${reason}): ${because}`;
  return because;
};
