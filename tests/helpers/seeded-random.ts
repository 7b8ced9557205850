// Chance that is the same on every machine, in the forms in which tests ask for it.
import { generator } from '../stats/fixtures.ts';

export interface Random {
  /** From 0 up to but without 1. */
  next(): number;
  /** A whole number, both ends included. */
  between(from: number, to: number): number;
  /** True in this share of the calls. */
  chance(share: number): boolean;
  /** One of them, all alike. */
  pick<T>(from: readonly [T, ...T[]]): T;
}

/** The same seed gives the same sequence. */
export const seededRandom = (seed: number): Random => {
  const next = generator(seed);
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    chance: (share) => next() < share,
    pick: <T>(from: readonly [T, ...T[]]): T => from[between(0, from.length - 1)] as T,
  };
};
