// The Prometheus text format, as client libraries write it and as it breaks.
import { expect, test } from 'vitest';
import { parseMetricsText } from '../../src/sources/prometheus-text.ts';

test.each<[string, string, Record<string, string>, number]>([
  ['a name alone', 'up 1', { __name__: 'up' }, 1],
  ['labels', 'a_total{x="1",y="two"} 3', { __name__: 'a_total', x: '1', y: 'two' }, 3],
  ['a comma at the end and blanks', 'a{ x = "1" , } 3', { __name__: 'a', x: '1' }, 3],
  ['empty braces', 'a{} 0.5', { __name__: 'a' }, 0.5],
  ['escapes', 'a{x="q\\"b\\\\n\\nz"} 1', { __name__: 'a', x: 'q"b\\n\nz' }, 1],
  ['braces, commas and # in a value', 'a{x="},{ # 1"} 1', { __name__: 'a', x: '},{ # 1' }, 1],
  ['a timestamp', 'a 1.5e3 1712000000000', { __name__: 'a' }, 1500],
  ['an exemplar', 'a_bucket{le="1"} 7 # {trace_id="x"} 0.6 1520879607.789', { __name__: 'a_bucket', le: '1' }, 7],
  ['an OpenMetrics timestamp', 'a 1 1520879607.789', { __name__: 'a' }, 1],
  ['infinity', 'a{x="1"} -Inf', { __name__: 'a', x: '1' }, -Infinity],
  ['a carriage return', 'a 1\r', { __name__: 'a' }, 1],
  ['a colon in the name', 'job:a:rate5m 2', { __name__: 'job:a:rate5m' }, 2],
])('reads %s', (_, line, labels, value) => {
  expect(parseMetricsText(`# HELP a b\n# TYPE a counter\n\n${line}\n# EOF\n`)).toEqual([{ labels, value }]);
});

test('reads NaN as NaN', () => {
  expect(parseMetricsText('a NaN')).toEqual([{ labels: { __name__: 'a' }, value: Number.NaN }]);
});

test.each<[string, string]>([
  ['a{x="1" 3', 'line 2 is malformed (labels): a{x="1" 3'],
  ['a{x=1} 3', 'line 2 is malformed (labels): a{x=1} 3'],
  ['a', 'line 2 is malformed (no value): a'],
  ['a b', 'line 2 is malformed ("b" is no number): a b'],
  ['a 0x10', 'line 2 is malformed ("0x10" is no number): a 0x10'],
  ['a 1 2 3', 'line 2 is malformed (no value): a 1 2 3'],
  ['<html>', 'line 2 is malformed (no metric name): <html>'],
  ['<'.repeat(200), `line 2 is malformed (no metric name): ${'<'.repeat(120)}…`],
])('names the line of %s', (line, message) => {
  expect(() => parseMetricsText(`up 1\n${line}\n`)).toThrow(message);
});
