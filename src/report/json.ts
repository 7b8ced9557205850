// The reporter `json`: the record as one JSON document, for scripts.
import { jsonText, type Reporter } from '../kit/index.ts';

/** What a terminal or a CI takes for an order when the document is printed: C1 controls, turns of the writing direction, `##[`. */
const orders = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]|(?<=#)#(?=(?:vso|teamcity)?\[)/g;

/** Escaped within the strings, the only place where they can stand: it reads back the same. */
const harmless = (text: string): string =>
  text.replace(orders, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Writes nothing while a run goes on. */
export const json: Reporter = {
  holdpointReporter: 1,
  name: 'json',
  about: 'the whole record (holdpoint.record/1) as one JSON document, at the end',
  writes: 'machine',
  open: (out) => ({
    on: () => undefined,
    end: (record) => out.write(harmless(jsonText(record))),
    close: () => undefined,
  }),
};
