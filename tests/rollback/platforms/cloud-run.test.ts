// The platform `cloud-run` against recorded argument lists and outputs of its documentation.
import { expect, it } from 'vitest';
import { cloudRun } from '../../../src/rollback/platforms/cloud-run.ts';
import { type Recording, recordedSystem, type State } from '../../helpers/recorded-cli.ts';
import { openOn, platformContract } from '../platform-contract.ts';

const names: Record<State, string> = {
  v1: 'auth-00041-abc',
  v2: 'auth-00042-def',
  v3: 'auth-00043-ghi',
  back: 'auth-00041-abc',
};
const tail = '--region=europe-west1 --project=acme-prod';
const describeService = `gcloud run services describe auth --format=json ${tail}`;
const describeRevision = `gcloud run revisions describe auth-00041-abc --format=json ${tail}`;

const service = (traffic: readonly object[], over: object = {}) => ({
  metadata: { name: 'auth', generation: 7 },
  status: {
    observedGeneration: 7,
    latestCreatedRevisionName: 'auth-00042-def',
    latestReadyRevisionName: 'auth-00042-def',
    conditions: [{ type: 'Ready', status: 'True' }],
    traffic,
    ...over,
  },
});

const of = (state: State): object =>
  service([{ revisionName: names[state], percent: 100, latestRevision: state === 'v2' }]);

const recording: Recording = {
  source: 'https://cloud.google.com/run/docs/rollouts-rollbacks-traffic-migration',
  settings: { project: 'acme-prod', region: 'europe-west1', service: 'auth' },
  readings: [
    { call: describeService, answer: (state) => JSON.stringify(of(state)) },
    {
      call: describeRevision,
      answer: () => JSON.stringify({ status: { conditions: [{ type: 'Ready', status: 'True' }] } }),
    },
  ],
  act: `gcloud run services update-traffic auth --to-revisions=auth-00041-abc=100 --quiet ${tail}`,
  revision: (name) => names[name],
};

platformContract(cloudRun, () => recordedSystem(recording));

const opened = async (answer?: object) => {
  const system = await recordedSystem(recording);
  if (answer) await system.answer(describeService, JSON.stringify(answer));
  return { system, ...(await openOn(cloudRun, system)) };
};

it.each([
  [of('v2'), 'auth-00042-def', true, 'auth-00042-def gets 100 % of the traffic'],
  [
    of('back'),
    'auth-00041-abc',
    true,
    'auth-00041-abc gets 100 % of the traffic, the newest, auth-00042-def, gets none',
  ],
  [
    service([
      { revisionName: 'auth-00041-abc', percent: 90 },
      { revisionName: 'auth-00042-def', percent: 10 },
    ]),
    'auth-00041-abc+auth-00042-def',
    false,
    'auth-00041-abc gets 90 % of the traffic, auth-00042-def gets 10 % of the traffic',
  ],
  [
    service([{ revisionName: 'auth-00041-abc', percent: 100 }], {
      conditions: [{ type: 'Ready', status: 'False', message: 'Revision auth-00042-def is not ready' }],
    }),
    'auth-00041-abc',
    false,
    'auth-00041-abc gets 100 % of the traffic, the newest, auth-00042-def, gets none, Revision auth-00042-def is not ready',
  ],
])('what is live: %#', async (answer, revision, settled, detail) => {
  const { session } = await opened(answer);
  expect(await session.live()).toEqual({ revision, settled, detail });
});

it('is unknown without traffic', async () => {
  const { session } = await opened(service([]));
  await expect(session.live()).rejects.toThrow('no revision of auth gets any traffic');
});

it('the target may have been deleted, or broken', async () => {
  const { session, system } = await opened();
  expect(await session.targetMissing?.('auth-00041-abc')).toBeUndefined();
  const broken = { status: { conditions: [{ type: 'Ready', status: 'False', message: 'image not found' }] } };
  await system.answer(describeRevision, JSON.stringify(broken));
  expect(await session.targetMissing?.('auth-00041-abc')).toBe('revision auth-00041-abc is not ready: image not found');
  await system.failing(
    describeRevision,
    1,
    'ERROR: (gcloud.run.revisions.describe) Cannot find revision [auth-00041-abc]',
  );
  expect(await session.targetMissing?.('auth-00041-abc')).toBe('revision auth-00041-abc of auth was deleted');
});
