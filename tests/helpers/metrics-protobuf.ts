// Writes metrics in the protobuf exposition format of Prometheus, the only one that carries native histograms.
// Field numbers: prometheus/client_model, io/prometheus/client/metrics.proto.

/** The value of the header content-type. */
export const protobufType =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';

type Labels = Readonly<Record<string, string>>;

/** A counter or a gauge, or a native histogram: buckets by their index, `(base^(index-1), base^index]` with base = 2^2^-schema. */
export type Family =
  | { name: string; type: 'counter' | 'gauge'; metrics: readonly { labels: Labels; value: number }[] }
  | {
      name: string;
      type: 'histogram';
      metrics: readonly { labels: Labels; schema: number; sum: number; buckets: ReadonlyMap<number, number> }[];
    };

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
};

const tag = (field: number, wire: 0 | 1 | 2): Buffer => varint(field * 8 + wire);
const unsigned = (field: number, value: number): Buffer => Buffer.concat([tag(field, 0), varint(value)]);
/** Zigzag: small numbers of either sign stay short. */
const signed = (field: number, value: number): Buffer => unsigned(field, value < 0 ? -2 * value - 1 : 2 * value);

const double = (field: number, value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([tag(field, 1), bytes]);
};

const message = (field: number, parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([tag(field, 2), varint(body.length), body]);
};

const text = (field: number, value: string): Buffer => message(field, [Buffer.from(value)]);

const labelsOf = (labels: Labels): Buffer[] =>
  Object.entries(labels).map(([name, value]) => message(1, [text(1, name), text(2, value)]));

/** Runs of buckets that follow each other, each with the distance to the end of the one before. */
const spansOf = (indices: readonly number[]): { offset: number; length: number }[] => {
  const spans: { offset: number; length: number }[] = [];
  let next = 0;
  for (const index of indices) {
    const last = spans.at(-1);
    if (last && index === next) last.length += 1;
    else spans.push({ offset: index - next, length: 1 });
    next = index + 1;
  }
  return spans;
};

const histogramOf = (schema: number, sum: number, buckets: ReadonlyMap<number, number>): Buffer => {
  const filled = [...buckets].sort(([a], [b]) => a - b);
  const counts = filled.map(([, count]) => count);
  return message(7, [
    unsigned(
      1,
      counts.reduce((all, one) => all + one, 0),
    ),
    double(2, sum),
    signed(5, schema),
    // What client libraries set: requests shorter than that count as 0.
    double(6, 2 ** -128),
    unsigned(7, 0),
    ...spansOf(filled.map(([index]) => index)).map(({ offset, length }) =>
      message(12, [signed(1, offset), unsigned(2, length)]),
    ),
    ...counts.map((count, at) => signed(13, count - (counts[at - 1] ?? 0))),
  ]);
};

const familyOf = (family: Family): Buffer => {
  const { name } = family;
  const kind = { counter: 0, gauge: 1, histogram: 4 }[family.type];
  const metrics =
    family.type === 'histogram'
      ? family.metrics.map(({ labels, schema, sum, buckets }) =>
          message(4, [...labelsOf(labels), histogramOf(schema, sum, buckets)]),
        )
      : family.metrics.map(({ labels, value }) =>
          message(4, [...labelsOf(labels), message(family.type === 'gauge' ? 2 : 3, [double(1, value)])]),
        );
  return Buffer.concat([text(1, name), unsigned(3, kind), ...metrics]);
};

/** A page: each family with its length before it. */
export const writeProtobuf = (families: readonly Family[]): Buffer =>
  Buffer.concat(
    families.flatMap((family) => {
      const body = familyOf(family);
      return [varint(body.length), body];
    }),
  );
