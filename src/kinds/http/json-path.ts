// Reads one value out of a JSON document by a dotted path or a pointer.
import type { Json } from '../../kit/json.ts';

const pointerParts = (path: string): string[] =>
  path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

const dottedParts = (path: string): string[] =>
  path
    .replace(/^\$\.?/, '')
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((part) => part !== '');

const partsOf = (path: string): string[] => (path.startsWith('/') ? pointerParts(path) : dottedParts(path));

const step = (value: Json | undefined, part: string): Json | undefined => {
  if (Array.isArray(value)) return /^\d+$/.test(part) ? value[Number(part)] : undefined;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
  return value[part];
};

/**
 * `data.token`, `$.data.items[0].id`, or `/data/token` (RFC 6901) for keys that hold dots; `$` is the document.
 * Undefined where nothing stands at the path.
 */
export const jsonAt = (document: Json, path: string): Json | undefined =>
  partsOf(path).reduce<Json | undefined>(step, document);

/** A body as JSON; undefined when it is none. */
export const parseJson = (body: string): Json | undefined => {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
};
