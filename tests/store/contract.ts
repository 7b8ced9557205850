// What every store promises, as tests: files and Postgres are held against the same.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isLease, type Json, type RunRecord, type Store, type StoredBaseline } from '../../src/kit/index.ts';
import { marksOf, markRun } from '../../src/store/index.ts';

export interface Opened {
  store: Store;
  /** The same store again, as another process would open it. */
  again(): Store;
  /** What it has warned of. */
  warnings: string[];
}

const day = 86_400_000;
const noon = Date.UTC(2026, 10, 22, 12);
const at = (days: number): string => new Date(noon - days * day).toISOString();

const baseline = (release: string, days: number, live: string): StoredBaseline => ({
  format: 'holdpoint.baseline/1',
  service: 'auth',
  environment: 'production',
  release,
  takenAt: at(days),
  live,
  profileHash: 'hash',
  checks: {
    login: {
      kind: 'login',
      samples: [{ at: at(days), ms: 1, phase: 'baseline', seen: { text: "it's \\ 100 % \u0000 '; --" } }],
    },
  },
});

const record = (runId: string, days: number, over: Partial<RunRecord> = {}): RunRecord =>
  ({
    format: 'holdpoint.record/1',
    runId,
    verb: 'run',
    service: 'auth',
    environment: 'production',
    startedAt: at(days),
    finishedAt: at(days),
    decision: { action: 'block', because: [] },
    release: { label: runId },
    checks: [],
    ...over,
  }) as unknown as RunRecord;

const passed: Partial<RunRecord> = { decision: { action: 'pass', because: [] } };

