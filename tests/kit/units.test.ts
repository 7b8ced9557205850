// Quantities with units: what is taken, what it becomes, and the sentence for what is not.
import { describe, expect, it } from 'vitest';
import type { ZodType } from 'zod';
import {
  amountOf,
  amountSchema,
  argvSchema,
  countSchema,
  durationSchema,
  parseDuration,
  pointsSchema,
  positiveDuration,
  secretText,
  shareSchema,
} from '../../src/kit/index.ts';

const messagesOf = (schema: ZodType, input: unknown): string[] =>
  schema.safeParse(input).error?.issues.map(({ message }) => message) ?? [];

describe('quantities that are taken', () => {
  it.each([
    [durationSchema(), '250ms', 250],
    [durationSchema(), '5s', 5000],
    [durationSchema(), '1.5s', 1500],
    [durationSchema(), '1m30s', 90_000],
    [durationSchema(), '2h', 7_200_000],
    [durationSchema(), '7d', 604_800_000],
    [durationSchema(), '0s', 0],
    [positiveDuration(), '1ms', 1],
    [shareSchema(), '80%', 0.8],
    [shareSchema(), '0.5 %', 0.005],
    [shareSchema(), '0%', 0],
    [shareSchema(), '100%', 1],
    [pointsSchema(), '0.5pp', 0.005],
    [amountSchema(), '80%', { share: 0.8 }],
    [amountSchema(), 40, { count: 40 }],
    [amountSchema(), 0, { count: 0 }],
    [countSchema(), 0, 0],
    [secretText(), 'abcd', 'abcd'],
    [argvSchema(), ['./restart.sh', 'auth'], ['./restart.sh', 'auth']],
  ] as [ZodType, unknown, unknown][])('%#: %j', (schema, input, expected) => {
    expect(schema.parse(input)).toEqual(expected);
  });
});

describe('quantities that are refused', () => {
  const duration = (raw: string) => `"${raw}" is not a duration; write it like 5s, 250ms, 1m30s or 2h`;
  const share = (raw: string) => `"${raw}" is not a share from 0% to 100%; write it like 80%`;
  const points = (raw: string) => `"${raw}" is not a number of percentage points; write it like 0.5pp`;
  const amount = (raw: string) => `"${raw}" is not a share from 0% to 100% or a whole number; write it like 80% or 40`;

  it.each([
    [durationSchema(), '5 parsecs', duration('5 parsecs')],
    [durationSchema(), 5, duration('5')],
    [durationSchema(), '', duration('')],
    [durationSchema(), '-5s', duration('-5s')],
    [durationSchema(), '5s ', duration('5s ')],
    [durationSchema(), '1e3s', duration('1e3s')],
    [positiveDuration(), '0s', 'must be longer than 0'],
    [shareSchema(), '150%', share('150%')],
    [shareSchema(), '-1%', share('-1%')],
    [shareSchema(), 0.5, share('0.5')],
    [shareSchema(), '0.5', share('0.5')],
    [shareSchema(), 'NaN%', share('NaN%')],
    [pointsSchema(), '0.5%', points('0.5%')],
    [pointsSchema(), '101pp', points('101pp')],
    [amountSchema(), 1.5, amount('1.5')],
    [amountSchema(), -1, amount('-1')],
    [amountSchema(), '40', amount('40')],
    [secretText(), 'abc', 'secrets below 4 characters cannot be masked'],
    [argvSchema(), './restart.sh auth', 'must be a list of arguments like [./restart.sh, auth], not a shell line'],
  ] as [ZodType, unknown, string][])('%#: %j', (schema, input, expected) => {
    expect(messagesOf(schema, input)).toEqual([expected]);
  });
});

it('an amount of a whole is rounded down', () => {
  expect(amountOf({ share: 0.95 }, 97)).toBe(92);
  expect(amountOf({ count: 40 }, 97)).toBe(40);
});

it('a duration that is none is undefined', () => {
  expect(parseDuration('s')).toBeUndefined();
});
