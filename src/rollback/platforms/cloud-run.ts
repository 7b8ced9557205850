// The platform `cloud-run`: all traffic returns to a named revision, which stays pinned until somebody says otherwise.
import * as z from 'zod';
import type { Direction, Live } from '../../kit/index.ts';
import { once } from '../../kit/once.ts';
import { type Ask, failureOf, readDeadline, revisionOfParts, shellLine, understood } from './commands.ts';
import { argument, deadline } from './settings.ts';
import { platformOf } from './system.ts';

const settings = once(() =>
  z.strictObject({ service: argument(), region: argument(), project: argument(), deadline: deadline() }),
);

type Settings = z.infer<ReturnType<typeof settings>>;

const conditions = once(() =>
  z.array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() })).optional(),
);

const serviceSchema = once(() =>
  z.object({
    metadata: z.object({ generation: z.number().optional() }),
    status: z.object({
      observedGeneration: z.number().optional(),
      latestReadyRevisionName: z.string().optional(),
      latestCreatedRevisionName: z.string().optional(),
      traffic: z.array(z.object({ revisionName: z.string().optional(), percent: z.number().optional() })).optional(),
      conditions: conditions(),
    }),
  }),
);

const gcloud = ({ region, project }: Settings, ...words: string[]): string[] => [
  'gcloud',
  'run',
  ...words,
  `--region=${region}`,
  `--project=${project}`,
];

const describeService = (spec: Settings): string[] =>
  gcloud(spec, 'services', 'describe', spec.service, '--format=json');

const look = async (spec: Settings, ask: Ask, between?: Direction): Promise<Live> => {
  const { metadata, status } = await ask.json(describeService(spec), serviceSchema());
  const shares = (status.traffic ?? []).filter(({ percent = 0 }) => percent > 0);
  const names = shares.map(({ revisionName = status.latestReadyRevisionName }) => revisionName ?? '');
  if (names.length === 0 || names.includes('')) throw new Error(`no revision of ${spec.service} gets any traffic`);
  const { revision, isMixed } = revisionOfParts(names, between);
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  const isObserved = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  const split = shares.map(({ percent = 0 }, index) => `${names[index]} gets ${percent} % of the traffic`);
  const created = status.latestCreatedRevisionName;
  const idle = created !== undefined && !names.includes(created) ? [`the newest, ${created}, gets none`] : [];
  const why = ready?.status === 'True' ? [] : [ready?.message ?? 'the service does not say that it is ready'];
  return {
    revision,
    settled: !isMixed && isObserved && ready?.status === 'True',
    detail: [...split, ...idle, ...why].join(', '),
  };
};

const revisionSchema = once(() => z.object({ status: z.object({ conditions: conditions() }).optional() }));

const missing = async (spec: Settings, to: string, ask: Ask): Promise<string | undefined> => {
  const argv = gcloud(spec, 'revisions', 'describe', to, '--format=json');
  const finished = await ask.run(argv);
  if (/cannot find revision|not.?found/i.test(finished.stderr)) return `revision ${to} of ${spec.service} was deleted`;
  const failure = failureOf(argv, finished, readDeadline);
  if (failure !== undefined) return `whether ${to} is still there cannot be told: ${failure}`;
  const { status } = understood(argv, finished.stdout, revisionSchema());
  const failed = status?.conditions?.find(({ type, status: state }) => type === 'Ready' && state === 'False');
  return failed ? `revision ${to} is not ready: ${failed.message ?? 'it says no reason'}` : undefined;
};

const update = (spec: Settings, to: string): string[] =>
  gcloud(spec, 'services', 'update-traffic', spec.service, `--to-revisions=${to}=100`, '--quiet');

/** Services of Cloud Run. */
export const cloudRun = platformOf<Settings, Live>({
  name: 'cloud-run',
  about:
    'A service of Cloud Run. The revision is the one that gets all the traffic; while it is split it is a mixture (auth-00041+auth-00042) and not settled.',
  example: `rollback:
  cloud-run:
    project: acme-prod
    region: europe-west1
    service: auth
    deadline: 5m
`,
  aftermath:
    'The traffic is pinned to the old revision: the next deploy gets 0 % of it until `gcloud run services update-traffic SERVICE --to-latest`.',
  settings,
  fence: 'client',
  look,
  back: async (spec, { to }, _, { act }) => {
    await act(update(spec, to));
  },
  missing,
  manual: (spec, { to }: Direction) => shellLine(update(spec, to)),
  needs: (spec) => [
    {
      what: `may read the service ${spec.service}`,
      argv: describeService(spec),
      next: 'give the account the role roles/run.developer',
    },
  ],
  unproven: () => ({
    what: 'may call run.services.update',
    because: 'gcloud cannot be asked whether it is allowed without doing it',
    next: 'look for run.services.update in the roles of the account (roles/run.developer has it)',
  }),
});