/** Holds a store against the contract. `open` gives an empty one. */
export const storeContract = (open: () => Promise<Opened>): void => {
  let opened: Opened;
  let store: Store;
  const others: Store[] = [];
  const again = (): Store => {
    const other = opened.again();
    others.push(other);
    return other;
  };
  beforeEach(async () => {
    opened = await open();
    ({ store } = opened);
  });
  afterEach(async () => {
    for (const each of [store, ...others.splice(0)]) await each.close();
  });

  describe('baselines', () => {
    it('come back as they were, by release or the newest, in another process, too', async () => {
      expect(await store.baseline('auth', 'production')).toBeUndefined();
      expect(await store.saveBaseline(baseline('v1', 2, 'r0'))).toBe('saved');
      expect(await store.saveBaseline(baseline('v2', 1, 'r1'))).toBe('saved');
      expect(await again().baseline('auth', 'production')).toEqual(baseline('v2', 1, 'r1'));
      expect(await store.baseline('auth', 'production', 'v1')).toEqual(baseline('v1', 2, 'r0'));
      expect(await store.baseline('auth', 'staging')).toBeUndefined();
      expect(await store.baseline('auth', 'production', 'v3')).toBeUndefined();
    });

    it('keep the revision to go back to: a second one is taken only where the same is live', async () => {
      await store.saveBaseline(baseline('v1', 2, 'r0'));
      expect(await store.saveBaseline(baseline('v1', 1, 'bad'))).toBe('kept');
      expect((await store.baseline('auth', 'production', 'v1'))?.live).toBe('r0');
      expect(await store.saveBaseline(baseline('v1', 0, 'r0'))).toBe('saved');
      expect((await store.baseline('auth', 'production', 'v1'))?.takenAt).toBe(at(0));
    });
  });

  describe('records', () => {
    it('are listed newest first, by service, environment, run and number', async () => {
      for (const [runId, days] of [
        ['a', 3],
        ['b', 1],
        ['c', 2],
      ] as const)
        await store.saveRecord(record(runId, days));
      await store.saveRecord(record('d', 0, { environment: 'staging' }));
      await store.saveRecord(record('e', 4, { service: 'mail' }));
      const ids = async (filter: Parameters<Store['records']>[0]) =>
        (await again().records(filter)).map(({ runId }) => runId);
      expect(await ids({})).toEqual(['d', 'b', 'c', 'a', 'e']);
      expect(await ids({ service: 'auth', environment: 'production' })).toEqual(['b', 'c', 'a']);
      expect(await ids({ service: 'auth', limit: 2 })).toEqual(['d', 'b']);
      expect(await ids({ runId: 'c' })).toEqual(['c']);
      expect(await ids({ runId: 'nobody' })).toEqual([]);
    });

    it('saved twice stand once, as they were last; where they are is told', async () => {
      await store.saveRecord(record('a', 1));
      const where = await store.saveRecord(record('a', 1, passed));
      expect(where).toBe(store.pathOf(record('a', 1)));
      expect(await store.records({})).toEqual([record('a', 1, passed)]);
    });
  });

  describe('journals', () => {
    it('give back their lines in order, each with its keys in order', async () => {
      const lines: Json[] = [{ b: 1, a: { d: "O'Neil \\ \u0000", c: null } }, { b: 2 }, ['x']];
      for (const line of lines) await store.journal('rb:auth/production:v1', line);
      const read = await again().readJournal('rb:auth/production:v1');
      expect(JSON.stringify(read)).toBe(JSON.stringify(lines));
      expect(await store.readJournal('rb:auth/production:v2')).toEqual([]);
    });

    it('are listed by prefix, the last written first; a prefix is no pattern', async () => {
      for (const id of ['rb:a/p:1', 'rb:a/p:2', 'rb:a_p:3', 'other']) {
        await store.journal(id, { id });
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await store.journal('rb:a/p:1', { again: true });
      expect(await store.journals('rb:a/p:')).toEqual(['rb:a/p:1', 'rb:a/p:2']);
      expect(await store.journals('rb:a_')).toEqual(['rb:a_p:3']);
      expect(await store.journals('%')).toEqual([]);
    });
  });

  describe('marks', () => {
    it('are kept per run; the last word counts', async () => {
      const say = (runId: string, said: 'right' | 'wrong') => markRun(store, { at: at(0), runId, said, by: 'mk' });
      await say('a', 'right');
      await say('a', 'wrong');
      await say('b', 'right');
      const marks = await marksOf(again(), ['a', 'b', 'c']);
      expect([...marks].map(([id, { said }]) => `${id} ${said}`)).toEqual(['a wrong', 'b right']);
    });
  });

  describe('locks', () => {
    it('are held once, named with their holder, and free after the release', async () => {
      const first = await store.lock('auth.production', 'run 1');
      expect(isLease(first)).toBe(true);
      const second = await again().lock('auth.production', 'run 2');
      expect(second).toMatchObject({ heldBy: { owner: 'run 1', pid: process.pid } });
      const elsewhere = await store.lock('auth.staging', 'run 3');
      expect(isLease(elsewhere)).toBe(true);
      for (const lock of [first, elsewhere]) if (isLease(lock)) await lock.release();
      const third = await again().lock('auth.production', 'run 4');
      expect(isLease(third)).toBe(true);
      if (isLease(third)) await third.release();
    });

    it('go to one of many that ask at once', async () => {
      const locks = await Promise.all(Array.from({ length: 6 }, (_, n) => again().lock('auth', `run ${n}`)));
      const held = locks.filter(isLease);
      expect(held).toHaveLength(1);
      await held[0]?.release();
    });
  });

  describe('retention', () => {
    const scope = { service: 'auth', environment: 'production' };
    const left = async () => (await store.records({ service: 'auth' })).map(({ runId }) => runId);

    it('by count drops the oldest, with their marks, and never the newest that passed', async () => {
      await store.saveRecord(record('good', 9, passed));
      for (const days of [5, 4, 3, 2]) await store.saveRecord(record(`d${days}`, days));
      await store.saveRecord(record('other', 8, { environment: 'staging' }));
      await markRun(store, { at: at(0), runId: 'd5', said: 'right', by: 'mk' });
      expect(await store.prune({ ...scope, runs: 2, before: noon - 100 * day })).toBe(2);
      expect(await left()).toEqual(['d2', 'd3', 'other', 'good']);
      expect((await marksOf(store, ['d5'])).size).toBe(0);
      expect(await store.prune({ ...scope, runs: 2, before: noon - 100 * day })).toBe(0);
    });

    it('by age drops what is older, and never the newest of all', async () => {
      for (const days of [50, 40, 30]) await store.saveRecord(record(`d${days}`, days));
      expect(await store.prune({ ...scope, runs: 100, before: noon - 10 * day })).toBe(2);
      expect(await left()).toEqual(['d30']);
    });

    it('keeps journals and baselines that are young, and the newest baseline', async () => {
      await store.saveBaseline(baseline('v1', 1, 'r0'));
      await store.journal('rb:auth/production:v1', { line: 1 });
      await store.prune({ ...scope, runs: 1, before: Date.now() - day });
      expect(await store.journals('rb:')).toHaveLength(1);
      await store.prune({ ...scope, runs: 1, before: Date.now() + day });
      expect(await store.journals('rb:')).toEqual([]);
      expect((await store.baseline('auth', 'production'))?.release).toBe('v1');
    });
  });

  it('nothing was warned of', async () => {
    await store.records({});
    expect(opened.warnings).toEqual([]);
  });
};
