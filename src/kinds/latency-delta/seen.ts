// The units among samples, and how long they are together.
import { type Sample, seenOf } from '../../kit/index.ts';
import type { Unit } from './bounds.ts';
import type { Seen } from './count.ts';

/** The units among samples. */
export const unitsIn = (samples: readonly Sample<Seen>[]): Unit[] =>
  seenOf(samples).filter((seen) => seen.state === 'counted');

/** Length of all units together. */
export const secondsOf = (units: readonly Unit[]): number => units.reduce((sum, unit) => sum + unit.seconds, 0);
