// What a log tells of a span of the past: its lines, rotated and packed ones with them, counted by the time that they carry.
import type { Files } from '../../kit/io.ts';
import type { Span } from '../../kit/samples.ts';
import type { Reading, Series } from '../../kit/source.ts';
import { momentsOf } from '../raw-series.ts';
import type { Parse } from './formats.ts';
import { filesOf, readLines } from './rotated.ts';
import { timeOf } from './time.ts';
import { keyOf, linesMetric, type Wanted } from './wanted.ts';

/** A line may reach its file so much later (milliseconds) than it says: nginx writes in blocks. */
const lateness = 60_000;

/** Lines of one series that arrived between a moment of the grid and the one before. */
interface Row {
  labels: Series['labels'];
  grown: number[];
}

/** What one log had in the span. */
export interface PastLog {
  instance: string;
  /** By selector, then by series. */
  rows: Map<string, Row>[];
  /** The oldest line (epoch milliseconds); undefined: no line says when it was written. */
  since: number | undefined;
  lines: number;
  parsed: number;
}

export interface Asked {
  wanted: readonly Wanted[];
  parse: Parse;
  span: Span;
  /** Milliseconds. */
  step: number;
}

/** Reads one log. Throws the errors of the file system. */
export const readPastLog = async (
  files: Files,
  { instance, path }: { instance: string; path: string },
  { wanted, parse, span, step }: Asked,
): Promise<PastLog> => {
  const past: PastLog = { instance, rows: wanted.map(() => new Map()), since: undefined, lines: 0, parsed: 0 };
  const cells = momentsOf({ ...span, step }).length;
  for (const file of await filesOf(files, path, span.from - lateness)) {
    let at: number | undefined;
    await readLines(files, file, (line) => {
      const fields = parse(line);
      past.lines += 1;
      if (fields) past.parsed += 1;
      // A line without a time belongs to the one before: the rest of a stack trace.
      at = timeOf(line, fields) ?? at;
      if (at === undefined) return;
      past.since = Math.min(past.since ?? at, at);
      const cell = Math.ceil((at - span.from) / step);
      if (cell >= 1 && cell < cells) countIn(past, cell, wanted, line, fields);
    });
  }
  return past;
};

const countIn = (
  { rows }: PastLog,
  cell: number,
  wanted: readonly Wanted[],
  line: string,
  fields: ReturnType<Parse>,
): void => {
  wanted.forEach((one, index) => {
    const labels = one.labelsFor(line, fields);
    if (labels === undefined) return;
    const row = rows[index]?.get(keyOf(labels)) ?? { labels, grown: [] };
    rows[index]?.set(keyOf(labels), row);
    row.grown[cell] = (row.grown[cell] ?? 0) + 1;
  });
};

/** Counters at each moment of the grid, from 0 on; before the oldest line of a log nothing is known of it. */
export const pastReadings = (logs: readonly PastLog[], { wanted, span, step }: Asked): Reading[][] => {
  const moments = momentsOf({ ...span, step });
  return wanted.map(({ name }, index) => {
    const tracks = logs.flatMap((log) => tracksOf(log, name, index));
    return moments.map((at, cell) => {
      const present = logs.filter(({ since }) => since !== undefined && since <= at);
      const instances = present.map(({ instance }) => ({ id: instance }));
      const series = tracks.flatMap((track) => {
        track.value += track.row.grown[cell] ?? 0;
        const isThere = present.some(({ instance }) => instance === track.instance);
        const isEmpty = name !== linesMetric && track.value === 0;
        return isThere && !isEmpty ? [{ labels: track.row.labels, instance: track.instance, value: track.value }] : [];
      });
      return { at, instances, series };
    });
  });
};

const tracksOf = ({ instance, rows }: PastLog, name: string, index: number) => {
  const found = [...(rows[index]?.values() ?? [])];
  const empty: Row = { labels: { __name__: name }, grown: [] };
  const all = name === linesMetric && found.length === 0 ? [empty] : found;
  return all.map((row) => ({ instance, row, value: 0 }));
};
