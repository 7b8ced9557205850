// The reporter `buildkite`: the result as the body of an annotation.
import type { Reporter } from '../kit/index.ts';
import { atEnd } from './at-end.ts';
import { pageOf } from './markdown.ts';

export const buildkite: Reporter = {
  holdpointReporter: 1,
  name: 'buildkite',
  about: 'for Buildkite: Markdown below 1 MiB for `buildkite-agent annotate`, at the end',
  writes: 'machine',
  open: (out) => atEnd(out, (record, saved) => `${pageOf(record, saved).join('\n')}\n`),
};
