// The layer-ordered reading of all findings: the likely root cause first, and the first thing to do.
import { type Decision, type Diagnosis, type Layer, layers, plural, type RollbackReport } from '../kit/index.ts';
import type { Finding, Stop } from './finding.ts';

/** Everything that the diagnosis reads. */
export interface Situation {
  decision: Decision;
  findings: readonly Finding[];
  stops: readonly Stop[];
  rollback?: RollbackReport;
}

/** Reads the findings from the database up: the deepest failing layer explains the ones above it. */
export const diagnose = (situation: Situation): Diagnosis => {
  const failing = inLayerOrder(situation.findings.filter(({ verdict }) => verdict.outcome === 'fail'));
  const [root] = failing;
  if (root) return withRollback(rooted(root, failing, situation.findings), situation.rollback);
  const [stop] = situation.stops;
  if (stop) return { layer: 'none', headline: stop.text, next: [] };
  const blind = situation.findings.filter(
    ({ verdict }) => verdict.outcome === 'error' || verdict.outcome === 'inconclusive',
  );
  if (situation.decision.action !== 'pass' && blind.length > 0) return unknown(blind);
  return healthy(situation.findings);
};

/** Deepest layer first; within a layer what this release introduced comes before what was there. */
const inLayerOrder = (failing: Finding[]): Finding[] =>
  [...failing].sort(
    (a, b) => depth(a) - depth(b) || Number(b.attribution === 'introduced') - Number(a.attribution === 'introduced'),
  );

const depth = ({ check }: Finding): number => layers.indexOf(check.kind.layer);

const rooted = (root: Finding, failing: readonly Finding[], all: readonly Finding[]): Diagnosis => {
  const layer = faultyLayer(root, all);
  const others = failing
    .filter((finding) => finding !== root && depth(finding) > depth(root))
    .map(({ check }) => check.id);
  const sentences = [
    `${root.verdict.because}${stop(root.verdict.because)}`,
    since(root),
    others.length > 0
      ? `${listed(others)} ${others.length === 1 ? 'fails' : 'fail'} in a layer above it and most likely because of it.`
      : '',
    layer !== root.check.kind.layer ? greenBelow(root, all) : '',
  ];
  return { layer, headline: sentences.filter(Boolean).join(' '), next: nextSteps(failing) };
};

const stop = (sentence: string): string => (/[.!?]$/.test(sentence) ? '' : '.');

const since = ({ attribution }: Finding): string => {
  if (attribution === 'preexisting') return 'It was so before this deploy: the release did not cause it.';
  return attribution === 'unknown' ? 'Whether this release caused it is not known.' : '';
};

/** A user-facing failure above green database and pool checks lies in the service itself. */
const faultyLayer = (root: Finding, all: readonly Finding[]): Layer =>
  root.check.kind.layer === 'user' && passedBelow(root, all).length > 0 ? 'service' : root.check.kind.layer;

const passedBelow = (root: Finding, all: readonly Finding[]): Finding[] =>
  all.filter((finding) => depth(finding) < depth(root) && finding.verdict.outcome === 'pass');

const greenBelow = (root: Finding, all: readonly Finding[]): string => {
  const green = passedBelow(root, all).map(({ check }) => check.id);
  return `${listed(green)} ${green.length === 1 ? 'is' : 'are'} green, so the fault is in the service itself: its code or its configuration.`;
};

/** A check's own `next` is about its failure; where nothing was measured only the verdict knows what to do. */
const nextSteps = (findings: readonly Finding[]): string[] => {
  const steps = findings.flatMap(
    ({ check, verdict }) => verdict.next ?? (verdict.outcome === 'fail' ? (check.next ?? []) : []),
  );
  return [...new Set(steps)].slice(0, 4);
};

const listed = (ids: readonly string[]): string =>
  ids.length < 2 ? ids.join('') : `${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}`;

/** Neither green nor red: a person must look, and may ask again. */
const blindStep =
  'this says nothing about the release: mend what could not be looked at, then ask again with `holdpoint check`';

const unknown = (blind: readonly Finding[]): Diagnosis => {
  const [firstBlind] = inLayerOrder([...blind]);
  const word = firstBlind?.verdict.outcome === 'error' ? 'could not measure' : 'could not tell';
  return {
    layer: 'none',
    headline: `${word}: ${firstBlind?.check.id}: ${firstBlind?.verdict.because}`,
    next: [...nextSteps(blind), blindStep],
  };
};

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
