// What changes something in the tests' cluster: patches, and whole objects that are created or replaced.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { bodyOf } from '../../helpers/servers.ts';
import { type Cluster, type KubeObject, Refused } from './cluster.ts';
import { applyPatch, type Operation, PatchFailed } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';

/** Patches what is stored now, as GuaranteedUpdate does it, and lets the controllers run. */
export const patchObject = (cluster: Cluster, kind: string, name: string, type: string, text: string): KubeObject => {
  const before = cluster.get(kind, name);
  try {
    const patched = cluster.put(
      type.includes('strategic-merge')
        ? (mergePatch(before, JSON.parse(text)) as KubeObject)
        : applyPatch(before, JSON.parse(text) as Operation[]),
    );
    cluster.reconcile();
    return patched;
  } catch (error) {
    if (!(error instanceof PatchFailed)) throw error;
    throw new Refused(
      422,
      'Invalid',
      `the server rejected our request due to an error in our request: ${error.message}`,
    );
  }
};

/** POST creates, PUT replaces; without a resourceVersion whatever is there. */
export const writeObject = async (cluster: Cluster, kind: string, request: IncomingMessage): Promise<KubeObject> => {
  const given = JSON.parse(await bodyOf(request)) as KubeObject;
  const { name } = given.metadata;
  const before = cluster.objects.get(`${kind}/${name}`);
  if (before && request.method === 'POST') throw new Refused(409, 'AlreadyExists', `${kind} "${name}" already exists`);
  const added = {
    namespace: 'prod',
    uid: before?.metadata.uid ?? randomUUID(),
    generation: 0,
    creationTimestamp: before?.metadata.creationTimestamp ?? '2026-01-01T00:00:00Z',
    labels: {},
    annotations: {},
  };
  const { metadata: sent } = given as { metadata: Partial<KubeObject['metadata']> };
  const resourceVersion = sent.resourceVersion ?? before?.metadata.resourceVersion ?? '';
  const metadata = { ...added, ...sent, name, resourceVersion };
  const stored = cluster.put({ ...given, kind, metadata });
  cluster.reconcile();
  return stored;
};
