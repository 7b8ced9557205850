// The layer-ordered reading of all findings: the likely root cause first, and the first thing to do.
import { type Decision, type Diagnosis, type Layer, plural, type RollbackReport } from '../kit/index.ts';
import {
  belowText,
  blindText,
  consequences,
  depth,
  ended,
  firstText,
  isAllGreen,
  isBlind,
  onlyWarns,
  since,
  stopSteps,
} from './diagnose-words.ts';
import type { Finding, Stop } from './finding.ts';

/** Everything that the diagnosis reads. */
export interface Situation {
  decision: Decision;
  findings: readonly Finding[];
  stops: readonly Stop[];
  rollback?: RollbackReport;
  /** Asked by hand: there is no deploy that anything could be blamed on. */
  byHand?: boolean;
}

/** Reads the findings from the database up: the deepest failing layer explains the ones above it. */
export const diagnose = (situation: Situation): Diagnosis => {
  const failing = inOrderOfBlame(situation.findings.filter(({ verdict }) => verdict.outcome === 'fail'));
  const [root, ...others] = failing;
  if (root) return withRollback(rooted(root, others, situation), situation.rollback);
  const [stop] = situation.stops;
  if (stop) return { layer: 'none', headline: stop.text, next: stopSteps(stop) };
  const blind = situation.findings.filter(isBlind);
  if (situation.decision.action !== 'pass' && blind.length > 0) return unknown(inOrderOfBlame(blind), situation);
  return healthy(situation.findings);
};

/**
 * What explains the others first. What was so before the deploy explains nothing that is new, and what only warns
 * explains nothing that blocks; else the deepest layer, and within a layer what this release introduced.
 */
const inOrderOfBlame = (findings: readonly Finding[]): Finding[] => {
  const rank = (finding: Finding): number[] => [
    Number(finding.attribution === 'preexisting'),
    Number(onlyWarns(finding)),
    depth(finding),
    Number(finding.attribution !== 'introduced'),
  ];
  return [...findings].sort((a, b) => {
    const [one, other] = [rank(a), rank(b)];
    return one.map((value, index) => value - (other[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
  });
};

/** A failure, what follows from it, what lies below it, and what to do first. */
const rooted = (
  root: Finding,
  others: readonly Finding[],
  { findings, rollback, byHand = false }: Situation,
): Diagnosis => {
  const below = findings.filter((finding) => depth(finding) < depth(root));
  const next = nextSteps([root, ...others]);
  const sentences = [ended(root.verdict.because), since(root, byHand)];
  sentences.push(...consequences(root, others, byHand), belowText(root, below));
  // Once it is gone back nothing is urgent, and what did not help is not said again.
  const isOver = rollback?.state === 'ROLLED_BACK' || rollback?.state === 'UNVERIFIED';
  if (!isOver) sentences.push(firstText(next));
  return { layer: faultyLayer(root, below), headline: sentences.filter(Boolean).join(' '), next };
};

/** A user-facing failure above a database and a pool that are seen to be green lies in the service itself. */
const faultyLayer = ({ check }: Finding, below: readonly Finding[]): Layer =>
  check.kind.layer === 'user' && isAllGreen(below) ? 'service' : check.kind.layer;

/** A check's own `next` is about its failure; where nothing was measured only the verdict knows what to do. */
const nextSteps = (findings: readonly Finding[]): string[] => {
  const steps = findings.flatMap(
    ({ check, verdict }) => verdict.next ?? (verdict.outcome === 'fail' ? (check.next ?? []) : []),
  );
  return [...new Set(steps)].slice(0, 4);
};

/** Neither green nor red: a person must look, and may ask again. By hand there is no release that it could be about. */
const blindStep = (byHand: boolean): string =>
  byHand
    ? 'whether the service is well is not known yet: mend what could not be looked at, then ask again'
    : 'this says nothing about the release: mend what could not be looked at, then ask again with `holdpoint check`';

const unknown = (blind: readonly Finding[], { byHand = false }: Situation): Diagnosis => ({
  layer: 'none',
  headline: blindText(blind),
  next: [...nextSteps(blind), blindStep(byHand)],
});

const healthy = (findings: readonly Finding[]): Diagnosis => {
  if (findings.length === 0) return { layer: 'none', headline: '', next: [] };
  const passed = findings.filter(({ verdict }) => verdict.outcome === 'pass').length;
  return { layer: 'none', headline: `${plural(passed, 'check')} passed; nothing points to a fault.`, next: [] };
};

/** After going back nothing is urgent any more; going back that did not help says more than the failure itself. */
const withRollback = (diagnosis: Diagnosis, rollback: RollbackReport | undefined): Diagnosis => {
  if (rollback?.state === 'UNVERIFIED') return didNotHelp(diagnosis, rollback);
  if (rollback?.state !== 'ROLLED_BACK') return diagnosis;
  const calm = `nothing is urgent: ${rollback.to} is live again; mend the cause before ${rollback.from} is deployed once more`;
  return { ...diagnosis, next: [calm] };
};

const didNotHelp = (diagnosis: Diagnosis, rollback: RollbackReport): Diagnosis => {
  const headline =
    `Going back to ${rollback.to} did not help: ${rollback.because} The cause outlives the release: ` +
    `state that it left behind (a migration, changed data, configuration) or something outside of it. First seen as: ${diagnosis.headline}`;
  const look =
    'Look at what the release changed that a rollback does not take back: migrations first, then shared configuration and data.';
  return { ...diagnosis, headline, next: [look, ...diagnosis.next] };
};
