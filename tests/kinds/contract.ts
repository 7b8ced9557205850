// The contract that every kind keeps: plain data, a strict spec, a pure judge that is never green without samples.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { isMissedLook } from '../../src/kit/errors.ts';
import type { Json } from '../../src/kit/json.ts';
import type { AnyKind, World } from '../../src/kit/kind.ts';
import { layers } from '../../src/kit/outcomes.ts';
import type { History, JudgePlan, Missed, MissedBy, Phase, Sample, Verdict } from '../../src/kit/index.ts';
import type { Source } from '../../src/kit/source.ts';
import { sources } from '../../src/sources/index.ts';
import { fakeIo, networkIo } from '../helpers/fake-io.ts';

/** What the contract needs to know of a kind. */
export interface KindCase {
  kind: AnyKind;
  /** A valid spec, as the loader hands it over. */
  spec: unknown;
  /** A spec whose target and source cannot be reached: port 1 of the loopback. */
  unreachable: unknown;
  /** Looks that a healthy target gives. */
  good: Json[];
  /** Looks that a broken target gives. */
  bad: Json[];
  /** Looks from before the deploy, for a kind that says nothing without them. */
  baseline?: Json[];
}

const kindsFolder = join(import.meta.dirname, '../../src/kinds');

const plan: JudgePlan = {
  alpha: 0.01,
  beta: 0.05,
  units: 60,
  failAfter: 3,
  every: 1000,
  errorGrace: 3000,
  absolute: false,
};

const history = (samples: Sample<Json>[], before: Json[] = []): History<Json> => ({
  baseline: { from: before.length > 0 ? 'captured' : 'none', samples: seenSamples(before, 'baseline') },
  samples,
  control: [],
  marks: [],
  plan,
  now: 100_000,
  ended: true,
});

const seenSamples = (seen: Json[], phase: Phase = 'hold'): Sample<Json>[] =>
  seen.map((one, index) => ({ seen: one, at: 1000 * index, ms: 5, phase }));

const missedSamples = (by: MissedBy): Sample<Json>[] => {
  const missed: Missed = { by, reason: 'some_reason', because: 'nothing was seen' };
  return Array.from({ length: 10 }, (_, index) => ({ missed, at: 1000 * index, ms: 5, phase: 'hold' }));
};

const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
};

const parsed = (kind: AnyKind, spec: unknown): unknown => {
  const result = kind.spec.safeParse(spec);
  expect(result.error?.issues).toBeUndefined();
  return result.data;
};

/** A source that cannot look, as the engine's registry would give it. */
const deafSource: Source = {
  resolution: 1000,
  read: () => Promise.reject(Object.assign(new Error('gone'), missedError('source_unreachable'))),
  close: async () => undefined,
};

const missedError = (reason: string): object => ({
  name: 'MissedLook',
  missed: { by: 'instrument', reason, because: 'gone' },
});

const world = (io: World['io']): World => ({
  io,
  check: 'contract',
  root: '/',
  every: 1000,
  source: async () => deafSource,
  shared: async (_, open) => {
    const { value, close } = await open();
    return { value, release: close };
  },
  learn: () => undefined,
  mark: () => undefined,
});

const reserved = ['use', 'kind', 'title', 'why', 'next', 'every', 'timeout', 'failAfter'];

/** `prometheus: { url, total }` as the loader hands it over: `from: { source, settings, query }`. */
const withSource = (entry: Record<string, unknown>): Record<string, unknown> => {
  const source = Object.entries(sources).find(([name]) => name in entry)?.[1]();
  if (!source) return entry;
  const own = Object.keys(z.toJSONSchema(source.settings, { io: 'input' }).properties ?? {});
  const keys = Object.entries(entry[source.name] as Record<string, unknown>);
  const settings = Object.fromEntries(keys.filter(([key]) => own.includes(key)));
  const query = Object.fromEntries(keys.filter(([key]) => !own.includes(key)));
  const { [source.name]: _, ...rest } = entry;
  return { ...rest, from: { source: source.name, settings: source.settings.parse(settings), query } };
};

/** The example's keys beside the reserved ones, with references replaced. */
const exampleOf = (kind: AnyKind): Record<string, unknown> => {
  const text = kind.example.replaceAll(/\$\{[^}]*\}/g, 'http://user:password@reference.test:5432/db');
  const entry = Object.values(parse(text) as Record<string, Record<string, unknown>>)[0] ?? {};
  return withSource(Object.fromEntries(Object.entries(entry).filter(([key]) => !reserved.includes(key))));
};

