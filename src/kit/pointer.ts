// JSON pointers (RFC 6901), the form in which kinds ask a source of JSON documents for a value.
import type { Json } from './json.ts';

/** Whether a text is a pointer to something inside a document: `/pool/waiting`. */
export const isPointer = (text: string): boolean => /^\/(?:[^~]|~[01])*$/.test(text);

const partsOf = (pointer: string): string[] =>
  pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

const step = (value: Json | undefined, part: string): Json | undefined => {
  if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/.test(part) ? value[Number(part)] : undefined;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
  return value[part];
};

/** What stands at a pointer; undefined where nothing does. */
export const atPointer = (document: Json, pointer: string): Json | undefined =>
  partsOf(pointer).reduce<Json | undefined>(step, document);
