// What the reporters for machines share: silent while a run goes on, one text at its end.
import type { Chart, Out, RecordedCheck, RecordedSample, ReporterSession, RunRecord } from '../kit/index.ts';
import { clean, cleanAll } from './clean.ts';

/**
 * A session that writes one text, at the end. `textOf` gets a record in which every text is redacted and free of
 * control codes and line breaks: what it escapes afterwards holds no secret that escaping could hide from the redactor.
 */
export const atEnd = (out: Out, textOf: (record: RunRecord, saved?: string) => string): ReporterSession => ({
  on: () => undefined,
  end: (record, saved) =>
    out.write(textOf(cleanAll(light(record), out.redact), saved === undefined ? undefined : clean(saved, out.redact))),
  close: () => undefined,
});

/** Of the samples only when they were taken and how long they took: the rest is for `json` and is large. */
const light = (record: RunRecord): RunRecord => ({
  ...record,
  checks: record.checks.map(lightCheck),
  marks: [],
});

const lightCheck = (check: RecordedCheck): RecordedCheck => ({
  ...check,
  charts: check.charts.filter(({ stacked }) => stacked === true).map(newest),
  samples: check.samples.map(lightSample),
  baseline: { ...check.baseline, samples: [] },
});

/** Who held how much in the end; the way there is for `json` and `html`. */
const newest = (chart: Chart): Chart => ({
  ...chart,
  series: chart.series.map((series) => ({ ...series, points: series.points.slice(-1) })),
});

const lightSample = ({ at, ms, phase }: RecordedSample): RecordedSample => ({ at, ms, phase });
