// The contract that every source keeps, run against a real server of its sort.
import { afterEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { isMissedLook } from '../../src/kit/errors.ts';
import type { Tick } from '../../src/kit/samples.ts';
import type { AnySource, Reading, Source } from '../../src/kit/source.ts';
import { networkIo } from '../helpers/fake-io.ts';

/** One series that the server behind the source shows. */
export interface Shown {
  metric: string;
  labels: Record<string, string>;
  instance: string;
  value: number;
}

/** A server that a source can read, and what it shows. */
export interface SourceLab {
  settings: unknown;
  show(series: readonly Shown[]): void;
  close(): Promise<void>;
}

/** How the source is asked for what the lab shows. */
export interface Selectors {
  /** All of `requests_total`, or its first series where a selector finds one at most. */
  all: string;
  /** Those with code 500. */
  errors: string;
  absent: string;
  /** What is no selector of this source. */
  none: string;
  /** A selector finds one series of each instance at most. */
  single?: true;
}

const promSelectors: Selectors = {
  all: 'requests_total',
  errors: 'requests_total{code=~"5.."}',
  absent: 'nothing_total',
  none: 'rate(requests_total[5m])',
};

/** A tick as the engine gives it. */
export const tick = (): Tick => ({ at: 0, phase: 'hold', n: 0, signal: new AbortController().signal, timeout: 5000 });

const missedOf = async (look: Promise<unknown>): Promise<unknown> => {
  const error = await look.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return isMissedLook(error) ? error.missed : error;
};

const valuesOf = (reading: Reading | undefined): [string, number][] =>
  (reading?.series ?? []).map(({ instance, value }): [string, number] => [instance, value]).sort();

/** Runs the contract. `instances` are the names that the lab's settings give. */
export const sourceContract = (
  kind: AnySource,
  instances: [string, string],
  open: () => Promise<SourceLab>,
  selectors = promSelectors,
): void => {
  const { all: requestsTotal, errors: failed, absent: nothing, none, single } = selectors;
  describe(`the contract of sources: ${kind.name}`, () => {
    const closers: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const close of closers.splice(0).reverse()) await close();
    });

    const started = async (shown: Shown[]): Promise<{ source: Source; lab: SourceLab }> => {
      const lab = await open();
      lab.show(shown);
      const io = networkIo();
      const source = await kind.open(kind.settings.parse(lab.settings), { io, root: '/', learn: () => undefined });
      closers.push(
        () => io.close(),
        () => lab.close(),
        () => source.close(),
      );
      return { source, lab };
    };
    const [first, second] = instances;
    const requests = (instance: string, value: number, code = '200'): Shown => ({
      metric: 'requests_total',
      labels: { code },
      instance,
      value,
    });

    test('is plain data with an example that its settings take', () => {
      expect(kind.holdpointSource).toBe(1);
      const resolved = kind.example.replaceAll(/\$\{[^}]*\}/g, 'http://reference.test');
      const example = Object.values(parse(resolved) as Record<string, Record<string, Record<string, unknown>>>)[0];
      const keys = Object.keys(z.toJSONSchema(kind.settings, { io: 'input' }).properties ?? {});
      const own = Object.entries(example?.[kind.name] ?? {}).filter(([key]) => keys.includes(key));
      expect(own.length).toBeGreaterThan(0);
      expect(kind.settings.safeParse(Object.fromEntries(own)).error).toBeUndefined();
      expect(kind.settings.safeParse({ ...Object.fromEntries(own), bogus: 1 }).success).toBe(false);
    });

    test('keeps several series and instances apart', async () => {
      const { source } = await started([requests(first, 5), requests(first, 1, '500'), requests(second, 7)]);
      const [all, errors] = await source.read([requestsTotal, failed], tick());
      const expected: [string, number][] = [
        [first, 1],
        [first, 5],
        [second, 7],
      ];
      expect(valuesOf(all)).toEqual(single ? expected.slice(1) : expected);
      expect(valuesOf(errors)).toEqual([[first, 1]]);
      expect(all?.at).toBe(errors?.at);
      expect(all?.instances.map(({ id }) => id).sort()).toEqual([...instances].sort());
    });

    test('an absent metric has no series, which is not zero', async () => {
      const { source } = await started([requests(first, 5)]);
      const [absent] = await source.read([nothing], tick());
      expect(absent?.series).toEqual([]);
    });

    test('values that are no finite numbers are dropped', async () => {
      const { source } = await started([
        requests(first, Number.NaN),
        requests(first, Infinity, '500'),
        requests(second, 2),
      ]);
      const [reading] = await source.read([requestsTotal], tick());
      expect(valuesOf(reading)).toEqual([[second, 2]]);
    });

    test('resets are left to the one who takes the difference', async () => {
      const { source, lab } = await started([requests(first, 90)]);
      const [before] = await source.read([requestsTotal], tick());
      lab.show([requests(first, 3)]);
      const [after] = await source.read([requestsTotal], tick());
      expect([valuesOf(before), valuesOf(after)]).toEqual([[[first, 90]], [[first, 3]]]);
    });

    test('says when a process began, where the metrics do', async () => {
      const start = { metric: 'process_start_time_seconds', labels: {}, instance: first, value: 1_700_000_000 };
      const { source } = await started([requests(first, 1), requests(second, 1), start]);
      const [reading] = await source.read([requestsTotal], tick());
      const byId = Object.fromEntries((reading?.instances ?? []).map((one) => [one.id, one.startedAt]));
      expect(byId).toEqual({ [first]: 1_700_000_000_000, [second]: undefined });
    });

    test('a server that is gone is an instrument that could not look', async () => {
      const { source, lab } = await started([requests(first, 1)]);
      await lab.close();
      expect(await missedOf(source.read([requestsTotal], tick()))).toMatchObject({
        by: 'instrument',
        reason: 'source_unreachable',
      });
    });

    test('a selector that is none is refused', async () => {
      const { source } = await started([requests(first, 1)]);
      await expect(source.read([none], tick())).rejects.toThrow('is not a selector');
    });

    test('may be closed twice', async () => {
      const { source } = await started([]);
      await source.close();
      await expect(source.close()).resolves.toBeUndefined();
    });
  });
};

/** Why a read was missed. */
export const missedRead = async (source: Source, selector = 'up'): Promise<unknown> =>
  missedOf(source.read([selector], tick()));
