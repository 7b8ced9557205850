// The platform `nomad`: a job returns to a version with the same content, compared and set by Nomad in one step.
import * as z from 'zod';
import type { Direction, Live } from '../../kit/index.ts';
import { once } from '../../kit/once.ts';
import { type Ask, shellLine } from './commands.ts';
import { fingerprint } from './fingerprint.ts';
import { argument, deadline } from './settings.ts';
import { platformOf } from './system.ts';

const settings = once(() =>
  z.strictObject({
    job: argument(),
    namespace: argument().prefault('default'),
    region: argument().optional(),
    deadline: deadline(),
  }),
);

type Settings = z.infer<ReturnType<typeof settings>>;

const job = once(() =>
  z.looseObject({ Version: z.number(), Stable: z.boolean().optional(), Stop: z.boolean().nullish() }),
);

type Job = z.infer<ReturnType<typeof job>>;

const versionsSchema = once(() => z.object({ Versions: z.array(job()).min(1) }));

const deploymentSchema = once(() =>
  z
    .object({
      JobVersion: z.number(),
      Status: z.string(),
      StatusDescription: z.string().optional(),
      TaskGroups: z.record(z.string(), z.object({ DesiredTotal: z.number(), HealthyAllocs: z.number() })).nullish(),
    })
    .nullable(),
);

/** What moves although the job stays the same. */
const moving = [
  'Version',
  'Stable',
  'SubmitTime',
  'CreateIndex',
  'ModifyIndex',
  'JobModifyIndex',
  'Status',
  'StatusDescription',
  'VersionTag',
  // Of whoever submitted it.
  'NomadTokenID',
  'ConsulToken',
  'VaultToken',
];

/** A revert makes a new version with the old content, and none when the content is the same (nomad#10337): so the content counts. */
const revisionOf = (each: Job): string => {
  const content = Object.fromEntries(Object.entries(each).filter(([key]) => !moving.includes(key)));
  return `job/${fingerprint(content, 10)}`;
};

const query = ({ namespace, region }: Settings): string =>
  `?namespace=${encodeURIComponent(namespace)}${region === undefined ? '' : `&region=${encodeURIComponent(region)}`}`;

const path = (spec: Settings, what: string): string => `/v1/job/${encodeURIComponent(spec.job)}/${what}${query(spec)}`;

const api = (spec: Settings, what: string): string[] => ['nomad', 'operator', 'api', path(spec, what)];

interface Found extends Live {
  version: number;
}

/** Newest first. */
const versionsOf = async (spec: Settings, ask: Ask): Promise<[Job, ...Job[]]> => {
  const { Versions } = await ask.json(api(spec, 'versions'), versionsSchema());
  const all = Versions.sort((a, b) => b.Version - a.Version);
  return all as [Job, ...Job[]];
};

const look = async (spec: Settings, ask: Ask): Promise<Found> => {
  const [newest] = await versionsOf(spec, ask);
  const { Version: version } = newest;
  const revision = revisionOf(newest);
  const what = `version ${version} (${revision}) of ${spec.job}`;
  if (newest.Stop) return { revision, version, settled: false, detail: `${what} is stopped` };
  const deployment = await ask.json(api(spec, 'deployment'), deploymentSchema());
  if (deployment?.JobVersion !== version) {
    // A job without an update stanza has no deployments at all.
    const settled = deployment === null;
    return { revision, version, settled, detail: settled ? `${what} runs` : `${what} has no deployment yet` };
  }
  const groups = Object.entries(deployment.TaskGroups ?? {}).map(
    ([name, { DesiredTotal, HealthyAllocs }]) => `${name}: ${HealthyAllocs} of ${DesiredTotal} healthy`,
  );
  const state = `its deployment is ${deployment.Status}`;
  const settled = deployment.Status === 'successful';
  return { revision, version, settled, detail: [what, state, ...groups].join(', ') };
};

/** The newest version with this content. */
const targetOf = async (spec: Settings, to: string, ask: Ask): Promise<Job | undefined> =>
  (await versionsOf(spec, ask)).find((each) => revisionOf(each) === to);

const missing = async (spec: Settings, to: string, ask: Ask): Promise<string | undefined> => {
  const versions = await versionsOf(spec, ask);
  if (versions.some((each) => revisionOf(each) === to)) return undefined;
  return `no version of ${spec.job} holds ${to} any more: ${versions.length} are kept (job_tracked_versions)`;
};

/**
 * `nomad job revert` cannot compare. The API can, and its body has to come by stdin; `nomad operator api` ends with 0
 * whatever the server answers (command/operator_api.go), so that the answer itself has to be read.
 */
const revert = (spec: Settings): string[] => ['nomad', 'operator', 'api', '-X', 'PUT', path(spec, 'revert')];

const revertBody = (spec: Settings, version: number, prior: number): string =>
  JSON.stringify({ JobID: spec.job, JobVersion: version, EnforcePriorVersion: prior });

/** Jobs of HashiCorp Nomad. */
export const nomad = platformOf<Settings, Found>({
  name: 'nomad',
  about:
    'A job of HashiCorp Nomad, by the nomad command (NOMAD_ADDR, NOMAD_TOKEN). A revision is the content of the job (job/3f2c…), because a revert makes a new version number; it is settled when the deployment of the newest version is successful. The revert carries EnforcePriorVersion, so that Nomad refuses when anybody else has deployed.',
  example: `rollback:
  nomad:
    job: auth
    namespace: default
    region: eu                       # optional
    deadline: 1m
`,
  aftermath:
    'The job file in Git or CI still holds the release that was rolled back: the next `nomad job run` brings it back.',
  settings,
  fence: 'server',
  look,
  back: async (spec, { to }, { revision, version }, { act, ask }) => {
    if (revision === to) return;
    const target = await targetOf(spec, to, ask);
    if (!target) throw new Error(`no version of ${spec.job} holds ${to} any more`);
    const answer = await act(revert(spec), revertBody(spec, target.Version, version));
    if (!answer.includes('"EvalID"')) throw new Error(`Nomad did not take the order: ${answer.trim().slice(0, 300)}`);
  },
  missing,
  manual: (spec, { to }: Direction) =>
    `${shellLine(['nomad', 'job', 'history', `-namespace=${spec.namespace}`, spec.job])}   # the version of ${to}, then: ${shellLine(['nomad', 'job', 'revert', `-namespace=${spec.namespace}`, spec.job])} VERSION`,
  needs: (spec) => [
    {
      what: `may read the job ${spec.job}`,
      argv: [
        'nomad',
        'job',
        'inspect',
        `-namespace=${spec.namespace}`,
        ...(spec.region === undefined ? [] : [`-region=${spec.region}`]),
        spec.job,
      ],
      next: 'give the token the capability read-job in the namespace',
    },
  ],
  unproven: ({ namespace }) => ({
    what: `may submit jobs in ${namespace}`,
    because: 'Nomad cannot be asked whether it is allowed without doing it',
    next: 'look for submit-job in `nomad acl token self`',
  }),
});
