// The fenced act: one JSON patch that tests what is live and puts the old pod template back, or changes nothing.
import { Superseded } from '../../../kit/index.ts';
import type { Hands } from '../system.ts';
import { type Cluster, kubectl } from '../settings.ts';
import { type Family, lookAt, revisionOf, templateOf, type Workload } from './workload.ts';

/**
 * How often the patch is tried, and the milliseconds before each next time. Every patch carries its fence, so that one
 * whose answer was lost does no harm when it is sent again.
 */
const attempts = { most: 3, pauses: [1000, 3000] };

/** What passes by itself: writes of others in between, and an API server that comes back in a moment, as kubectl says it. */
const passing =
  /\((?:Conflict|InternalError|ServiceUnavailable|TooManyRequests|Timeout|ServerTimeout)\)|unable to handle the request|connection (?:reset|refused)|was refused|handshake timeout|i\/o timeout|\bEOF\b|http2: /;

/** From and to of one workload. */
export interface Leg {
  from: string;
  to: string;
}

/** Puts the template of `to` back while `from` is live. Throws `Superseded` when something else is. */
export const putBack = async (
  family: Family,
  name: string,
  leg: Leg,
  cluster: Cluster,
  hands: Hands,
  attempt = 1,
): Promise<void> => {
  const workload = await lookAt(family, name, cluster, hands.ask);
  const { revision } = workload;
  const what = `${family.title} ${name}`;
  if (revision === leg.to) return;
  if (revision !== leg.from)
    throw new Superseded(revision, `${what}: ${revision} is live, not ${leg.from}: somebody else has deployed`);
  try {
    await patch(family, workload, leg.to, cluster, hands);
  } catch (error) {
    if (attempt === attempts.most || !(await mayTryAgain(error as Error, workload, family, cluster, hands)))
      throw error;
    await hands.ask.io.clock.sleep(attempts.pauses[attempt - 1] ?? 0, hands.signal);
    await putBack(family, name, leg, cluster, hands, attempt + 1);
  }
};

/** All failures of kubectl end with 1; when somebody has only scaled meanwhile, the same patch is right once more. */
const mayTryAgain = async (
  error: Error,
  { name, object }: Workload,
  family: Family,
  cluster: Cluster,
  { ask }: Hands,
): Promise<boolean> => {
  if (passing.test(error.message)) return true;
  const { object: now } = await lookAt(family, name, cluster, ask);
  return now.metadata.generation !== object.metadata.generation;
};

/**
 * The template may hold secrets: it goes by standard input, not through the argument list, which every user of the
 * machine and the record would see, nor through a file, which a kill would leave behind.
 */
const patch = async (
  family: Family,
  workload: Workload,
  to: string,
  cluster: Cluster,
  { act }: Hands,
): Promise<void> => {
  const target = [family.resource, workload.name, '--type=json', '--patch-file=/dev/stdin'];
  await act([...kubectl(cluster), 'patch', ...target], JSON.stringify(operations(family, workload, to)));
};

/**
 * The revision alone is written by the controller, some moments after the template has changed; the generation moves
 * in the same write. RFC 6901: `~1` stands for `/`.
 */
const operations = (family: Family, { object, template, replicaSets }: Workload, to: string): object[] => {
  const target = replicaSets.find((each) => revisionOf(each, family) === to);
  if (!target) throw new Error(`no ReplicaSet of ${family.title} ${object.metadata.name} holds ${to} any more`);
  const { generation, annotations = {} } = object.metadata;
  const annotation = annotations[family.revisionAnnotation];
  const path = `/metadata/annotations/${family.revisionAnnotation.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return [
    ...(annotation === undefined ? [] : [{ op: 'test', path, value: annotation }]),
    generation === undefined
      ? { op: 'test', path: '/spec/template', value: template }
      : { op: 'test', path: '/metadata/generation', value: generation },
    { op: 'replace', path: '/spec/template', value: templateOf(target, family) },
  ];
};
