// What is known of a pool at one moment, as the end of a sentence.
import { plural } from '../../kit/index.ts';
import { originText } from './origins.ts';
import type { Seen } from './seen.ts';

/** `9 callers waiting (auth@9f2c1 9)`. */
export const callersText = ({ waiting = 0, waiters }: Seen): string =>
  `${plural(waiting, 'caller')} waiting${inBrackets(originText(waiters))}`;

const inBrackets = (text: string): string => (text === '' ? '' : ` (${text})`);

/** `; 9 callers waiting, 2 of 2 connections in use`: what is known of the moment. */
export const momentText = (seen: Seen): string => {
  const { waiting, inUse, max, holders } = seen;
  const of = max === undefined ? '' : ` of ${max}`;
  const used = inUse === undefined ? '' : `${inUse}${of} connections in use${inBrackets(originText(holders))}`;
  const parts = [waiting === undefined ? '' : callersText(seen), used].filter(Boolean);
  return parts.length === 0 ? '' : `; ${parts.join(', ')}`;
};
