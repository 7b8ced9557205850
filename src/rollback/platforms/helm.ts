// The platform `helm`: a release returns to a named revision of its history, never to "the one before".
import * as z from 'zod';
import type { Direction, Live } from '../../kit/index.ts';
import { once } from '../../kit/once.ts';
import { type Ask, shellLine } from './commands.ts';
import { ownerOf } from './kubernetes/owners.ts';
import { readinessOf } from './kubernetes/readiness.ts';
import { type WorkloadObject, workloadSchema } from './kubernetes/objects.ts';
import { argument, type Cluster, clusterKeys, kubectl, mayDo, ownTimeout } from './settings.ts';
import { platformOf } from './system.ts';

const settings = once(() =>
  z.strictObject({
    release: argument(),
    ...clusterKeys(),
    /** Who says that every replica runs: kubectl, or the word `deployed` of a release that is always upgraded with --wait. */
    readiness: z.enum(['kubectl', 'helm']).prefault('kubectl'),
  }),
);

type Settings = z.infer<ReturnType<typeof settings>>;

const historySchema = once(() =>
  z
    .array(z.object({ revision: z.number(), status: z.string(), description: z.string().optional() }))
    .min(1, 'holds no revision'),
);

type Entry = z.infer<ReturnType<typeof historySchema>>[number];

const cli = ({ namespace, context, kubeconfig }: Cluster): string[] => [
  'helm',
  ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
  ...(context === undefined ? [] : [`--kube-context=${context}`]),
  `--namespace=${namespace}`,
];

/** Oldest first. */
const historyOf = async (spec: Settings, ask: Ask): Promise<Entry[]> => {
  const entries = await ask.json([...cli(spec), 'history', spec.release, '--output=json'], historySchema());
  return entries.sort((a, b) => a.revision - b.revision);
};

/**
 * A rollback makes a new revision, whose description says which one it holds ("Rollback to 3",
 * helm pkg/action/rollback.go): that one is what is live.
 */
const contentOf = (entry: Entry, history: readonly Entry[]): number => {
  const back = /^Rollback to (\d+)$/.exec(entry.description ?? '');
  if (!back) return entry.revision;
  const origin = history.find(({ revision }) => revision === Number(back[1]));
  return origin && origin.revision < entry.revision ? contentOf(origin, history) : Number(back[1]);
};

interface Found extends Live {
  status: string;
}

const manifestOf = (spec: Settings, revision: string, ask: Ask): Promise<string> =>
  ask.text([...cli(spec), 'get', 'manifest', spec.release, `--revision=${revision}`]);

/**
 * A rollback that runs into its --timeout, or fails otherwise, loses its description ("Release \"auth\" failed: …"): then
 * only what it holds tells that it was the way that is under way, and not somebody else's upgrade.
 */
const revisionOf = async (
  spec: Settings,
  newest: Entry,
  history: readonly Entry[],
  ask: Ask,
  between?: Direction,
): Promise<string> => {
  const revision = String(contentOf(newest, history));
  if (newest.status !== 'failed' || !between || [between.from, between.to].includes(revision)) return revision;
  const [held, wanted] = await Promise.all([revision, between.to].map((each) => manifestOf(spec, each, ask)));
  return held === wanted ? between.to : revision;
};

const look = async (spec: Settings, ask: Ask, between?: Direction): Promise<Found> => {
  const history = await historyOf(spec, ask);
  const newest = history.at(-1) ?? { revision: 0, status: 'unknown' };
  if (newest.status.startsWith('uninstall')) throw new Error(`the release ${spec.release} is ${newest.status}`);
  const revision = await revisionOf(spec, newest, history, ask, between);
  const held = revision === String(newest.revision) ? '' : ` (as revision ${newest.revision})`;
  const text = `revision ${revision}${held} of ${spec.release} is ${newest.status}`;
  const found = { revision, status: newest.status };
  if (newest.status !== 'deployed') return { ...found, settled: false, detail: withReason(text, newest) };
  if (spec.readiness === 'helm') return { ...found, settled: true, detail: text };
  const ready = await readinessOfRelease(spec, revision, ask);
  return { ...found, settled: ready.settled, detail: ready.text === '' ? text : `${text}; ${ready.text}` };
};

