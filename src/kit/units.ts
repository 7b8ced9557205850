// Quantities with units, as zod schemas: `5s`, `80%`, `0.5pp`; a bare number is a count.
import * as z from 'zod';
import { parseDuration } from './duration.ts';
import { once } from './once.ts';

const quantity = <T>(what: string, example: string, parse: (raw: string | number) => T | undefined) =>
  z.union([z.string(), z.number()]).transform((raw, context): T => {
    const parsed = parse(raw);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: `"${raw}" is not ${what}; write it like ${example}` });
    return z.NEVER;
  });

/** A duration with its unit → milliseconds. */
export const durationSchema = once(() =>
  quantity('a duration', '5s, 250ms, 1m30s or 2h', (raw) => (typeof raw === 'string' ? parseDuration(raw) : undefined)),
);

/** A duration above zero → milliseconds. */
export const positiveDuration = once(() => durationSchema().refine((ms) => ms > 0, 'must be longer than 0'));

const parseNumberWith = (raw: string | number, suffix: string): number | undefined => {
  if (typeof raw !== 'string' || !raw.endsWith(suffix)) return undefined;
  const digits = raw.slice(0, -suffix.length).trim();
  return /^\d+(?:\.\d+)?$/.test(digits) ? Number(digits) : undefined;
};

const parseShare = (raw: string | number): number | undefined => {
  const value = parseNumberWith(raw, '%');
  return value === undefined || value > 100 ? undefined : value / 100;
};

/** `80%` → 0.8; above 100 % is refused. */
export const shareSchema = once(() => quantity('a share from 0% to 100%', '80%', parseShare));

/** `0.5pp` (percentage points) → 0.005. */
export const pointsSchema = once(() =>
  quantity('a number of percentage points', '0.5pp', (raw) => {
    const value = parseNumberWith(raw, 'pp');
    return value === undefined || value > 100 ? undefined : value / 100;
  }),
);

/** A share of a whole, or a count. */
export type Amount = { share: number } | { count: number };

/** `80%` → a share; `40` → a count. */
export const amountSchema = once(() =>
  quantity<Amount>('a share from 0% to 100% or a whole number', '80% or 40', (raw) => {
    if (typeof raw === 'number') return Number.isInteger(raw) && raw >= 0 ? { count: raw } : undefined;
    const share = parseShare(raw);
    return share === undefined ? undefined : { share };
  }),
);

/** An amount of a whole as a count, rounded down: 95 % of 97 is 92. */
export const amountOf = (amount: Amount, whole: number): number =>
  'count' in amount ? amount.count : Math.floor(amount.share * whole);

/** A whole number from 0. */
export const countSchema = once(() => z.number().int().min(0));

/** A text that is not empty. One schema for all seventy places: each would be three objects of zod more to make at every start. */
export const someText = once(() => z.string().min(1));

/** A text that must never be shown; its value is masked in every output. */
export const secretText = once(() =>
  z.string().min(4, 'secrets below 4 characters cannot be masked').meta({ secret: true }),
);

/** A URL whose userinfo and query values are masked in every output. */
export const secretUrl = once(() => someText().meta({ secret: 'url' }));

/** An argument list: never a shell line. */
export const argvSchema = once(() =>
  z.tuple([someText()], z.string(), 'must be a list of arguments like [./restart.sh, auth], not a shell line'),
);
