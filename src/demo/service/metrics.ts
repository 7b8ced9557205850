// A few Prometheus series in memory: counters, a histogram and gauges, printed as the text format 0.0.4.

export type Labels = Record<string, string>;

/** One family of series; `text` prints it with its HELP and TYPE lines. */
export interface Family {
  text(): string;
}

const escape = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const printLabels = (labels: Labels): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
};

const head = (name: string, type: string, help: string): string => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;

/** Counts events per set of labels; `known` sets are there from the start, at 0. */
export const counter = (
  name: string,
  help: string,
  known: readonly Labels[] = [],
): Family & { add(labels: Labels): void } => {
  const series = new Map(known.map((labels) => [printLabels(labels), 0]));
  return {
    add(labels) {
      const key = printLabels(labels);
      series.set(key, (series.get(key) ?? 0) + 1);
    },
    text: () => head(name, 'counter', help) + [...series].map(([key, value]) => `${name}${key} ${value}\n`).join(''),
  };
};

/** Reads its values at the moment of the scrape. */
export const gauge = (name: string, help: string, read: () => [Labels, number][]): Family => ({
  text: () =>
    head(name, 'gauge', help) +
    read()
      .map(([labels, value]) => `${name}${printLabels(labels)} ${value}\n`)
      .join(''),
});

/** Counts durations in seconds into cumulative buckets. */
export const histogram = (
  name: string,
  help: string,
  bounds: readonly number[],
): Family & { observe(seconds: number): void } => {
  const counts = bounds.map(() => 0);
  let sum = 0;
  let count = 0;
  return {
    observe(seconds) {
      sum += seconds;
      count += 1;
      bounds.forEach((bound, index) => {
        if (seconds <= bound) counts[index] = (counts[index] ?? 0) + 1;
      });
    },
    text: () =>
      head(name, 'histogram', help) +
      bounds.map((bound, index) => `${name}_bucket{le="${bound}"} ${counts[index]}\n`).join('') +
      `${name}_bucket{le="+Inf"} ${count}\n${name}_sum ${sum}\n${name}_count ${count}\n`,
  };
};
