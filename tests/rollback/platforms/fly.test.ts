// The platform `fly` against recorded argument lists and outputs of its documentation.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fly } from '../../../src/rollback/platforms/fly.ts';
import { type Recording, recordedSystem, type State } from '../../helpers/recorded-cli.ts';
import { openOn, platformContract } from '../platform-contract.ts';

const tags: Record<State, string> = {
  v1: 'deployment-01A',
  v2: 'deployment-01B',
  v3: 'deployment-01C',
  back: 'deployment-01A',
};
const image = (state: State): string => `registry.fly.io/acme-auth:${tags[state]}`;

const machine = (id: string, state: State, over: object = {}) => ({
  id,
  name: `m-${id}`,
  state: 'started',
  region: 'fra',
  image_ref: { registry: 'registry.fly.io', repository: 'acme-auth', tag: tags[state], digest: 'sha256:1' },
  config: { metadata: { fly_platform_version: 'v2', fly_process_group: 'app' } },
  checks: [{ name: 'servicecheck-00-http-8080', status: 'passing' }],
  ...over,
});

const list = 'fly machine list --json --app acme-auth';
const release = { config: { metadata: { fly_process_group: 'fly_app_release_command' } }, state: 'destroyed' };

const recording: Recording = {
  source: 'https://fly.io/docs/flyctl/machine-list/ and https://fly.io/docs/blueprints/rollback-guide/',
  settings: { app: 'acme-auth', config: 'fly.toml' },
  readings: [
    {
      call: list,
      answer: (state) =>
        JSON.stringify([machine('a', state), machine('b', state, { state: 'stopped' }), machine('c', 'v3', release)]),
    },
  ],
  act: `fly deploy --image ${image('v1')} --config fly.toml --yes --app acme-auth`,
  revision: (name) => image(name),
};

const system = async () => {
  const given = await recordedSystem(recording);
  await writeFile(join(given.root, 'fly.toml'), 'app = "acme-auth"\n');
  return given;
};

platformContract(fly, system);

const opened = async (machines?: object[]) => {
  const given = await system();
  if (machines) await given.answer(list, JSON.stringify(machines));
  return { system: given, ...(await openOn(fly, given)) };
};

it.each([
  [
    [machine('a', 'v2'), machine('b', 'v2', { state: 'stopped' })],
    true,
    `2 of 2 machines have ${image('v2')}, 1 started`,
  ],
  [[machine('a', 'v2', { state: 'stopped' })], false, `1 of 1 machines have ${image('v2')}, 0 started`],
  [
    [
      machine('a', 'v2', { checks: [{ name: 'http', status: 'critical' }] }),
      machine('b', 'v2', { state: 'replacing' }),
    ],
    false,
    `2 of 2 machines have ${image('v2')}, 1 started, a does not pass its checks, b is replacing`,
  ],
])('what is live: %#', async (machines, settled, detail) => {
  const { session } = await opened(machines);
  expect(await session.live()).toMatchObject({ revision: image('v2'), settled, detail });
});

it('a mixture is nobody’s revision, except on the way back', async () => {
  const { session } = await opened([machine('a', 'v1'), machine('b', 'v2')]);
  const mixed = `machines have ${image('v1')} and ${image('v2')}`;
  expect(await session.live()).toMatchObject({
    revision: `${image('v1')}+${image('v2')}`,
    settled: false,
    detail: mixed,
  });
  const between = { from: image('v2'), to: image('v1') };
  expect(await session.live(undefined, between)).toMatchObject({ revision: image('v2'), settled: false });
});

it('needs machines', async () => {
  const { session } = await opened([]);
  await expect(session.live()).rejects.toThrow('the app acme-auth has no machines');
});
