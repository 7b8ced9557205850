// Who held the connections when an earlier run counted last: for a person who asks while the server lets nobody in.
import { describe, expect, it } from 'vitest';
import type { Chart, RunRecord } from '../../src/kit/index.ts';
import { isCounted, lastCounted } from '../../src/run/last-counted.ts';
import { checkOf, counted, recordOf } from '../helpers/records.ts';

const startedAt = '2026-11-22T02:00:00.000Z';
const start = Date.parse(startedAt);
const hour = 3_600_000;

const chartOf = (held: Record<string, number>, at = start + 5000): Chart => ({
  title: 'connections in use',
  unit: 'connections',
  limit: 35,
  stacked: true,
  series: Object.entries(held).map(([name, value]) => ({
    name,
    points: [
      { at: start - hour, value: 90 },
      { at, value },
    ],
  })),
});

const runOf = (runId: string, ...charts: Chart[]): RunRecord =>
  recordOf({ runId, startedAt, checks: [checkOf({ id: 'db-connections', layer: 'database', charts })] });

const incident = runOf('run-2', chartOf({ worker: 1, 'auth@9f2c1e8': 36, gone: 0 }));

describe('lastCounted', () => {
  it('names the holders at the end of the newest run that counted any, the largest first', () => {
    expect(lastCounted([runOf('run-3'), incident, runOf('run-1', chartOf({ old: 8 }))], start + hour)).toEqual({
      runId: 'run-2',
      at: '2026-11-22T02:00:05.000Z',
      ...counted,
    });
  });

  it('takes the fullest of several servers', () => {
    const two = runOf('run-2', chartOf({ a: 3 }), { ...chartOf({ b: 30 }), title: 'connections in use on db-2' });
    expect(lastCounted([two], start + hour)?.title).toBe('connections in use on db-2');
  });

  it.each<[string, RunRecord, number]>([
    ['older than a day', incident, start + 25 * hour],
    ['of the baseline, before the run began', runOf('run-2', chartOf({ a: 8 }, start - 1)), start + hour],
    ['of nobody', runOf('run-2', chartOf({ a: 0 })), start + hour],
    [
      'whose series are no parts of a whole',
      runOf('run-2', { ...chartOf({ a: 8 }), stacked: undefined } as never),
      start,
    ],
    ['of another layer', { ...incident, checks: incident.checks.map((one) => ({ ...one, layer: 'pool' })) }, start],
  ])('leaves out a count %s', (_, record, now) => expect(lastCounted([record], now)).toBeUndefined());
});

it('a run that counted somebody itself needs no earlier one', () => {
  expect([isCounted(incident.checks, start), isCounted(incident.checks, start + hour)]).toEqual([true, false]);
});
