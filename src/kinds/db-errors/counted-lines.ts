// Looks at a log or metric: increases of the counters of connection errors since the look before.
import { increase, type Look, type Reading, type Session, type World } from '../../kit/index.ts';
import { type Class, logSelectors } from './classes.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';

/** The selectors to read: the author's own, or those of a log; and all lines of a log, to tell a silent one. */
const askedOf = ({ source, query }: NonNullable<Spec['from']>): { of: Class | 'lines'; selector: string }[] => {
  const all = source === 'log' ? [{ of: 'lines' as const, selector: 'lines' }] : [];
  if (query.errors !== undefined) return [{ of: 'errors', selector: query.errors }, ...all];
  return [...logSelectors, ...all];
};

/** Opens the looks; the first one has nothing to compare with. Throws the source's `MissedLook`. */
export const openLines = async (from: NonNullable<Spec['from']>, world: World): Promise<Session<Seen>> => {
  const asked = askedOf(from);
  const selectors = asked.map(({ selector }) => selector);
  const source = await world.source(from);
  let earlier: Reading[] | undefined;

  const seenOf = (before: readonly Reading[], now: readonly Reading[]): Seen => {
    const sums = new Map<Class | 'lines', number>();
    for (const [index, { of }] of asked.entries()) {
      const [was, is] = [before[index], now[index]];
      if (was && is) sums.set(of, (sums.get(of) ?? 0) + increase(was, is));
    }
    const { lines, ...counts } = Object.fromEntries(sums) as Partial<Record<Class | 'lines', number>>;
    const seconds = ((now[0]?.at ?? 0) - (before[0]?.at ?? 0)) / 1000;
    return { seconds, counts, ...(lines === undefined ? {} : { lines }) };
  };

  return {
    sample: async (tick): Promise<Look<Seen>[]> => {
      const now = await source.read(selectors, tick);
      const before = earlier;
      earlier = now;
      if (now.every(({ series }) => series.length === 0)) return [{ seen: { nothing: selectors.join(', ') } }];
      return [{ seen: before ? seenOf(before, now) : {} }];
    },
    close: () => source.close(),
  };
};
