// A store in memory for whole runs without files.
import type { RunRecord, Store, StoredBaseline } from '../../src/kit/index.ts';

export interface MemoryStore extends Store {
  kept: { records: RunRecord[]; baselines: StoredBaseline[] };
}

export const memoryStore = (): MemoryStore => {
  const kept: MemoryStore['kept'] = { records: [], baselines: [] };
  const fits = (a: { service: string; environment: string }, b: { service?: string; environment?: string }): boolean =>
    (b.service ?? a.service) === a.service && (b.environment ?? a.environment) === a.environment;
  return {
    kept,
    where: 'memory',
    durable: true,
    saveBaseline: async (baseline) => {
      if (kept.baselines.some((other) => fits(other, baseline) && other.release === baseline.release)) return 'kept';
      kept.baselines.push(baseline);
      return 'saved';
    },
    baseline: async (service, environment, release) =>
      kept.baselines.findLast((one) => fits(one, { service, environment }) && (release ?? one.release) === one.release),
    saveRecord: async (record) => {
      kept.records.push(record);
      return `memory/${record.runId}`;
    },
    pathOf: ({ runId }) => `memory/${runId}`,
    records: async (filter) => kept.records.filter((record) => fits(record, filter)).reverse(),
    lock: async () => ({ release: async () => {} }),
    journal: async () => {},
    readJournal: async () => [],
    journals: async () => [],
    prune: async () => 0,
    close: async () => {},
  };
};
