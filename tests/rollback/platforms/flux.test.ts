// The platform `flux`: it reads and waits, and never acts. Recorded from the status of Flux's objects.
import { expect, it } from 'vitest';
import { flux } from '../../../src/rollback/platforms/flux.ts';
import { type Recording, recordedSystem } from '../../helpers/recorded-cli.ts';
import { openOn } from '../platform-contract.ts';

const object = (over: { status?: object; metadata?: object } = {}) => ({
  metadata: { name: 'auth', generation: 3, ...over.metadata },
  spec: { interval: '10m' },
  status: {
    observedGeneration: 3,
    lastAppliedRevision: 'main@sha1:9f3c1a2',
    conditions: [{ type: 'Ready', status: 'True', message: 'Applied revision: main@sha1:9f3c1a2' }],
    ...over.status,
  },
});

const get = 'kubectl --namespace=flux-system get kustomizations.kustomize.toolkit.fluxcd.io auth -o json';
const getRelease = 'kubectl --namespace=flux-system get helmreleases.helm.toolkit.fluxcd.io auth -o json';
const release = object({
  status: {
    lastAppliedRevision: undefined,
    history: [{ name: 'auth', version: 7, chartVersion: '1.4.0', status: 'deployed' }],
    conditions: [{ type: 'Ready', status: 'True', message: 'Helm upgrade succeeded' }],
  },
});

const recording: Recording = {
  source: 'https://fluxcd.io/flux/components/kustomize/kustomizations/ and helm/helmreleases/',
  settings: { namespace: 'flux-system', kustomization: 'auth' },
  readings: [
    { call: get, answer: () => JSON.stringify(object()) },
    { call: getRelease, answer: () => JSON.stringify(release) },
    {
      call: 'kubectl --namespace=flux-system auth can-i get kustomizations.kustomize.toolkit.fluxcd.io/auth',
      answer: () => 'yes',
    },
  ],
  act: 'flux suspend',
};

const opened = async (settings: unknown = recording.settings) => {
  const system = await recordedSystem({ ...recording, settings });
  return { system, ...(await openOn(flux, system)) };
};

const sentence =
  'the Flux Kustomization auth applies what is in Git and would put back whatever else is done: revert the commit in Git, push, then flux reconcile kustomization auth --namespace=flux-system --with-source';

it('reads what a Kustomization has applied', async () => {
  const { session } = await opened();
  expect(await session.live()).toEqual({
    revision: 'main@sha1:9f3c1a2',
    settled: true,
    detail: 'Kustomization auth is at main@sha1:9f3c1a2: Applied revision: main@sha1:9f3c1a2',
  });
});

it('reads the Helm revision of a HelmRelease', async () => {
  const { session } = await opened({ namespace: 'flux-system', helmRelease: 'auth' });
  expect(await session.live()).toEqual({
    revision: 'v7',
    settled: true,
    detail: 'HelmRelease auth is at v7 (chart 1.4.0): Helm upgrade succeeded',
  });
});

it.each([
  [object({ metadata: { generation: 4 } })],
  [object({ status: { conditions: [{ type: 'Ready', status: 'False', message: 'health check failed' }] } })],
  [object({ status: { conditions: [] } })],
])('is not settled: %j', async (answer) => {
  const { session, system } = await opened();
  await system.answer(get, JSON.stringify(answer));
  expect(await session.live()).toMatchObject({ settled: false });
});

it('never acts, and says what to do in Git', async () => {
  const { session, acts } = await opened();
  expect(await session.forbidden?.()).toBe(sentence);
  const back = { from: 'main@sha1:9f3c1a2', to: 'main@sha1:1111111' };
  await expect(session.undo({ ...back, token: 1 })).rejects.toThrow(sentence);
  expect(acts()).toEqual([]);
  expect(session.manual(back)).toBe(
    'git revert --no-edit 9f3c1a2 && git push && flux reconcile kustomization auth --namespace=flux-system --with-source   # back to main@sha1:1111111',
  );
});

it('has a doctor', async () => {
  const { session } = await opened();
  expect(await session.doctor?.()).toMatchObject([{ state: 'ok' }]);
});

it.each([[{ namespace: 'flux-system' }], [{ namespace: 'flux-system', kustomization: 'auth', helmRelease: 'auth' }]])(
  'settings like %j are refused',
  (settings) => {
    const messages = flux.settings.safeParse(settings).error?.issues.map((issue) => issue.message);
    expect(messages).toEqual(['needs either `kustomization` or `helmRelease`']);
  },
);
