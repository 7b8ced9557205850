// The platform `argocd` against recorded argument lists and outputs of its documentation.
import { describe, expect, it } from 'vitest';
import { argocd } from '../../../src/rollback/platforms/argocd.ts';
import { type Recording, recordedSystem, type State } from '../../helpers/recorded-cli.ts';
import { openOn, platformContract } from '../platform-contract.ts';

const history = [
  { id: 4, revision: 'v1', deployedAt: '2026-03-01T10:00:00Z' },
  { id: 5, revision: 'v2', deployedAt: '2026-03-02T10:00:00Z' },
];

const appOf = (state: State, over: { spec?: object; status?: object; operation?: object; metadata?: object } = {}) => ({
  metadata: { name: 'auth', namespace: 'argocd', ...over.metadata },
  spec: { project: 'default', syncPolicy: { syncOptions: ['CreateNamespace=true'] }, ...over.spec },
  ...(over.operation ? { operation: over.operation } : {}),
  status: {
    sync: { status: 'OutOfSync', revision: 'v9' },
    health: { status: 'Healthy' },
    history:
      state === 'v1'
        ? history.slice(0, 1)
        : state === 'v2'
          ? history
          : [...history, { id: 6, revision: state === 'v3' ? 'v3' : 'v1', deployedAt: '2026-03-03T10:00:00Z' }],
    operationState: {
      phase: 'Succeeded',
      message: 'successfully synced (all tasks run)',
      syncResult: { revision: 'v2' },
    },
    ...over.status,
  },
});

const get = 'argocd app get auth --output=json --server=argocd.example.com';

const recording: Recording = {
  source: 'https://argo-cd.readthedocs.io/en/stable/user-guide/commands/argocd_app_rollback/',
  settings: { app: 'auth', server: 'argocd.example.com' },
  readings: [
    { call: get, answer: (state) => JSON.stringify(appOf(state)) },
    { call: 'argocd account can-i get applications default/auth --server=argocd.example.com', answer: () => 'yes' },
    { call: 'argocd account can-i sync applications default/auth --server=argocd.example.com', answer: () => 'yes' },
  ],
  act: 'argocd app rollback auth 4 --timeout=290 --server=argocd.example.com',
};

platformContract(argocd, () => recordedSystem(recording));

const opened = async (app?: object) => {
  const system = await recordedSystem(recording);
  if (app) await system.answer(get, JSON.stringify(app));
  return { system, ...(await openOn(argocd, system)) };
};

describe('what is live', () => {
  it.each([
    [appOf('v2'), 'v2', true, 'auth is at v2, Healthy; the last sync succeeded'],
    [
      appOf('v2', { status: { health: { status: 'Progressing' } } }),
      'v2',
      false,
      'auth is at v2, Progressing; the last sync succeeded',
    ],
    [
      appOf('v2', { status: { operationState: { phase: 'Running', syncResult: { revision: 'v3' } } }, operation: {} }),
      'v3',
      false,
      'auth is at v3, Healthy; a sync is under way',
    ],
    [
      appOf('v2', {
        status: { operationState: { phase: 'Failed', message: 'one object refused', syncResult: { revision: 'v3' } } },
      }),
      'v3',
      false,
      'auth is at v3, Healthy; the last sync is Failed: one object refused',
    ],
    [
      appOf('v2', { status: { history: [{ id: 1, revisions: ['a1', 'b2'] }] } }),
      'a1,b2',
      true,
      'auth is at a1,b2, Healthy; the last sync succeeded',
    ],
  ])('%#', async (app, revision, settled, detail) => {
    const { session } = await opened(app);
    expect(await session.live()).toEqual({ revision, settled, detail });
  });

  it('cannot be told before the first sync', async () => {
    const { session } = await opened(appOf('v2', { status: { history: null, operationState: undefined } }));
    await expect(session.live()).rejects.toThrow('the application auth has never been synced');
  });
});

describe('auto-sync', () => {
  const automated = { spec: { syncPolicy: { automated: { prune: true, selfHeal: true } } } };

  it('is refused, with what to do', async () => {
    const { session } = await opened(appOf('v2', automated));
    expect(await session.forbidden?.()).toBe(
      'auth is synced by Argo CD by itself, which would deploy what is in Git again: revert the commit in Git; as a stop-gap, switch it off first: argocd app set auth --sync-policy=none --server=argocd.example.com',
    );
  });

  it('of an ApplicationSet cannot even be switched off', async () => {
    const metadata = { ownerReferences: [{ kind: 'ApplicationSet', name: 'shops' }] };
    const { session } = await opened(appOf('v2', { ...automated, metadata }));
    expect(await session.forbidden?.()).toMatch(/; the ApplicationSet shops would switch auto-sync on again$/);
  });

  it.each([[{}], [{ syncPolicy: null }], [{ syncPolicy: { automated: { enabled: false } } }]])(
    'that is off is none: %j',
    async (spec) => {
      const { session } = await opened(appOf('v2', { spec: { syncPolicy: undefined, ...spec } }));
      expect(await session.forbidden?.()).toBeUndefined();
    },
  );
});

it('returns to the entry of the history that holds the target, and says when there is none', async () => {
  const { session, acts } = await opened();
  expect(await session.targetMissing?.('v1')).toBeUndefined();
  expect(await session.targetMissing?.('v0')).toBe(
    'the history of auth holds v0 no more: 2 entries (revisionHistoryLimit)',
  );
  await session.undo({ from: 'v2', to: 'v1', token: 1 });
  expect(acts().map(({ argv }) => argv.join(' '))).toEqual([recording.act]);
});

it('the doctor reads the answer, because the exit code is 0 either way', async () => {
  const { session, system } = await opened();
  await system.answer('argocd account can-i sync applications default/auth --server=argocd.example.com', 'no');
  expect(await session.doctor?.()).toEqual([
    expect.objectContaining({ what: 'may get applications', state: 'ok' }),
    {
      what: 'may sync applications',
      state: 'failed',
      because: '`argocd account can-i sync applications default/auth --server=argocd.example.com` says no',
      next: 'give the account a policy with the action sync on applications',
    },
  ]);
});
