// The plan of a rollback by hand on one screen of 24 lines and 100 columns: may I, from where to where, with what, what then.
import { duration, isoTime, type RollbackPlan } from '../kit/index.ts';
import { cut, wrap } from '../report/width.ts';
import type { Examined } from '../rollback/index.ts';
import type { Candidate } from './candidates.ts';

export interface PlanFacts {
  /** `auth/production`. */
  name: string;
  from: string;
  /** What runs said of what is live now. */
  tested: Pick<Candidate, 'verdict' | 'label'>;
  to: string;
  examined: Examined;
  candidates: readonly Candidate[];
  plan: RollbackPlan;
  /** The exact command. */
  manual: string;
  /** Epoch milliseconds. */
  now: number;
  /** Before anything is cut or broken: half a secret would pass unseen. */
  redact(text: string): string;
}

/** One line is left for the command that was typed, one for the question. */
const screen = { columns: 100, lines: 22, candidates: 5, mitigations: 3, caveats: 3 };

/** A sentence behind its label, and how many lines it may take; what is longer ends with `…` and stands whole in the record. */
interface Row {
  label: string;
  text: string;
  most: number;
}

/** The lines, the answer first. */
export const planLines = (facts: PlanFacts): string[] => {
  const { redact, name, examined } = facts;
  const answer = examined.ok ? 'YES' : `NO (${examined.reason})`;
  const lines = [
    ...folded(redact(`${name}: can I roll back? ${answer}, because ${examined.because}`), 3),
    ...rowsOf(facts).flatMap(({ label, text, most }) => indented(redact(`${label}: ${text}`), most)),
  ];
  return [...lines, ...others(facts, screen.lines - lines.length)];
};

const rowsOf = ({ from, tested, to, examined, candidates, plan, manual, now }: PlanFacts): Row[] => {
  const target = candidates.find(({ revision }) => revision === to);
  const { platform, verify, deadline } = plan;
  const escalate = isoTime(now + deadline).slice(11, 16);
  const live = examined.live ? `: ${examined.live.detail}` : '';
  const [caveats, instead] = [examined.caveats ?? [], examined.ok ? [] : plan.mitigations];
  return [
    { label: 'from', text: `${from} (${saidOf(tested)}; live now${live})`, most: 2 },
    { label: 'to', text: `${to} (${target ? factsOf(target, now) : 'not seen live by a run that is kept'})`, most: 2 },
    { label: 'with', text: manual, most: 3 },
    { label: 'fence', text: fences[platform.fence], most: 1 },
    {
      label: 'then',
      text: `all checks are held for ${duration(verify.for)}; at most ${duration(deadline)} in all`,
      most: 1,
    },
    ...(platform.aftermath ? [{ label: 'after', text: platform.aftermath, most: 2 }] : []),
    ...caveats.slice(0, screen.caveats).map((text) => ({ label: 'stays', text, most: caveats.length > 1 ? 1 : 3 })),
    { label: 'escalate', text: `at ${escalate} UTC, if it has not recovered by then`, most: 1 },
    ...instead.slice(0, screen.mitigations).map((text) => ({ label: 'instead', text, most: 1 })),
  ];
};

const fences: Record<RollbackPlan['platform']['fence'], string> = {
  server: 'server: the platform refuses when somebody else has deployed',
  client: 'client: compared just before the act; who deploys in that second is overwritten',
};

const folded = (text: string, most: number, columns = screen.columns): string[] => {
  const lines = wrap(text, columns, 2);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `${cut(lines[most - 1] ?? '', columns - 2)} …`];
};

const indented = (text: string, most: number): string[] =>
  folded(text, most, screen.columns - 2).map((each) => `  ${each}`);

const factsOf = ({ seenAt, ...said }: Candidate, now: number): string => `live ${ago(now - seenAt)}, ${saidOf(said)}`;

const saidOf = ({ label, verdict }: Pick<Candidate, 'verdict' | 'label'>): string =>
  label === undefined ? verdict : `release ${label}, ${verdict}`;

const ago = (ms: number): string =>
  ms < 48 * 3_600_000 ? `${duration(Math.max(0, ms))} ago` : `${Math.floor(ms / 86_400_000)} days ago`;

/** Where else it could go, as far as there is room. */
const others = ({ candidates, to, now, redact }: PlanFacts, room: number): string[] => {
  const most = Math.min(screen.candidates, room - 1);
  const rest = candidates.filter(({ revision }) => revision !== to).slice(0, Math.max(0, most));
  if (rest.length === 0) return [];
  return ['  others (--to REVISION):', ...candidateLines(rest, now, redact).map((line) => `  ${line}`)];
};

/** The candidates alone, also for the sentence that no target is known. */
export const candidateLines = (
  candidates: readonly Candidate[],
  now: number,
  redact: (text: string) => string,
): string[] =>
  candidates
    .slice(0, screen.candidates)
    .map((one) => cut(redact(`  ${one.revision}  ${factsOf(one, now)}`), screen.columns - 2));
