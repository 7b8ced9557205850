// The platform `ecs` against recorded argument lists and outputs of its documentation.
import { describe, expect, it } from 'vitest';
import { ecs } from '../../../src/rollback/platforms/ecs.ts';
import { type Recording, recordedSystem, type State } from '../../helpers/recorded-cli.ts';
import { openOn, platformContract } from '../platform-contract.ts';

const arn = (name: string): string => `arn:aws:ecs:eu-central-1:123456789012:task-definition/${name}`;

const deployment = (number: string, over: object = {}) => ({
  id: `ecs-svc/${number}`,
  status: 'PRIMARY',
  taskDefinition: arn(`auth:${number}`),
  desiredCount: 2,
  pendingCount: 0,
  runningCount: 2,
  failedTasks: 0,
  rolloutState: 'COMPLETED',
  rolloutStateReason: 'ECS deployment ecs-svc/42 completed.',
  ...over,
});

const serviceOf = (deployments: readonly object[], over: object = {}) => ({
  services: [{ serviceName: 'auth', status: 'ACTIVE', desiredCount: 2, runningCount: 2, deployments, ...over }],
  failures: [],
});

const numbers: Record<State, string> = { v1: '41', v2: '42', v3: '43', back: '41' };
const tail = '--region eu-central-1 --output json';
const describeServices = `aws ecs describe-services --cluster prod --services auth ${tail}`;
const definition = (name: string): string => `aws ecs describe-task-definition --task-definition ${name} ${tail}`;

const recording: Recording = {
  source: 'https://docs.aws.amazon.com/cli/latest/reference/ecs/update-service.html',
  settings: { region: 'eu-central-1', cluster: 'prod', service: 'auth' },
  readings: [
    { call: describeServices, answer: (state) => JSON.stringify(serviceOf([deployment(numbers[state])])) },
    { call: definition('auth:41'), answer: () => JSON.stringify({ taskDefinition: { status: 'ACTIVE' } }) },
    { call: definition('auth:40'), answer: () => JSON.stringify({ taskDefinition: { status: 'INACTIVE' } }) },
    { call: `aws sts get-caller-identity ${tail}`, answer: () => JSON.stringify({ Account: '123456789012' }) },
  ],
  act: `aws ecs update-service --cluster prod --service auth --task-definition auth:41 ${tail}`,
  revision: (name) => `auth:${numbers[name]}`,
};

platformContract(ecs, () => recordedSystem(recording));

const opened = async (answer?: object) => {
  const system = await recordedSystem(recording);
  if (answer) await system.answer(describeServices, JSON.stringify(answer));
  return { system, ...(await openOn(ecs, system)) };
};

it.each([
  [serviceOf([deployment('42')]), true, '2 of 2 tasks run auth:42 (ecs-svc/42 is COMPLETED)'],
  [
    serviceOf([
      deployment('42', { rolloutState: 'IN_PROGRESS', runningCount: 1 }),
      deployment('41', { status: 'ACTIVE', runningCount: 1 }),
    ]),
    false,
    '1 of 2 tasks run auth:42 (ecs-svc/42 is IN_PROGRESS), 1 still run auth:41',
  ],
  [
    serviceOf([
      deployment('42', { rolloutState: 'FAILED', runningCount: 0, rolloutStateReason: 'tasks failed to start' }),
    ]),
    false,
    '0 of 2 tasks run auth:42 (ecs-svc/42 is FAILED: tasks failed to start)',
  ],
  [
    serviceOf([deployment('42', { runningCount: 0 })], { desiredCount: 0 }),
    false,
    '0 of 0 tasks run auth:42 (ecs-svc/42 is COMPLETED)',
  ],
])('what is live: %#', async (answer, settled, detail) => {
  const { session } = await opened(answer);
  expect(await session.live()).toEqual({ revision: 'auth:42', settled, detail });
});

describe('going back', () => {
  it('does not begin anew while the target is on its way', async () => {
    const { session, acts } = await opened(serviceOf([deployment('41', { rolloutState: 'IN_PROGRESS' })]));
    await session.undo({ from: 'auth:42', to: 'auth:41', token: 2 });
    expect(acts()).toEqual([]);
  });

  it('is impossible to a task definition that was deregistered', async () => {
    const { session } = await opened();
    expect(await session.targetMissing?.('auth:41')).toBeUndefined();
    expect(await session.targetMissing?.('auth:40')).toBe(
      'task definition auth:40 is INACTIVE: it was deregistered, and a service cannot be moved to it',
    );
  });

  it('is refused where CodeDeploy deploys', async () => {
    const { session } = await opened(serviceOf([deployment('42')], { deploymentController: { type: 'CODE_DEPLOY' } }));
    expect(await session.forbidden?.()).toBe(
      'the service auth is deployed by CODE_DEPLOY, update-service would be refused: roll back there: aws deploy stop-deployment --auto-rollback-enabled, or a new deployment of the old revision',
    );
  });
});

it.each([[{ services: [] }], [serviceOf([], { status: 'INACTIVE' })]])(
  'needs an active service: %j',
  async (answer) => {
    const { session } = await opened(answer);
    await expect(session.live()).rejects.toThrow('the cluster prod has no active service auth');
  },
);
