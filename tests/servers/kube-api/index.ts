// A small Kubernetes API server for tests: what kubectl asks for discovery, reading, patching and permissions.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf, serve } from '../../helpers/servers.ts';
import { type Cluster, createCluster, type KubeObject, Refused } from './cluster.ts';
import { patchObject, writeObject } from './writes.ts';
import { attributesOf } from './review.ts';

export interface KubeApi {
  url: string;
  cluster: Cluster;
  /** `patch deployments`: verbs on resources that the account may not use. */
  denied: Set<string>;
  /** Called before each write is applied: what somebody else does meanwhile. */
  beforeWrite: (() => void) | undefined;
  /** Sees each request first; true when it has dealt with it (or will not answer it). */
  interfere: ((request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>) | undefined;
  /** Answers everything with 500. */
  broken: boolean;
  /** Answers nothing. */
  silent: boolean;
  /** `PATCH deployments/auth`, in order. */
  writes: string[];
  close(): Promise<void>;
}

interface Resource {
  name: string;
  kind: string;
  group: string;
  version: string;
}

const resources: Resource[] = [
  { name: 'deployments', kind: 'Deployment', group: 'apps', version: 'v1' },
  { name: 'replicasets', kind: 'ReplicaSet', group: 'apps', version: 'v1' },
  { name: 'statefulsets', kind: 'StatefulSet', group: 'apps', version: 'v1' },
  { name: 'daemonsets', kind: 'DaemonSet', group: 'apps', version: 'v1' },
  { name: 'rollouts', kind: 'Rollout', group: 'argoproj.io', version: 'v1alpha1' },
  { name: 'kustomizations', kind: 'Kustomization', group: 'kustomize.toolkit.fluxcd.io', version: 'v1' },
  { name: 'helmreleases', kind: 'HelmRelease', group: 'helm.toolkit.fluxcd.io', version: 'v2' },
  { name: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview', group: 'authorization.k8s.io', version: 'v1' },
  { name: 'configmaps', kind: 'ConfigMap', group: '', version: 'v1' },
  { name: 'secrets', kind: 'Secret', group: '', version: 'v1' },
];

const groups = [...new Set(resources.map(({ group }) => group))].filter((group) => group !== '');
const versionOf = (group: string): string => resources.find((each) => each.group === group)?.version ?? 'v1';

const discovery = (path: string): unknown => {
  if (path === '/version') return { major: '1', minor: '32', gitVersion: 'v1.32.0' };
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis')
    return {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: groups.map((name) => {
        const preferred = { groupVersion: `${name}/${versionOf(name)}`, version: versionOf(name) };
        return { name, versions: [preferred], preferredVersion: preferred };
      }),
    };
  const [, group = '', version = ''] = /^\/api(?:s\/([^/]+))?\/([^/]+)$/.exec(path) ?? [];
  const found = resources.filter((each) => each.group === group && each.version === version);
  if (found.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: found.map(({ name, kind }) => ({
      name,
      kind,
      singularName: kind.toLowerCase(),
      namespaced: true,
      verbs: ['get', 'list', 'patch', 'update', 'create'],
    })),
  };
};

export const statusOf = (code: number, reason: string, message: string) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  reason,
  message,
  code,
});

const matches = (labels: Record<string, string>, selector: string): boolean =>
  selector
    .split(/,(?![^(]*\))/)
    .filter((part) => part !== '')
    .every((part) => {
      const [, key = '', value = ''] = /^([^=!\s]+)={1,2}(.*)$/.exec(part) ?? [];
      const [, inKey = '', values = ''] = /^(\S+) in \((.*)\)$/.exec(part) ?? [];
      return inKey === '' ? labels[key] === value : values.split(',').includes(labels[inKey] ?? '');
    });

/** `/apis/apps/v1/namespaces/prod/deployments/auth` in its parts. */
const placeOf = (path: string): { resource: Resource; name: string | undefined } | undefined => {
  const [, group = '', , kind, name] =
    /^\/api(?:s\/([^/]+))?\/([^/]+)\/(?:namespaces\/prod\/)?([a-z]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  const resource = resources.find((each) => each.group === group && each.name === kind);
  return resource && { resource, name };
};

const review = async (api: KubeApi, request: IncomingMessage): Promise<unknown> => {
  const { verb, resource } = await attributesOf(request);
  const allowed = !api.denied.has(`${verb} ${resource}`);
  return { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', spec: {}, status: { allowed } };
};

const patch = async (
  api: KubeApi,
  { resource, name = '' }: { resource: Resource; name: string | undefined },
  request: IncomingMessage,
): Promise<KubeObject> => {
  const text = await bodyOf(request);
  api.writes.push(`PATCH ${resource.name}/${name}`);
  api.beforeWrite?.();
  return patchObject(api.cluster, resource.kind, name, request.headers['content-type'] ?? '', text);
};

const verbs: Record<string, string> = { PATCH: 'patch', POST: 'create', PUT: 'update' };

const answer = async (api: KubeApi, request: IncomingMessage): Promise<unknown> => {
  const url = new URL(request.url ?? '/', 'http://kube');
  const known = discovery(url.pathname);
  if (known !== undefined) return known;
  const place = placeOf(url.pathname);
  if (!place) throw new Refused(404, 'NotFound', 'the server could not find the requested resource');
  const { resource, name } = place;
  if (resource.kind === 'SelfSubjectAccessReview') return review(api, request);
  const verb = verbs[request.method ?? ''] ?? (name === undefined ? 'list' : 'get');
  if (api.denied.has(`${verb} ${resource.name}`))
    throw new Refused(
      403,
      'Forbidden',
      `${resource.name} is forbidden: User "deployer" cannot ${verb} resource "${resource.name}" in the namespace "prod"`,
    );
  if (verb === 'patch') return patch(api, place, request);
  if (verb === 'create' || verb === 'update') return writeObject(api.cluster, resource.kind, request);
  if (name !== undefined) return api.cluster.get(resource.kind, name);
  const items = [...api.cluster.objects.values()].filter(
    ({ kind, metadata }) =>
      kind === resource.kind && matches(metadata.labels, url.searchParams.get('labelSelector') ?? ''),
  );
  const groupVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  return {
    kind: `${resource.kind}List`,
    apiVersion: groupVersion,
    metadata: { resourceVersion: String(api.cluster.version) },
    items,
  };
};

export const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

/** Starts the API server on a free port. */
export const startKubeApi = async (): Promise<KubeApi> => {
  const api: KubeApi = {
    url: '',
    cluster: createCluster(),
    denied: new Set(),
    beforeWrite: undefined,
    interfere: undefined,
    broken: false,
    silent: false,
    writes: [],
    close: () => server.close(),
  };
  const server = await serve(async (request, response) => {
    if (api.silent || (await api.interfere?.(request, response))) return undefined;
    if (api.broken) return send(response, 500, statusOf(500, 'InternalError', 'etcd has no leader'));
    try {
      send(response, 200, await answer(api, request));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      send(response, error.status, statusOf(error.status, error.reason, error.message));
    }
    return undefined;
  });
  api.url = server.url;
  return api;
};
