// Numbers with their units, and rows of bars.
import { expect, it } from 'vitest';
import { sparkline } from '../../src/report/spark.ts';
import { formatValue } from '../../src/report/values.ts';

it.each([
  [0.021, 'share', '2.1 %'],
  [0, 'share', '0 %'],
  [1, 'share', '100 %'],
  [250, 'ms', '250 ms'],
  [0.048_074, 'ms', '0.0481 ms'],
  [10.09, 'ms', '10.1 ms'],
  [0, 'ms', '0 ms'],
  [0.0101, 's', '10.1 ms'],
  [5200, 'ms', '5.2 s'],
  [90, 's', '90 s'],
  [97, 'connections', '97'],
  [12_345, 'connections', '12,345'],
  [-1_234_567, 'connections', '-1,234,567'],
  [999, 'connections', '999'],
  [12.5, 'requests/s', '12.5 requests/s'],
  [12_345.6, 'requests', '12,346 requests'],
  [0.123_456, undefined, '0.123'],
  [7, undefined, '7'],
  [Number.NaN, 'share', 'no number'],
  [Number.POSITIVE_INFINITY, 'ms', 'no number'],
])('%d %s reads %j', (value, unit, expected) => {
  expect(formatValue(value, unit)).toBe(expected);
});

it.each([
  [[], 8, ''],
  [[5, 12, 19, 28, 37], 8, '▂▃▅▆█'],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9], 3, '▆▇█'],
  [[0, 0, 0], 8, '▁▁▁'],
  [[3, 3, 3], 8, '███'],
  [[-2, 0, 2], 8, '▁▅█'],
  [[Number.NaN, 1], 8, '█'],
  [[1, 2], 0, ''],
])('%j in %i columns is drawn as %j', (values, width, expected) => {
  expect(sparkline(values, width)).toBe(expected);
});
