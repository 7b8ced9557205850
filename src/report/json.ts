// The reporter `json`: the record as one JSON document, for scripts.
import { jsonText, type Reporter } from '../kit/index.ts';

/** Writes nothing while a run goes on. */
export const json: Reporter = {
  holdpointReporter: 1,
  name: 'json',
  about: 'the whole record (holdpoint.record/1) as one JSON document, at the end',
  writes: 'machine',
  open: (out) => ({
    on: () => undefined,
    // Reads back the same; as it stands a CI would take it for an order when the document is printed into its log.
    end: (record) => out.write(jsonText(record).replace(/##(?=(?:vso|teamcity)?\[)/g, String.raw`#\u0023`)),
    close: () => undefined,
  }),
};
