// The plan of a rollback by hand on one screen of 24 lines and 100 columns: may I, from where to where, with what, what then.
import { duration, isoTime, type RollbackPlan } from '../kit/index.ts';
import { cut, wrap } from '../report/width.ts';
import type { Examined } from '../rollback/index.ts';
import type { Candidate } from './candidates.ts';

export interface PlanFacts {
  /** `auth/production`. */
  name: string;
  from: string;
  to: string;
  examined: Examined;
  candidates: readonly Candidate[];
  plan: RollbackPlan;
  /** The exact command. */
  manual: string;
  /** Epoch milliseconds. */
  now: number;
}

const screen = { columns: 100, candidates: 5, mitigations: 3, sentence: 3, command: 3 };

/** The lines, the answer first. */
export const planLines = (facts: PlanFacts): string[] => {
  const { name, from, to, examined, plan, manual, now } = facts;
  const { ok, reason, because } = examined;
  const answer = ok ? 'YES' : `NO (${reason})`;
  const target = facts.candidates.find(({ revision }) => revision === to);
  const escalate = isoTime(now + plan.deadline).slice(11, 16);
  return [
    ...folded(`${name}: can I roll back? ${answer}, because ${because}`, screen.sentence),
    ...field('from', `${from} (live now${examined.live ? `: ${examined.live.detail}` : ''})`, 2),
    ...field('to', `${to} (${target ? factsOf(target, now) : 'not seen live by a run that is kept'})`, 2),
    ...field('with', manual, screen.command),
    ...field('fence', fences[plan.platform.fence], 2),
    ...field(
      'then',
      `all checks are held for ${duration(plan.verify.for)}; at most ${duration(plan.deadline)} in all`,
      1,
    ),
    ...(plan.platform.aftermath ? field('after', plan.platform.aftermath, 2) : []),
    ...field('if not recovered', `by ${escalate} UTC, escalate`, 1),
    ...(ok ? [] : plan.mitigations.slice(0, screen.mitigations).flatMap((text) => field('instead', text, 1))),
    ...others(facts),
  ];
};

const fences: Record<RollbackPlan['platform']['fence'], string> = {
  server: 'server: the platform refuses when somebody else has deployed',
  client: 'client: compared just before the act; who deploys in that second is overwritten',
};

/** At most so many lines; what is longer ends with `…` and stands whole in the record. */
const folded = (text: string, most: number, columns = screen.columns): string[] => {
  const lines = wrap(text, columns, 2);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `${cut(lines[most - 1] ?? '', columns - 2)} …`];
};

const field = (label: string, text: string, most: number): string[] =>
  folded(`${label}: ${text}`, most, screen.columns - 2).map((each) => `  ${each}`);

const factsOf = ({ seenAt, verdict, label }: Candidate, now: number): string =>
  `live ${ago(now - seenAt)}${label === undefined ? '' : `, release ${label}`}, ${verdict}`;

const ago = (ms: number): string =>
  ms < 48 * 3_600_000 ? `${duration(Math.max(0, ms))} ago` : `${Math.floor(ms / 86_400_000)} days ago`;

/** Where else it could go. */
const others = ({ candidates, to, now }: PlanFacts): string[] => {
  const rest = candidates.filter(({ revision }) => revision !== to).slice(0, screen.candidates);
  if (rest.length === 0) return [];
  return [
    '  others (--to REVISION):',
    ...rest.map((one) => cut(`    ${one.revision}  ${factsOf(one, now)}`, screen.columns)),
  ];
};

/** The candidates alone, for the sentence that no target is known. */
export const candidateLines = (candidates: readonly Candidate[], now: number): string[] =>
  candidates.slice(0, screen.candidates).map((one) => `  ${one.revision}  ${factsOf(one, now)}`);
