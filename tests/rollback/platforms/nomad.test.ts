// The platform `nomad` against recorded argument lists and outputs of its documentation.
import { expect, it } from 'vitest';
import { nomad } from '../../../src/rollback/platforms/nomad.ts';
import { type Recording, recordedSystem, type State } from '../../helpers/recorded-cli.ts';
import { openOn, platformContract } from '../platform-contract.ts';

const job = (version: number, image: string, over: object = {}) => ({
  ID: 'auth',
  Version: version,
  Stable: true,
  SubmitTime: 1_700_000_000 + version,
  JobModifyIndex: 100 + version,
  ModifyIndex: 200 + version,
  Stop: false,
  TaskGroups: [{ Name: 'web', Tasks: [{ Name: 'auth', Config: { image }, Env: { LEVEL: 'info' } }] }],
  ...over,
});

const versions = (state: State): object[] => {
  const known = [job(5, 'auth:v2'), job(4, 'auth:v1'), job(3, 'auth:v0')];
  if (state === 'v1') return known.slice(1);
  if (state === 'v2') return known;
  return [job(6, state === 'v3' ? 'auth:v3' : 'auth:v1'), ...known];
};

const deployment = (state: State, over: object = {}) => ({
  ID: '70638f62',
  JobVersion: (versions(state)[0] as { Version: number }).Version,
  Status: 'successful',
  TaskGroups: { web: { DesiredTotal: 2, HealthyAllocs: 2, PlacedAllocs: 2 } },
  ...over,
});

const api = (what: string): string => `nomad operator api /v1/job/auth/${what}?namespace=default`;
/** The same content has the same name, whatever version holds it. */
const revisions = { v1: 'job/a20f3a5f68', v2: 'job/668fb9aa60', v3: 'job/94171dfe33' };

const recording: Recording = {
  source: 'https://developer.hashicorp.com/nomad/api-docs/jobs#revert-to-older-job-version',
  settings: { job: 'auth' },
  readings: [
    { call: api('versions'), answer: (state) => JSON.stringify({ Versions: versions(state), Diffs: null }) },
    { call: api('deployment'), answer: (state) => JSON.stringify(deployment(state)) },
    { call: 'nomad job inspect -namespace=default auth', answer: () => '{}' },
  ],
  act: 'nomad operator api -X PUT /v1/job/auth/revert?namespace=default',
  acted: '{"EvalID":"d092fdc0-e1fd-2536-67d8-43af8ca798ac","JobModifyIndex":105}',
  // `nomad operator api` ends with 0 whatever the server says.
  refused: { exit: 0, text: 'Current job has version 6; enforcing version 5' },
  revision: (name) => revisions[name],
};

platformContract(nomad, () => recordedSystem(recording));

const opened = async () => {
  const system = await recordedSystem(recording);
  return { system, ...(await openOn(nomad, system)) };
};

const back = { from: revisions.v2, to: revisions.v1, token: 1 };

it('hands the version that must still be live to Nomad, by standard input', async () => {
  const { session, system, acts } = await opened();
  await session.undo(back);
  expect(JSON.parse(await system.body())).toEqual({ JobID: 'auth', JobVersion: 4, EnforcePriorVersion: 5 });
  expect(acts()).toHaveLength(1);
  expect(await session.live()).toMatchObject({
    revision: revisions.v1,
    detail: expect.stringContaining('version 6 ('),
  });
});

it('does not take an exit code of 0 for an answer', async () => {
  const system = await recordedSystem({ ...recording, acted: 'Permission denied' });
  const { session } = await openOn(nomad, system);
  await system.lie();
  await expect(session.undo(back)).rejects.toThrow('Nomad did not take the order: Permission denied');
});

it.each([
  [
    { Status: 'running', TaskGroups: { web: { DesiredTotal: 2, HealthyAllocs: 1 } } },
    false,
    'its deployment is running, web: 1 of 2 healthy',
  ],
  [{ JobVersion: 4 }, false, 'has no deployment yet'],
])('is settled when its deployment is successful: %j', async (over, settled, detail) => {
  const { session, system } = await opened();
  await system.answer(api('deployment'), JSON.stringify(deployment('v2', over)));
  expect(await session.live()).toMatchObject({
    revision: revisions.v2,
    settled,
    detail: expect.stringContaining(detail),
  });
});

it('a job without deployments is settled at once, a stopped one never', async () => {
  const { session, system } = await opened();
  await system.answer(api('deployment'), 'null');
  expect(await session.live()).toMatchObject({ settled: true, detail: `version 5 (${revisions.v2}) of auth runs` });
  await system.answer(api('versions'), JSON.stringify({ Versions: [job(5, 'auth:v2', { Stop: true })] }));
  expect(await session.live()).toMatchObject({
    settled: false,
    detail: expect.stringContaining(' of auth is stopped'),
  });
});

it('says when the target is no longer kept', async () => {
  const { session } = await opened();
  expect(await session.targetMissing?.(revisions.v1)).toBeUndefined();
  expect(await session.targetMissing?.('job/0000000000')).toBe(
    'no version of auth holds job/0000000000 any more: 3 are kept (job_tracked_versions)',
  );
});
