// The stages of a request: their times as whole milliseconds, and which of them took longer than they may.
import * as z from 'zod';
import type { HttpTimings } from '../../kit/io.ts';
import { once } from '../../kit/once.ts';
import { duration } from '../../kit/text.ts';
import { positiveDuration } from '../../kit/units.ts';

/** Milliseconds per stage; absent where it did not happen (no name to look up, no TLS, a reused connection). */
export type Stages = { dns?: number; tcp?: number; tls?: number; firstByte?: number; body?: number };

/** The words for the stages, in their order. */
export const stageWords: Record<keyof Stages, string> = {
  dns: 'the name look-up',
  tcp: 'the TCP connection',
  tls: 'the TLS handshake',
  firstByte: 'the wait for the first byte',
  body: 'the body',
};

const keys = Object.keys(stageWords) as (keyof Stages)[];

/** Times of a request, rounded to tenths of a millisecond. */
export const stagesOf = (timings: HttpTimings): Stages => {
  const stages: Stages = {};
  for (const key of keys) {
    const ms = timings[key];
    if (ms !== undefined) stages[key] = Math.round(ms * 10) / 10;
  }
  return stages;
};

/** How long each stage of a request may take. */
export const stageBudgets = once(() =>
  z.strictObject({
    dns: positiveDuration().optional(),
    tcp: positiveDuration().optional(),
    tls: positiveDuration().optional(),
    firstByte: positiveDuration().optional(),
    body: positiveDuration().optional(),
  }),
);

/** A stage that took longer than its budget, both in milliseconds. */
export interface SlowStage {
  because: string;
  ms: number;
  limit: number;
}

/** The first stage over its budget. */
export const slowStage = (
  stages: Stages,
  budgets: Readonly<Partial<Record<keyof Stages, number | undefined>>>,
): SlowStage | undefined => {
  for (const key of keys) {
    const [ms, limit] = [stages[key], budgets[key]];
    if (ms !== undefined && limit !== undefined && ms > limit)
      return { because: `${stageWords[key]} took ${duration(ms)}, limit ${duration(limit)}`, ms, limit };
  }
  return undefined;
};

/** `: most of it was the wait for the first byte, 1.4 s`; empty where no stage took half of the time. */
export const mostText = (stages: Stages, ms: number): string => {
  const most = keys.find((key) => (stages[key] ?? 0) >= ms / 2);
  return most === undefined || ms <= 0 ? '' : `: most of it was ${stageWords[most]}, ${duration(stages[most] ?? 0)}`;
};
