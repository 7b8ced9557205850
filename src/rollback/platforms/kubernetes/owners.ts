// Who else decides what a Kubernetes object looks like: a rollback behind the back of Helm, Argo CD or Flux does not last.
import type { Metadata } from './objects.ts';

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
  if (application !== undefined)
    return `${what} belongs to the Argo CD application ${application}, which would put it back or be out of step: revert the commit in Git, or use the platform \`argocd\``;
  const release = annotations['meta.helm.sh/release-name'];
  if (release !== undefined)
    return `${what} belongs to the Helm release ${release}, whose next upgrade would be computed from another state: use the platform \`helm\``;
  const owner = rest.ownerReferences?.find(({ controller }) => controller);
  if (owner)
    return `${what} is controlled by ${owner.kind} ${owner.name}, which would put it back: change that instead`;
  return undefined;
};
