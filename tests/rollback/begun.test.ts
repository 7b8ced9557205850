// What an earlier call has left: only a rollback that has acted, of the same deploy, and that may have worked.
import { describe, expect, it } from 'vitest';
import type { Json, Store } from '../../src/kit/index.ts';
import { begunRollback } from '../../src/rollback/index.ts';
import { openDesk } from './desk.ts';

const takenAt = '2026-11-22T02:31:00.000Z';
const deploy = { service: 'auth', environment: 'test', label: 'v2', baselineTakenAt: takenAt };
const id = `rb:auth/test:v2:${takenAt}`;
const causes = [{ check: 'login', reason: 'login_broken', text: 'GET /me: 500' }];

const line = (state: string, more: { [key: string]: Json } = {}): Json => ({
  format: 'holdpoint.rollback/1',
  at: '2026-11-22T02:47:00.000Z',
  id,
  token: 1,
  state,
  service: 'auth',
  environment: 'test',
  from: 'bad',
  to: 'good',
  automatic: true,
  ...more,
});

const storeWith = async (states: string[], journal = id): Promise<Store> => {
  const { store } = openDesk();
  for (const state of states) await store.journal(journal, line(state, state === 'PLANNED' ? { causes } : {}));
  return store;
};

describe('a rollback that was begun', () => {
  it.each([
    [['PLANNED', 'FENCED', 'EXECUTING'], false],
    [['PLANNED', 'FENCED', 'EXECUTING', 'EXECUTED', 'WAITING'], false],
    [['PLANNED', 'EXECUTING', 'PLANNED', 'WAITING', 'VERIFYING', 'ROLLED_BACK'], true],
    [['PLANNED', 'EXECUTING', 'VERIFYING', 'UNVERIFIED'], true],
  ])('%j is found, with its causes (ended: %s)', async (states, ended) => {
    expect(await begunRollback(await storeWith(states), deploy)).toEqual({ from: 'bad', to: 'good', causes, ended });
  });

  it.each([
    ['has not acted', ['PLANNED', 'FENCED'], {}],
    ['was refused', ['PLANNED', 'REFUSED'], {}],
    ['failed', ['PLANNED', 'EXECUTING', 'FAILED'], {}],
    ['was overtaken after its act', ['PLANNED', 'EXECUTING', 'REFUSED'], {}],
    ['is of another release', ['PLANNED', 'EXECUTING'], { label: 'v3' }],
    [
      'is of an earlier deploy of the release',
      ['PLANNED', 'EXECUTING'],
      { baselineTakenAt: '2026-11-22T05:00:00.000Z' },
    ],
    ['is of another environment', ['PLANNED', 'EXECUTING'], { environment: 'staging' }],
  ])('that %s is left alone', async (_, states, over) => {
    expect(await begunRollback(await storeWith(states), { ...deploy, ...over })).toBeUndefined();
  });

  it('is found by its baseline alone where the release has no label', async () => {
    const store = await storeWith(['PLANNED', 'EXECUTING'], `rb:auth/test:bad:${takenAt}`);
    expect(await begunRollback(store, { ...deploy, label: undefined })).toMatchObject({ to: 'good' });
  });
});
