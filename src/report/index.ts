// The reporters, and what the commands need beside them.
import type { Reporter } from '../kit/index.ts';
import { buildkite } from './buildkite.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { html } from './html/index.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { nagios } from './nagios.ts';
import { plain } from './plain.ts';
import { prometheus } from './prometheus.ts';
import { slack } from './slack.ts';
import { tty } from './tty.ts';

/** All built-in reporters: one line each. */
export const reporters: readonly Reporter[] = [
  tty,
  plain,
  json,
  html,
  junit,
  markdown,
  github,
  gitlab,
  buildkite,
  nagios,
  prometheus,
  slack,
];

export { headline } from './headline.ts';
export { notify } from './notify.ts';
export { createOut, type TextStream } from './out.ts';
export { summary } from './wording.ts';
