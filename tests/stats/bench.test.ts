// The simulation behind docs/statistics.md: its tables are those of the page, and its rule ends a release as the check does.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labOf, measured, type Table, written } from '../../bench/statistics.mjs';
import { errorRateDelta } from '../../src/kinds/error-rate-delta/index.ts';
import { spec as schema } from '../../src/kinds/error-rate-delta/spec.ts';
import * as capital from '../../src/stats/capital.ts';
import * as dispersion from '../../src/stats/dispersion.ts';
import * as limits from '../../src/stats/limits.ts';
import * as proof from '../../src/stats/proof.ts';
import type { Tally } from '../../src/stats/tally.ts';
import * as weigh from '../../src/stats/weigh.ts';
import { historyOf, samples, seen } from '../helpers/kinds.ts';
import { drawn, generator } from './fixtures.ts';

const own = { ...limits, ...capital, ...proof, ...dispersion, ...weigh };
const page = readFileSync(resolve(import.meta.dirname, '../../docs/statistics.md'), 'utf8');

/** Every table of the page by its name: its head, and the rows as cells. */
const tablesOf = (text: string): Map<string, string[][]> =>
  new Map(
    [...text.matchAll(/<!-- table: (.+) -->\n((?:\|.*\n)*)/g)].map(([, name = '', lines = '']) => [
      name,
      lines
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('|---'))
        .map((line) => line.slice(2, -2).split(' | ')),
    ]),
  );

/** What does not depend on chance: the head, the name of each row and the number of its cells. */
const shapeOf = ([head = [], ...rows]: string[][]): unknown => ({
  head,
  rows: rows.map(([name, ...cells]) => [name, cells.length]),
});

describe('docs/statistics.md', () => {
  const lab = labOf(own, { still: 1, changed: 1, sparse: 1, kayenta: 1, releases: 1 });
  const { tables } = measured(own, lab, { repeats: 4 });

  it('has every table that the simulation makes, with the same rows and columns', () => {
    const [there, made] = [tablesOf(page), tablesOf(written(page, tables))];
    expect([...there.keys()].toSorted()).toEqual(Object.keys(tables).toSorted());
    for (const [name, table] of made) expect(shapeOf(there.get(name) ?? []), name).toEqual(shapeOf(table));
  });

  it('names each target as the simulation does, and whether it is reached', () => {
    for (const [target = '', , , reached] of (tablesOf(page).get('targets') ?? []).slice(1)) {
      expect(tables['targets']?.rows.map(([name]) => name)).toContain(target);
      expect(reached, target).toMatch(/^(?:reached|\*\*missed\*\*)$/);
    }
  });

  it('keeps all that stands around the tables', () => {
    const around = (text: string): string => text.replace(/^\|.*\n/gm, '');
    expect(around(written(page, tables))).toBe(around(page));
  });

  it('is not written where a table has no place', () => {
    const table: Table = { head: ['a'], rows: [] };
    expect(() => written(page, { unknown: table })).toThrow('docs/statistics.md has no place for the table "unknown"');
  });
});

describe('the simulated rule', () => {
  const lab = labOf(own, { still: 1, changed: 1, sparse: 1, kayenta: 1, releases: 1 });
  const given = {
    from: {
      source: 'scrape',
      settings: { url: 'http://auth/metrics' },
      query: { total: 'a_total', errors: 'code=~"5.."' },
    },
  };
  const looksOf = (units: readonly Tally[]) =>
    seen(...units.map((unit) => ({ state: 'counted' as const, seconds: 5, ...unit })));

  const planned = 30;

  /** The seconds at which the check has this outcome first, not before `from` units. */
  const firstAt = (
    outcome: string,
    require: string,
    old: Tally[],
    units: Tally[],
    from: number,
  ): number | undefined => {
    const spec = schema.parse({ ...given, require });
    for (let length = from; length <= units.length; length += 1) {
      const history = historyOf(samples(looksOf(units.slice(0, length))), looksOf(old), {
        units: planned,
        failAfter: 3,
      });
      if (errorRateDelta.judge(history, spec).outcome === outcome) return length * 5;
    }
    return undefined;
  };

  it.each([
    ['healthy, little traffic', 5, 0.001],
    ['healthy', 500, 0.001],
    ['somewhat worse', 100, 0.02],
    ['worse than before with much traffic', 5000, 0.012],
    ['broken', 10, 0.4],
  ])('fails and passes when the check does: %s', (_, requests, rate) => {
    const random = generator(requests);
    const old = drawn(random, 60, requests, 0.001);
    const units = drawn(random, planned, requests, rate);
    const tolerance = { points: 0.005, factor: 1.5, ceiling: 0.05 };
    const { fired, pass } = lab.rule(units, 5, lab.before(old), tolerance);
    expect(fired).toBe(firstAt('fail', 'evidence', old, units, 1));
    // A failure ends the hold.
    const held = units.slice(0, fired === undefined ? units.length : fired / 5);
    expect(pass?.evidence).toBe(firstAt('pass', 'evidence', old, held, 12));
    expect(pass?.proof).toBe(firstAt('pass', 'proof', old, held, 12));
  });
});
