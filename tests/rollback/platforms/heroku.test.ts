// The platform `heroku` against recorded argument lists and outputs of its documentation.
import { describe, expect, it } from 'vitest';
import { heroku } from '../../../src/rollback/platforms/heroku.ts';
import { type Recording, recordedSystem, type State } from '../../helpers/recorded-cli.ts';
import { openOn, platformContract } from '../platform-contract.ts';

const release = (version: number, description: string, over: object = {}) => ({
  id: `0000-${version}`,
  version,
  description,
  status: 'succeeded',
  current: false,
  slug: { id: `slug-${version}` },
  user: { email: 'mk@example.com' },
  ...over,
});

const known = [release(40, 'Deploy 1111111'), release(41, 'Deploy 2222222')];
const releases: Record<State, object[]> = {
  v1: [release(40, 'Deploy 1111111', { current: true })],
  v2: [release(40, 'Deploy 1111111'), release(41, 'Deploy 2222222', { current: true })],
  v3: [...known, release(42, 'Set LEVEL config vars', { current: true })],
  back: [...known, release(42, 'Rollback to v40', { current: true })],
};
const versions: Record<State, number> = { v1: 40, v2: 41, v3: 42, back: 42 };

const dyno = (name: string, version: number, over: object = {}) => ({
  name,
  type: 'web',
  state: 'up',
  release: { id: 'x', version },
  ...over,
});

const list = 'heroku releases --json --num 100 --app acme-auth';
const ps = 'heroku ps --json --app acme-auth';

const recording: Recording = {
  source: 'https://devcenter.heroku.com/articles/releases and platform-api-reference#release',
  settings: { app: 'acme-auth' },
  readings: [
    { call: list, answer: (state) => JSON.stringify(releases[state]) },
    {
      call: ps,
      answer: (state) => JSON.stringify([dyno('web.1', versions[state]), dyno('run.77', 12, { type: 'run' })]),
    },
    { call: 'heroku apps:info --json --app acme-auth', answer: () => '{}' },
  ],
  act: 'heroku releases:rollback v40 --app acme-auth',
  revision: (name) => `v${versions[name]}`,
};

platformContract(heroku, () => recordedSystem(recording));

const opened = async (state: State = 'v2') => {
  const system = await recordedSystem({ ...recording, state });
  return { system, ...(await openOn(heroku, system)) };
};

describe('what is live', () => {
  it('is the release that was returned to', async () => {
    const { session } = await opened('back');
    expect(await session.live()).toEqual({
      revision: 'v40',
      settled: true,
      detail: 'v40 (as v42) is current, 1 of 1 dynos are up with it',
      instances: { 'web.1': 'v42' },
    });
  });

  it('is not settled while dynos or the release phase are on their way', async () => {
    const { session, system } = await opened();
    await system.answer(
      ps,
      JSON.stringify([dyno('web.1', 41), dyno('web.2', 40), dyno('web.3', 41, { state: 'starting' })]),
    );
    const pending = release(42, 'Deploy 3333333', { status: 'pending' });
    await system.answer(list, JSON.stringify([...releases.v2, pending]));
    expect(await session.live()).toMatchObject({
      revision: 'v41',
      settled: false,
      detail: 'v41 is current, 1 of 3 dynos are up with it, v42 is pending: its release phase runs',
    });
  });

  it('is not settled without dynos', async () => {
    const { session, system } = await opened();
    await system.answer(ps, '[]');
    expect(await session.live()).toMatchObject({ settled: false });
  });
});

it('does not run the release phase once more while the dynos of the target come up', async () => {
  const { session, system, acts } = await opened('back');
  await system.answer(ps, JSON.stringify([dyno('web.1', 42, { state: 'starting' })]));
  await session.undo({ from: 'v41', to: 'v40', token: 2 });
  expect(acts()).toEqual([]);
});

it.each([
  ['v39', 'the last 3 releases of acme-auth do not hold v39'],
  ['v40', 'v40 is failed: it never was live'],
  ['v41', 'v41 has neither a slug nor an image: there is nothing to run'],
  ['v42', undefined],
])('%s is no target', async (to, sentence) => {
  const { session, system } = await opened();
  const all = [
    release(40, 'x', { status: 'failed' }),
    release(41, 'Initial release', { slug: null }),
    release(42, 'Deploy of an app of the Fir generation', { slug: null, oci_image: { id: '7f' }, current: true }),
  ];
  await system.answer(list, JSON.stringify(all));
  expect(await session.targetMissing?.(to)).toBe(sentence);
});
