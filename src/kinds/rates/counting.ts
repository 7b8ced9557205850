// The session of every kind that counts requests: it reads the same selectors at each look, and compares with the look before.
import type { Look, Reading, Sample, Session, SourceRef, World } from '../../kit/index.ts';

/** How a kind counts; the readings are in the order of the selectors. */
export interface Counting<Seen> {
  selectors: readonly string[];
  /** What happened since the look before; the first look has nothing to compare with. */
  look(now: readonly Reading[], before: readonly Reading[] | undefined): Look<Seen>[];
  /** Units out of what the source kept: for each selector its readings, oldest first. */
  past(readings: readonly (readonly Reading[])[]): Sample<Seen>[];
}

/** Timers come a little early: a unit may be so much shorter than what the source can tell apart. */
const early = 0.8;

/** Opens the source that is named. A unit is never shorter than the time in which the source has a new number. */
export const openCounting = async <Seen>(
  from: SourceRef,
  world: World,
  { selectors, look, past }: Counting<Seen>,
): Promise<Session<Seen>> => {
  const source = await world.source(from);
  const history = source.past?.bind(source);
  let before: readonly Reading[] | undefined;
  return {
    sample: async (tick) => {
      const now = await source.read(selectors, tick);
      const earlier = before;
      const length = earlier === undefined ? Infinity : (now[0]?.at ?? 0) - (earlier[0]?.at ?? 0);
      if (length < early * source.resolution) return look(now, undefined);
      before = now;
      return look(now, earlier);
    },
    ...(history && {
      past: async (span, unit) => past(await history(selectors, span, Math.max(unit, source.resolution))),
    }),
    close: () => source.close(),
  };
};
