// A rate as people write it: `1 per minute`.
import * as z from 'zod';

const minutes: Readonly<Record<string, number>> = { second: 1 / 60, minute: 1, hour: 60 };

const pattern = /^(\d+) per (second|minute|hour)$/;

/** `1 per minute`, `10 per second`, `6 per hour` → per minute. */
export const rateSchema = () =>
  z.string().transform((text, context): number => {
    const [, amount, unit = ''] = pattern.exec(text.trim()) ?? [];
    if (amount !== undefined) return Number(amount) / (minutes[unit] ?? 1);
    context.addIssue({
      code: 'custom',
      message: `"${text}" is not a rate; write it like 1 per minute or 10 per second`,
    });
    return z.NEVER;
  });

/** 0.1 → `6 per hour`, 600 → `600 per minute`. */
export const rateText = (perMinute: number): string => {
  if (Number.isInteger(perMinute)) return `${perMinute} per minute`;
  return perMinute < 1 ? `${tidy(perMinute * 60)} per hour` : `${tidy(perMinute)} per minute`;
};

const tidy = (value: number): number => Number(value.toPrecision(2));
