// The sentences of a diagnosis: since when, what follows, what lies below, what could not be seen, what to do first.
import { layers } from '../kit/index.ts';
import type { Finding, Stop } from './finding.ts';
import { asks } from './policy.ts';

/** 0 for the deepest layer, the database. */
export const depth = ({ check }: Finding): number => layers.indexOf(check.kind.layer);

/** Neither green nor red. */
export const isBlind = ({ verdict: { outcome } }: Finding): boolean =>
  outcome === 'error' || outcome === 'inconclusive';

/** Asks for no more than a warning. */
export const onlyWarns = (finding: Finding): boolean => asks(finding) === 'warn';

/** What a service stands on: a cause may lie there, unseen. Another look at the service itself that is blind hides none. */
const isFoundation = (finding: Finding): boolean => depth(finding) < layers.indexOf('service');

/** Something below was seen to be well, nothing fails there, and no foundation was left unseen. */
export const isAllGreen = (below: readonly Finding[]): boolean =>
  below.some(({ verdict }) => verdict.outcome === 'pass') &&
  below.every((finding) => finding.verdict.outcome === 'pass' || (isBlind(finding) && !isFoundation(finding)));

const listed = (ids: readonly string[]): string =>
  ids.length < 2 ? ids.join('') : `${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}`;

/** `db-connections and pool-wait are green`, the deepest layer first; empty for nobody. */
const said = (findings: readonly Finding[], one: string, several: string): string => {
  const ids = [...findings].sort((a, b) => depth(a) - depth(b)).map(({ check }) => check.id);
  return ids.length === 0 ? '' : `${listed(ids)} ${ids.length === 1 ? one : several}`;
};

/** The sentence with its full stop. */
export const ended = (sentence: string): string =>
  /[.!?]$/.test(sentence) || sentence === '' ? sentence : `${sentence}.`;

/** Whether the release can have caused it; empty when it has. By hand no release is under test. */
export const since = ({ attribution }: Finding, byHand: boolean): string => {
  if (byHand) return attribution === 'preexisting' ? 'It failed in the run before, too.' : '';
  if (attribution === 'preexisting') return 'It was so before this deploy: the release did not cause it.';
  return attribution === 'unknown' ? 'Whether this release caused it is not known.' : '';
};

/** What else fails: because of it, beside it, since before, or only as a warning. */
export const consequences = (root: Finding, others: readonly Finding[], byHand: boolean): string[] => {
  const already = byHand ? 'failed in the run before already' : 'failed before this deploy already';
  const old = others.filter(({ attribution }) => attribution === 'preexisting' && root.attribution !== 'preexisting');
  const mild = others.filter((finding) => !old.includes(finding) && onlyWarns(finding) && !onlyWarns(root));
  const rest = others.filter((finding) => !old.includes(finding) && !mild.includes(finding));
  const above = rest.filter((finding) => depth(finding) > depth(root));
  const beside = rest.filter((finding) => depth(finding) <= depth(root));
  return [
    said(above, 'fails now, most likely because of it', 'fail now, most likely because of it'),
    said(beside, 'fails in the same layer', 'fail in the same layer'),
    said(old, already, already),
    said(mild, 'fails, too, which is only a warning', 'fail, too, which is only a warning'),
  ].map(ended);
};

/** Where the fault lies when the layers below are green. */
const places = {
  database: '',
  pool: 'so the fault is in the pool: its size, or connections that are held for long',
  service: 'so the fault is in the service itself: its code or its configuration',
  user: 'so the fault is in the service itself: its code or its configuration',
} as const;

/** The layers below the failure: green, which says where it lies, or not seen, which leaves it open. */
export const belowText = ({ check }: Finding, below: readonly Finding[]): string => {
  const green = said(
    below.filter(({ verdict }) => verdict.outcome === 'pass'),
    'is green',
    'are green',
  );
  const unseen = unseenText(below.filter(isFoundation));
  if (unseen !== '') return ended(`${[green, unseen].filter(Boolean).join('; ')}, so the cause may lie there`);
  return isAllGreen(below) ? ended(`${green}, ${places[check.kind.layer]}`) : '';
};

/** `db-connections could not be measured, pool-wait could not tell`. */
const unseenText = (findings: readonly Finding[]): string =>
  [
    said(
      findings.filter(({ verdict }) => verdict.outcome === 'error'),
      'could not be measured',
      'could not be measured',
    ),
    said(
      findings.filter(({ verdict }) => verdict.outcome === 'inconclusive'),
      'could not tell',
      'could not tell',
    ),
  ]
    .filter(Boolean)
    .join(', ');

/** When nothing fails and not everything was seen: the first of these, then the names of the others. */
export const blindText = ([first, ...others]: readonly Finding[]): string => {
  if (!first) return '';
  const word = first.verdict.outcome === 'error' ? 'could not measure' : 'could not tell';
  const rest = unseenText(others);
  const fact = `${word}: ${first.check.id}: ${first.verdict.because}`;
  return rest === '' ? fact : `${ended(fact)} Also, ${rest}.`;
};

/** A statement to paste stands in the step itself; in a sentence it would be in the way. */
const statement = /: SELECT [^;]*/;

/** The first step as a sentence. */
export const firstText = ([first]: readonly string[]): string =>
  first === undefined ? '' : ended(`First: ${first.replace(statement, '')}`);

/** Where to look first when no check failed and the run itself was stopped. */
const afterStop: Readonly<Record<string, string>> = {
  not_live: 'look at the deploy command and at the platform, not at the checks: the release before is still live',
  rollout_incomplete: 'look at the platform: image pulls, readiness, quotas',
  rollout_stuck: 'look at the log of the release: some of its replicas do not start',
  rollout_unreadable: 'look at the credentials and commands with which the platform is read',
  superseded: 'find out who deployed, then run again for what is live now',
  internal_error:
    'look at the release by hand: nothing is known of it. The place in brackets names the package to report this to',
  deploy_failed: 'read the output of the deploy command, and look at what is live now',
  deadline:
    'look at the checks that changed: one that comes and goes needs its cause found, or a longer `hold.deadline`',
};

/** The first thing to do, by the reason of the stop; nothing where the sentence says all there is. */
export const stopSteps = ({ reason }: Stop): string[] => {
  const step = afterStop[reason];
  return step === undefined ? [] : [step];
};
