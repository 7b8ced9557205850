// Names of services, releases and journals as file names: reversible, never a path, the same on every system.
import { UsageError } from '../kit/index.ts';

/** File systems allow 255 bytes; endings and separators need some of them. */
const longestName = 200;

const escape = (character: string): string =>
  `%${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0')}`;

/**
 * `rb:auth/prod` → `rb%3Aauth%2Fprod`. Keeps letters, digits, `-` and inner dots; `_` is left free as a separator.
 * Throws a UsageError for an empty text and for one that is too long for a file name.
 */
export const safeName = (text: string): string => {
  const name = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'))
    .replace(/[!'()*~_]/g, escape)
    .replace(/^\./, escape);
  if (name === '') throw new UsageError('a service, environment or release without a name cannot be stored');
  if (name.length <= longestName) return name;
  throw new UsageError(
    `"${text.slice(0, 40)}…" is too long to be stored: ${name.length} characters as a file name, at most ${longestName}`,
  );
};

/** The text behind a name; undefined when `safeName` cannot have made it. */
export const textOf = (name: string): string | undefined => {
  try {
    const text = decodeURIComponent(name);
    return safeName(text) === name ? text : undefined;
  } catch {
    // Foreign files have any name: they are not ours, and the caller says so.
    return undefined;
  }
};

/** `auth.production`: the first dot separates, because none is left in the service's part. */
export const scopeName = (service: string, environment: string): string =>
  `${safeName(service).replaceAll('.', '%2E')}.${safeName(environment)}`;
