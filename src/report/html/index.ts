// The reporter `html`: one page for people, with everything in it and nothing loaded.
import type { RecordedCheck, Reporter, RunRecord } from '../../kit/index.ts';
import { clean, cleanAll } from '../clean.ts';
import { pageOf } from './page.ts';
import { seenText, shownSamples } from './samples.ts';
import { stagesOf } from './stages.ts';

export const html: Reporter = {
  holdpointReporter: 1,
  name: 'html',
  about: 'one page for a browser, at the end: decision, course of the run, charts and samples; it loads nothing',
  writes: 'machine',
  open: (out) => ({
    on: () => undefined,
    end: (record, saved) =>
      out.write(
        pageOf({
          record: cleanAll(light(record), out.redact),
          shown: shownSamples(record, (text) => clean(text, out.redact)),
          stages: cleanAll(stagesOf(record), out.redact),
          saved: saved === undefined ? undefined : clean(saved, out.redact),
          redact: out.redact,
        }),
      ),
    close: () => undefined,
  }),
};

/**
 * Without samples: what is shown of them is worked out apart, and the rest is large. What checks have put into marks
 * becomes one text each, because keys are not cleaned.
 */
const light = (record: RunRecord): RunRecord => ({
  ...record,
  checks: record.checks.map(lightCheck),
  marks: record.marks.map(({ data, ...mark }) =>
    data === undefined ? mark : { ...mark, data: mark.name === 'process' ? data : seenText(data) },
  ),
});

const lightCheck = (check: RecordedCheck): RecordedCheck => ({
  ...check,
  samples: [],
  baseline: { ...check.baseline, samples: [] },
});
