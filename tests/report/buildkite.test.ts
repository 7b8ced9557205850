// The body of an annotation: the Markdown report, cut to what Buildkite takes.
import { expect, it } from 'vitest';
import { buildkite } from '../../src/report/buildkite.ts';
import { markdown } from '../../src/report/markdown.ts';
import { checkOf, incidentRecord, recordOf } from '../helpers/records.ts';
import { textOf } from './fakes.ts';

it('is the Markdown report', () => {
  expect(textOf(buildkite, incidentRecord(), 'a.json')).toBe(textOf(markdown, incidentRecord(), 'a.json'));
});

it('stays below 1 MiB and says that something is missing', () => {
  const checks = Array.from({ length: 2000 }, (_, at) => checkOf({ id: `c${at}`, because: 'ü'.repeat(500) }));
  const text = textOf(buildkite, recordOf({ checks }));
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_000_000);
  expect(text.trimEnd().split('\n').at(-1)).toBe(
    '… the rest is left out: the page would be larger than 1 MB. The record has all of it.',
  );
});
