// What an answer must look like: status, content, JSON values, the target of a redirect.
import * as z from 'zod';
import { someText } from '../../kit/units.ts';
import { fill } from '../../kit/fill.ts';
import { once } from '../../kit/once.ts';
import { clip, count } from '../../kit/text.ts';
import { jsonAt, parseJson } from './json-path.ts';

const listOf = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

const statusCode = once(() => z.number().int().min(100, 'a status is a number from 100 to 599').max(599));

/** One status or a list of them → a list. */
export const statusList = once(() => z.union([statusCode(), z.array(statusCode()).min(1)]).transform(listOf<number>));

const textList = () => z.union([someText(), z.array(someText()).min(1)]).transform(listOf<string>);

const expected = () => z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** The keys of a matcher; all that are given must hold. */
export const matcherShape = once(() => ({
  /** One status, or any of a list. */
  status: statusList().optional(),
  /** Texts that must all stand in the body. */
  contains: textList().optional(),
  /** Path → value; `true`: something other than null and false stands there. */
  json: z.record(z.string(), expected()).optional(),
  /** Text that must stand in the Location header. */
  location: someText().optional(),
}));

const isNotEmpty = (matcher: object): boolean => Object.values(matcher).some((value) => value !== undefined);

/** A matcher in a spec; an empty one is refused, as it would match everything. */
export const matcherSchema = once(() =>
  z.strictObject(matcherShape()).refine(isNotEmpty, 'needs at least one of status, contains, json, location'),
);

export type Matcher = z.output<ReturnType<typeof matcherSchema>>;

/** What a matcher looks at. */
export interface Answer {
  status: number;
  headers: Record<string, string[]>;
  body: string;
  /** There was more than was read. */
  truncated?: boolean;
}

/** Values for `{{name}}` in the texts of a matcher. */
export type Values = Readonly<Record<string, string>>;

/** Whether the matcher asks for more than a status, so that a page of the same status cannot pass for it. */
export const looksAtContent = (matcher: Matcher): boolean =>
  matcher.contains !== undefined || matcher.json !== undefined;

const statusFault = ({ status }: Matcher, answer: Answer): string | undefined =>
  status === undefined || status.includes(answer.status)
    ? undefined
    : `the status was ${answer.status}, expected ${status.join(' or ')}`;

const bodySize = ({ body, truncated }: Answer): string =>
  `${truncated ? 'its first ' : ''}${count(body.length)} characters`;

const textFault = ({ contains = [] }: Matcher, answer: Answer, values: Values): string | undefined => {
  const missing = contains.map((text) => fill(text, values)).find((text) => !answer.body.includes(text));
  return missing === undefined
    ? undefined
    : `the answer (status ${answer.status}, ${bodySize(answer)}) does not contain "${clip(missing, 80)}"`;
};

const jsonFault = ({ json }: Matcher, answer: Answer, values: Values): string | undefined => {
  if (json === undefined) return undefined;
  const document = parseJson(answer.body);
  if (document === undefined) return `the answer (status ${answer.status}, ${bodySize(answer)}) is not JSON`;
  for (const [path, raw] of Object.entries(json)) {
    const found = jsonAt(document, path);
    const want = typeof raw === 'string' ? fill(raw, values) : raw;
    if (want === true && found !== undefined && found !== null && found !== false) continue;
    if (found === want && found !== undefined) continue;
    return `${path} was ${shown(found)}, expected ${want === true ? 'a value' : shown(want)}`;
  }
  return undefined;
};

const shown = (value: unknown): string => (value === undefined ? 'absent' : clip(JSON.stringify(value), 80));

const locationFault = ({ location }: Matcher, answer: Answer, values: Values): string | undefined => {
  if (location === undefined) return undefined;
  const found = answer.headers['location']?.[0];
  const want = fill(location, values);
  return found?.includes(want)
    ? undefined
    : `the redirect went to ${found ?? 'nowhere'}, expected a Location with "${want}"`;
};

/** Why the answer does not match, as half a sentence; undefined when it does. */
export const mismatch = (matcher: Matcher, answer: Answer, values: Values = {}): string | undefined =>
  statusFault(matcher, answer) ??
  textFault(matcher, answer, values) ??
  jsonFault(matcher, answer, values) ??
  locationFault(matcher, answer, values);

/** Whether the answer matches. */
export const matches = (matcher: Matcher, answer: Answer, values: Values = {}): boolean =>
  mismatch(matcher, answer, values) === undefined;
