// What the tests use of the simulation.
import type { Dispersion } from '../src/stats/dispersion.ts';
import type { Tally } from '../src/stats/tally.ts';
import type { Tolerance } from '../src/stats/tolerance.ts';

export interface Table {
  head: string[];
  rows: string[][];
}

/** Seconds of the watch at which the test fails, and at which it first may pass: without a sign of harm, and proven. */
export interface Fired {
  fired?: number;
  pass?: { evidence: number; proof?: number };
}

type Before = Tally & { spread: Dispersion | undefined };

export interface Lab {
  runs: Record<'still' | 'changed' | 'sparse' | 'kayenta' | 'releases', number>;
  rule(units: readonly Tally[], seconds: number, before: Before, tolerance: Tolerance): Fired;
  before(units: readonly Tally[]): Before;
}

export function labOf(own: object, runs: Lab['runs']): Lab;
export function measured(
  own: object,
  lab: Lab,
  options?: { say?: (what: string) => void; repeats?: number },
): { tables: Record<string, Table>; missed: number };
export function written(page: string, tables: Record<string, Table>): string;
