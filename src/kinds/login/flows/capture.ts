// Takes values out of an answer, for the steps that come after.
import { jsonAt, parseJson } from '../../http/json-path.ts';
import { metaContent, selected } from '../html.ts';
import type { Arrival } from '../visitor.ts';
import { bySelector, noCapture, StepProblem, type Walk } from '../visits.ts';
import type { Capture } from './step-keys.ts';

const inJson = (body: string, path: string): string | undefined => {
  const found = jsonAt(parseJson(body) ?? null, path);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
};

const inCookies = async (name: string, { visitor }: Walk, url: string): Promise<string | undefined> =>
  visitor.cookies.value(name, url);

/** The text that a capture starts from; without a place it is the body. */
const placed = async (from: Capture, { last, url }: Arrival, walk: Walk): Promise<string | undefined> => {
  if (from.json !== undefined) return inJson(last.body, from.json);
  const { header, cookie, meta, css, attribute, url: parameter } = from;
  if (header !== undefined) return last.headers[header.toLowerCase()]?.[0];
  if (cookie !== undefined) return inCookies(cookie, walk, url);
  if (meta !== undefined) return metaContent(last.body, meta);
  if (css !== undefined) return bySelector(css, () => selected(last.body, css, attribute));
  return parameter === undefined ? last.body : (new URL(url).searchParams.get(parameter) ?? undefined);
};

const matched = (text: string | undefined, from: Capture): string | undefined => {
  if (text === undefined || from.regex === undefined) return text;
  const found = new RegExp(from.regex, 'u').exec(text);
  return found?.[1] ?? found?.[0];
};

/** A path stands for itself, everything else as it was written. */
const written = ({ optional: _, ...from }: Capture): string =>
  Object.keys(from).length === 1 && from.json !== undefined ? JSON.stringify(from.json) : JSON.stringify(from);

/** Captures everything that a step takes from its answer. Throws a `StepProblem` for what is not there. */
export const captureAll = async (
  wanted: Readonly<Record<string, Capture>>,
  arrival: Arrival,
  walk: Walk,
): Promise<void> => {
  for (const [name, from] of Object.entries(wanted)) {
    const value = matched(await placed(from, arrival, walk), from);
    if (value !== undefined && value !== '') {
      if (value.length >= 4) walk.around.learn(value, name);
      walk.values[name] = value;
    } else if (from.optional) walk.values[name] ??= '';
    else
      throw new StepProblem(
        `the answer (status ${arrival.last.status}) has no "${name}" at ${written(from)}`,
        noCapture,
      );
  }
};
