// Counts of requests and of bad ones among them, checked once so that the formulas need no guards.

/** Bad requests among all requests of one unit of time; fractional counts are allowed. Bad means failed, or too slow. */
export interface Tally {
  errors: number;
  requests: number;
}

/**
 * Returns `value` when it is a number within [`low`, `high`].
 * @throws RangeError naming the input, the range and the value, also for NaN and infinities.
 */
export function within(name: string, value: number, low: number, high: number): number {
  if (Number.isFinite(value) && value >= low && value <= high) return value;
  throw new RangeError(`${name} must be a finite number from ${low} to ${high}, got ${value}.`);
}

/**
 * Checks one tally and clamps its errors to 0..requests: two counters that are read one after the other may disagree by a few.
 * @param name what the tally is, for the message
 * @throws RangeError for NaN, infinite counts and negative requests.
 */
export function readTally({ errors, requests }: Tally, name: () => string): Tally {
  if (Number.isFinite(errors) && Number.isFinite(requests) && requests >= 0) {
    return { errors: Math.min(Math.max(errors, 0), requests), requests };
  }
  throw new RangeError(
    `${name()} must be finite counts, requests at least 0, got ${errors} errors in ${requests} requests.`,
  );
}

/**
 * Checks the units of a hold or a baseline, oldest first. Units without requests are left out: they say nothing, neither good nor bad.
 * @throws RangeError as `readTally`, naming the unit, counted from 1.
 */
export function readUnits(units: readonly Tally[]): Tally[] {
  return units.map((unit, at) => readTally(unit, () => `unit ${at + 1}`)).filter((unit) => unit.requests > 0);
}

/** Adds tallies up. */
export function total(units: readonly Tally[]): Tally {
  let errors = 0;
  let requests = 0;
  for (const unit of units) {
    errors += unit.errors;
    requests += unit.requests;
  }
  return { errors, requests };
}
