// The platform `ecs`: a rolling service returns to a named task definition, and the PRIMARY deployment proves it.
import * as z from 'zod';
import type { Direction, Live } from '../../kit/index.ts';
import { once } from '../../kit/once.ts';
import { aws, awsKeys, identityNeed, unprovenAction } from './aws.ts';
import { type Ask, shellLine } from './commands.ts';
import { argument } from './settings.ts';
import { platformOf } from './system.ts';

const settings = once(() => z.strictObject({ cluster: argument(), service: argument(), ...awsKeys() }));

type Settings = z.infer<ReturnType<typeof settings>>;

const servicesSchema = once(() =>
  z.object({
    services: z.array(
      z.object({
        status: z.string(),
        desiredCount: z.number(),
        deploymentController: z.object({ type: z.string() }).optional(),
        deployments: z.array(
          z.object({
            id: z.string(),
            status: z.string(),
            taskDefinition: z.string(),
            runningCount: z.number(),
            desiredCount: z.number(),
            rolloutState: z.string().optional(),
            rolloutStateReason: z.string().optional(),
          }),
        ),
      }),
    ),
  }),
);

const describe = (spec: Settings): string[] =>
  aws(spec, 'ecs', 'describe-services', '--cluster', spec.cluster, '--services', spec.service);

const serviceOf = async (spec: Settings, ask: Ask) => {
  const { services } = await ask.json(describe(spec), servicesSchema());
  const [service] = services;
  if (!service || service.status === 'INACTIVE')
    throw new Error(`the cluster ${spec.cluster} has no active service ${spec.service}`);
  return service;
};

/** `arn:aws:ecs:eu-1:1234:task-definition/auth:42` → `auth:42`. */
const nameOf = (arn: string): string => arn.split('/').at(-1) ?? arn;

/**
 * Only the PRIMARY deployment tells: "services-stable" is also reached after ECS has rolled back by itself
 * (aws-actions/amazon-ecs-deploy-task-definition#191).
 */
const look = async (spec: Settings, ask: Ask): Promise<Live> => {
  const { deployments, desiredCount } = await serviceOf(spec, ask);
  const primary = deployments.find(({ status }) => status === 'PRIMARY');
  if (!primary) throw new Error(`the service ${spec.service} has no PRIMARY deployment`);
  const { runningCount, rolloutState = 'COMPLETED', rolloutStateReason = '', id } = primary;
  const revision = nameOf(primary.taskDefinition);
  const old = deployments.filter((each) => each !== primary && each.runningCount > 0);
  const rest = old.map((each) => `${each.runningCount} still run ${nameOf(each.taskDefinition)}`);
  const why = rolloutState === 'FAILED' && rolloutStateReason !== '' ? `: ${rolloutStateReason}` : '';
  const runs = `${runningCount} of ${desiredCount} tasks run ${revision}`;
  return {
    revision,
    settled: rolloutState === 'COMPLETED' && old.length === 0 && desiredCount > 0 && runningCount >= desiredCount,
    detail: [`${runs} (${id} is ${rolloutState}${why})`, ...rest].join(', '),
  };
};

const definitionSchema = once(() => z.object({ taskDefinition: z.object({ status: z.string() }) }));

const missing = async (spec: Settings, to: string, ask: Ask): Promise<string | undefined> => {
  const argv = aws(spec, 'ecs', 'describe-task-definition', '--task-definition', to);
  const { taskDefinition } = await ask.json(argv, definitionSchema());
  if (taskDefinition.status === 'ACTIVE') return undefined;
  return `task definition ${to} is ${taskDefinition.status}: it was deregistered, and a service cannot be moved to it`;
};

const forbidden = async (spec: Settings, ask: Ask): Promise<string | undefined> => {
  const { deploymentController } = await serviceOf(spec, ask);
  const type = deploymentController?.type ?? 'ECS';
  if (type === 'ECS') return undefined;
  const instead =
    type === 'CODE_DEPLOY'
      ? 'roll back there: aws deploy stop-deployment --auto-rollback-enabled, or a new deployment of the old revision'
      : 'roll back with the tool that controls it';
  return `the service ${spec.service} is deployed by ${type}, update-service would be refused: ${instead}`;
};

const update = (spec: Settings, to: string): string[] =>
  aws(spec, 'ecs', 'update-service', '--cluster', spec.cluster, '--service', spec.service, '--task-definition', to);

/** Rolling services of Amazon ECS. */
export const ecs = platformOf<Settings, Live>({
  name: 'ecs',
  about:
    'A rolling service of Amazon ECS. The revision is the task definition (auth:42) of the PRIMARY deployment; it is settled when that deployment is COMPLETED and no task of another runs. A circuit breaker of ECS may go back first: then its target is seen as live.',
  example: `rollback:
  ecs:
    region: eu-central-1
    cluster: prod
    service: auth
    deadline: 2m                     # for the call; rollback.deadline is for the roll-out
`,
  aftermath:
    'CloudFormation, Terraform or CDK still describe the task definition that was rolled back: the next apply brings it back.',
  settings,
  fence: 'client',
  look,
  // The deployment of the target is under way: another one would begin it anew.
  back: async (spec, { to }, { revision }, { act }) => {
    if (revision !== to) await act(update(spec, to));
  },
  missing,
  forbidden,
  manual: (spec, { to }: Direction) => shellLine(update(spec, to)),
  needs: (spec) => [identityNeed(spec), { what: `may read the service ${spec.service}`, argv: describe(spec) }],
  unproven: () => unprovenAction('ecs:UpdateService'),
});
