// Settings that many platforms share: names that cannot be taken for options, and the deadline of an act.
import * as z from 'zod';
import { once } from '../../kit/once.ts';
import { positiveDuration, someText } from '../../kit/index.ts';
import type { Need } from './system.ts';

/** A name that stands as an argument of its own: one that began with `-` would be read as an option. */
export const argument = once(() =>
  z.string().regex(/^[^-\s]\S*$/, 'is a name without blanks that does not begin with -'),
);

/** Milliseconds for one command of the way back. */
export const deadline = once(() => positiveDuration().prefault('5m'));

/** What every platform that talks to a cluster by kubectl pins. */
export const clusterKeys = once(() => ({
  namespace: argument(),
  /** Of the kubeconfig; without it, the current one of the machine. */
  context: argument().optional(),
  kubeconfig: someText().optional(),
  deadline: deadline(),
}));

export interface Cluster {
  namespace: string;
  context?: string | undefined;
  kubeconfig?: string | undefined;
}

/** `kubectl` with what is pinned. */
export const kubectl = ({ namespace, context, kubeconfig }: Cluster): string[] => [
  'kubectl',
  ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
  ...(context === undefined ? [] : [`--context=${context}`]),
  `--namespace=${namespace}`,
];

/** Seconds for a command's own --timeout: a little less than our deadline, so that it can still end in order. */
export const ownTimeout = (ms: number): number => Math.max(1, Math.floor((ms - Math.min(10_000, ms / 5)) / 1000));

/** The API server says whether this account may do it; `auth can-i` changes nothing. */
export const mayDo = (cluster: Cluster, verb: string, resource: string): Need => ({
  what: `may ${verb} ${resource} in ${cluster.namespace}`,
  argv: [...kubectl(cluster), 'auth', 'can-i', verb, resource],
  next: `give the account a role with the verb ${verb} on ${resource.split('/')[0] ?? resource}`,
});
