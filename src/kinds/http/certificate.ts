// How long the certificate of a server is still good for.
import { plural } from '../../kit/text.ts';

const day = 24 * 60 * 60_000;

/** Days below which an expiry is worth a warning: renewals by ACME begin 30 days before. */
export const warnDays = 21;

/** Whole days from now until then (both epoch milliseconds); 0 on the last one. */
export const daysUntil = (expires: number, now: number): number => Math.floor((expires - now) / day);

/** `expires in 5 days, limit 7 days`. */
export const expiryText = (days: number, limit: number): string =>
  `expires in ${plural(days, 'day')}, limit ${plural(limit, 'day')}`;
