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

/** All built-in reporters by name; each is made when it is asked for. */
export const reporters: Readonly<Record<string, () => Reporter>> = {
  tty: () => tty,
  plain: () => plain,
  json: () => json,
  html: () => html,
  junit: () => junit,
  markdown: () => markdown,
  github: () => github,
  gitlab: () => gitlab,
  buildkite: () => buildkite,
  nagios: () => nagios,
  prometheus: () => prometheus,
  slack: () => slack,
};

export { headline } from './headline.ts';
export { notify } from './notify.ts';
export { createOut, type TextStream } from './out.ts';
export { summary } from './wording.ts';