const isJson = (value: unknown): boolean => JSON.stringify(JSON.parse(JSON.stringify(value))) === JSON.stringify(value);

/** Runs the contract for one kind. */
export const kindContract = ({ kind, spec, unreachable, good, bad, baseline }: KindCase): void => {
  describe(`the contract of kinds: ${kind.name}`, () => {
    const judge = (samples: Sample<Json>[]): Verdict =>
      kind.judge(frozen(history(samples, baseline)), parsed(kind, spec));
    const verdicts = (): Verdict[] => [
      judge([]),
      judge(seenSamples(good)),
      judge(seenSamples(bad)),
      judge(seenSamples([...bad.slice(0, 1), ...good])),
    ];

    test('is plain data under the name of its folder', () => {
      expect(kind.holdpointKind).toBe(1);
      expect(['', '.ts'].some((end) => existsSync(join(kindsFolder, `${kind.name}${end}`)))).toBe(true);
      expect(layers).toContain(kind.layer);
      expect(Object.getPrototypeOf(kind)).toBe(Object.prototype);
      expect(kind.about).not.toBe('');
      for (const text of Object.values(kind.reasons)) expect(text).not.toBe('');
    });

    test('has a strict spec', () => {
      const bogus = kind.spec.safeParse({ ...(spec as object), bogusKey: 1 });
      expect(bogus.error?.issues.map(({ code }) => code)).toContain('unrecognized_keys');
      expect(kind.spec.safeParse({}).success).toBe(false);
    });

    test('has an example that its spec takes', () => {
      expect(parsed(kind, exampleOf(kind))).toEqual(expect.any(Object));
    });

    test('judges purely: the same frozen history gives the same verdict', () => {
      const samples = seenSamples([...bad, ...good]);
      expect(judge(samples)).toEqual(judge(samples));
    });

    test('is green for what is good and red for what is bad', () => {
      expect(judge(seenSamples(good)).outcome).toBe('pass');
      expect(judge(seenSamples(bad)).outcome).toBe('fail');
    });

    test('is never green without anything seen', () => {
      expect(judge([]).outcome).not.toBe('pass');
      for (const by of ['target', 'instrument', 'throttle', 'ours'] as const)
        expect(judge(missedSamples(by)).outcome, `missed by ${by}`).not.toBe('pass');
    });

    test('says why in plain data, with a reason that it explains and, on a failure, where to look first', () => {
      for (const verdict of verdicts()) {
        expect(isJson(verdict)).toBe(true);
        expect(Object.keys(kind.reasons)).toContain(verdict.reason);
        expect(verdict.because).not.toBe('');
        expect(verdict.outcome === 'fail' && !verdict.next ? verdict : undefined).toBeUndefined();
      }
    });

    test('gives charts of finite numbers', () => {
      const charts = kind.charts?.(history(seenSamples([...good, ...bad])), parsed(kind, spec)) ?? [];
      const values = charts.flatMap(({ series }) => series.flatMap(({ points }) => points.map(({ value }) => value)));
      expect(values.every(Number.isFinite)).toBe(true);
    });

    test('a target that cannot be reached is seen or missed, never thrown, and closing twice is harmless', async () => {
      const io = networkIo();
      try {
        const postgres = { connect: refusedBy('PostgresFailure'), literal: (text: string) => `'${text}'` };
        const mysql = { connect: refusedBy('MysqlFailure') };
        const session = await kind.open(
          parsed(kind, unreachable),
          world({ ...fakeIo({ postgres, mysql }), ...given(io) }),
        );
        const signal = new AbortController().signal;
        const looks = await session
          .sample({ at: 0, phase: 'hold', n: 0, signal, timeout: 2000 })
          .catch((error: unknown) => (isMissedLook(error) ? [{ missed: error.missed }] : Promise.reject(error)));
        expect(looks.length).toBeGreaterThan(0);
        for (const look of looks) expect(isJson(look)).toBe(true);
        await session.close();
        await session.close();
      } finally {
        await io.close();
      }
    });
  });
};

const given = ({ http, clock }: World['io']): Pick<World['io'], 'http' | 'clock'> => ({ http, clock });

const refusedBy = (name: string) => (): Promise<never> =>
  Promise.reject(Object.assign(new Error('refused'), { name, code: 'ECONNREFUSED' }));