const withReason = (text: string, { status, description = '' }: Entry): string => {
  if (status === 'failed') return `${text}: ${description}`;
  if (status.startsWith('pending')) return `${text}: a helm is at work, or was killed`;
  return text;
};

const listSchema = once(() => z.object({ items: z.array(workloadSchema()) }));

/** Helm marks every object of a release with these (since 3.0). */
const workloadsOf = async (spec: Settings, ask: Ask): Promise<WorkloadObject[]> => {
  const selector = '--selector=app.kubernetes.io/managed-by=Helm';
  const argv = [...kubectl(spec), 'get', 'deployments.apps,statefulsets.apps', selector, '-o', 'json'];
  const { items } = await ask.json(argv, listSchema());
  return items.filter(({ metadata }) => metadata.annotations?.['meta.helm.sh/release-name'] === spec.release);
};

/** `deployed` alone only says that the API server took the manifests. */
const readinessOfRelease = async (spec: Settings, revision: string, ask: Ask) => {
  const workloads = await workloadsOf(spec, ask);
  const all = workloads.map((object) => ({
    name: object.metadata.name,
    ...readinessOf({ object, revision: `revision ${revision}` }),
  }));
  const text = all.map(({ name, text: each }) => `${name}: ${each}`).join('; ');
  return { settled: all.every(({ settled }) => settled), text };
};

/** Only what once was live is a target; a failed revision holds who knows what. */
const missing = async (spec: Settings, to: string, ask: Ask): Promise<string | undefined> => {
  const history = await historyOf(spec, ask);
  const target = history.find(({ revision }) => String(revision) === to);
  const kept = `the history of ${spec.release} holds ${history.map(({ revision }) => revision).join(', ')}`;
  if (!target) return `revision ${to} is gone: ${kept} (--history-max)`;
  return ['superseded', 'deployed'].includes(target.status)
    ? undefined
    : `revision ${to} is ${target.status}: it never was live`;
};

const forbidden = async (spec: Settings, ask: Ask): Promise<string | undefined> => {
  if (spec.readiness === 'helm') return undefined;
  const owners = (await workloadsOf(spec, ask)).map(({ metadata }) =>
    ownerOf(metadata.name, { ...metadata, annotations: withoutHelm(metadata.annotations) }),
  );
  return owners.find((sentence) => sentence !== undefined);
};

/** That Helm owns it is no news here. */
const withoutHelm = ({ 'meta.helm.sh/release-name': _, ...rest }: Record<string, string> = {}) => rest;

const rollback = (spec: Settings, to: string): string[] => [
  ...cli(spec),
  'rollback',
  spec.release,
  to,
  '--wait',
  `--timeout=${ownTimeout(spec.deadline)}s`,
];

const needs = (spec: Settings) => [
  { what: 'helm is here', argv: ['helm', 'version', '--short'], next: 'install helm where holdpoint runs' },
  ...(spec.readiness === 'kubectl'
    ? [
        mayDo(spec, 'create', 'secrets'),
        mayDo(spec, 'list', 'deployments.apps'),
        mayDo(spec, 'patch', 'deployments.apps'),
      ]
    : []),
];

/** Releases of Helm 3 and 4. */
export const helm = platformOf<Settings, Found>({
  name: 'helm',
  about:
    'A release of Helm 3 or 4. The revision is the one of `helm history`; after a rollback it is the one that was returned to, although Helm counts on. It is settled when Helm says deployed and, with `readiness: kubectl`, every replica of its Deployments and StatefulSets is ready.',
  example: `rollback:
  helm:
    release: auth
    context: prod-eu
    namespace: prod
    readiness: kubectl               # helm: all upgrades use --wait, no kubectl here
    deadline: 5m                     # helm rollback gets 10 s less as its --timeout
`,
  aftermath:
    'Chart and values in Git or CI still describe the release that was rolled back: the next upgrade brings it back. CRDs stayed as they were.',
  settings,
  fence: 'client',
  look,
  // Already there and only not ready yet: another rollback would begin the roll-out anew. A pending one was killed.
  back: async (spec, { to }, { revision, status }, { act }) => {
    if (revision !== to || status !== 'deployed') await act(rollback(spec, to));
  },
  missing,
  forbidden,
  manual: (spec, { to }: Direction) => shellLine(rollback(spec, to)),
  needs,
});
