// Who else decides what a Kubernetes object looks like: a rollback behind the back of Helm, Argo CD or Flux does not last.
import type { Ask } from '../commands.ts';
import { type Cluster, kubectl } from '../settings.ts';
import { type Metadata, objectSchema } from './objects.ts';
import type { Family, Workload } from './workload.ts';

/** The sentence that refuses, with the platform that is right; undefined when nobody else owns the object. */
export const ownerOf = (what: string, { labels = {}, annotations = {}, ...rest }: Metadata): string | undefined => {
  const flux = labels['helm.toolkit.fluxcd.io/name'];
  if (flux !== undefined)
    return `${what} belongs to the Flux HelmRelease ${flux}, which would put it back: revert the commit in Git (platform \`flux\`)`;
  const kustomization = labels['kustomize.toolkit.fluxcd.io/name'];
  if (kustomization !== undefined)
    return `${what} belongs to the Flux Kustomization ${kustomization}, which would put it back: revert the commit in Git (platform \`flux\`)`;
  // `app:apps/Deployment:prod/auth` of current Argo CD, a label in older ones.
  const application =
    annotations['argocd.argoproj.io/tracking-id']?.split(':')[0] ?? labels['argocd.argoproj.io/instance'];
  if (application !== undefined) return ownedByArgoCd(what, application);
  const release = annotations['meta.helm.sh/release-name'];
  if (release !== undefined)
    return `${what} belongs to the Helm release ${release}, whose next upgrade would be computed from another state: use the platform \`helm\``;
  const owner = rest.ownerReferences?.find(({ controller }) => controller);
  if (owner)
    return `${what} is controlled by ${owner.kind} ${owner.name}, which would put it back: change that instead`;
  return undefined;
};

const ownedByArgoCd = (what: string, application: string): string =>
  `${what} belongs to the Argo CD application ${application}, which would put it back or be out of step: revert the commit in Git, or use the platform \`argocd\``;

/** The default of Argo CD before 3.0, and a label that many charts set by themselves. */
const instanceLabel = 'app.kubernetes.io/instance';

/** Argo CD up to 2.x marks what it owns by a label alone: only who has written the object tells the two apart. */
const labelOwnerOf = async (
  family: Family,
  { name, object }: Pick<Workload, 'name' | 'object'>,
  cluster: Cluster,
  ask: Ask,
): Promise<string | undefined> => {
  const application = object.metadata.labels?.[instanceLabel];
  if (application === undefined) return undefined;
  const [plural = '', ...group] = family.resource.split('.');
  const path = `/apis/${group.join('.')}/${family.version}/namespaces/${cluster.namespace}/${plural}/${name}`;
  // `kubectl get` hides managedFields since 1.21, and 1.20 does not know the flag that shows them.
  const { metadata } = await ask.json([...kubectl(cluster), 'get', '--raw', path], objectSchema());
  const isApplied = metadata.managedFields?.some(({ manager = '' }) => manager.startsWith('argocd-'));
  return isApplied ? ownedByArgoCd(`${family.title} ${name}`, application) : undefined;
};

/** Who else owns a workload, by its marks and by who has written it. */
export const workloadOwner = async (
  family: Family,
  workload: Pick<Workload, 'name' | 'object'>,
  cluster: Cluster,
  ask: Ask,
): Promise<string | undefined> =>
  ownerOf(`${family.title} ${workload.name}`, workload.object.metadata) ??
  (await labelOwnerOf(family, workload, cluster, ask));
