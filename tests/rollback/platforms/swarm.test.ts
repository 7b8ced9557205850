// The platform `swarm` against recorded argument lists and outputs of its documentation.
import { expect, it } from 'vitest';
import { swarm } from '../../../src/rollback/platforms/swarm.ts';
import { fingerprint } from '../../../src/rollback/platforms/fingerprint.ts';
import { type Recording, recordedSystem, type State } from '../../helpers/recorded-cli.ts';
import { openOn, platformContract } from '../platform-contract.ts';

const template = (level: string) => ({
  ContainerSpec: { Image: 'registry.example.com/shop/auth:1.4@sha256:0011', Env: [`LEVEL=${level}`] },
  RestartPolicy: { Condition: 'any' },
});

const spec = (level: string, force = 0) => ({
  Name: 'shop_auth',
  TaskTemplate: { ...template(level), ForceUpdate: force },
});

const service = (state: State): object[] => {
  const [now, before] = { v1: ['one'], v2: ['two', 'one'], v3: ['three', 'two'], back: ['one', 'two'] }[state];
  return [
    {
      ID: 'x1',
      Version: { Index: 42 },
      Spec: spec(now ?? '', 7),
      ...(before === undefined ? {} : { PreviousSpec: spec(before) }),
      UpdateStatus: { State: state === 'back' ? 'rollback_completed' : 'completed', Message: 'update completed' },
    },
  ];
};

const revision = (level: string): string => `auth:1.4@${fingerprint(template(level), 8)}`;
const [one, two] = [revision('one'), revision('two')];
const task = (name: string, state: string): string =>
  JSON.stringify({ ID: 'y', Name: name, Image: 'auth:1.4', CurrentState: state, DesiredState: 'Running', Error: '' });

const inspect = 'docker --context prod service inspect shop_auth';
const ps = 'docker --context prod service ps shop_auth --filter desired-state=running --format {{json .}}';
const tasks = [task('shop_auth.1', 'Running 2 minutes ago'), task('shop_auth.2', 'Running 2 minutes ago')];

const recording: Recording = {
  source: 'https://docs.docker.com/reference/cli/docker/service/rollback/',
  settings: { service: 'shop_auth', context: 'prod' },
  readings: [
    { call: inspect, answer: (state) => JSON.stringify(service(state)) },
    { call: ps, answer: () => tasks.join('\n') },
  ],
  act: 'docker --context prod service rollback --detach shop_auth',
  revision: (name) => revision({ v1: 'one', v2: 'two', v3: 'three' }[name]),
};

platformContract(swarm, () => recordedSystem(recording));

const opened = async (state: State = 'v2') => {
  const system = await recordedSystem({ ...recording, state });
  return { system, ...(await openOn(swarm, system)) };
};

it('names the image and the whole template: another variable is another revision, a forced update is none', async () => {
  const { session } = await opened();
  expect(one).not.toBe(two);
  expect(await session.live()).toEqual({ revision: two, settled: true, detail: `2 of 2 tasks run with ${two}` });
});

it('is not settled while tasks start or the update is paused', async () => {
  const { session, system } = await opened();
  await system.answer(ps, [tasks[0], task('shop_auth.2', 'Starting 2 seconds ago')].join('\n'));
  const [given] = service('v2');
  await system.answer(
    inspect,
    JSON.stringify([{ ...given, UpdateStatus: { State: 'paused', Message: 'update paused due to failure' } }]),
  );
  expect(await session.live()).toMatchObject({
    settled: false,
    detail: `1 of 2 tasks run with ${two}, the update is paused: update paused due to failure`,
  });
});

it('goes back only when the step before is the captured one', async () => {
  const { session, acts } = await opened('v3');
  const [three, sentence] = [
    revision('three'),
    `Swarm keeps one step back, and that of shop_auth is ${two}, not ${one}: deploy the old stack file again`,
  ];
  expect(await session.targetMissing?.(two)).toBeUndefined();
  expect(await session.targetMissing?.(one)).toBe(sentence);
  await expect(session.undo({ from: three, to: one, token: 1 })).rejects.toThrow(sentence);
  expect(acts()).toEqual([]);
});

it('never toggles: under way to the target it waits', async () => {
  const { session, system, acts } = await opened('back');
  await system.answer(ps, task('shop_auth.1', 'Preparing 1 second ago'));
  await session.undo({ from: two, to: one, token: 2 });
  expect(acts()).toEqual([]);
});
