// The whole page: one document that loads nothing.
import { createHash } from 'node:crypto';
import type { RunRecord } from '../../kit/index.ts';
import { headline, targetOf } from '../headline.ts';
import { markdownOf } from '../markdown.ts';
import { checksOf } from './checks.ts';
import { factsOf, rollbackOf } from './facts.ts';
import { html, type Markup } from './markup.ts';
import type { Frame } from './backdrop.ts';
import type { Shown } from './samples.ts';
import { timeScale } from './scale.ts';
import { script } from './script.ts';
import type { Stage } from './stages.ts';
import { style } from './style.ts';
import { timeline } from './timeline.ts';
import { top } from './top.ts';

/** What a page is made from; every text in it is clean. */
export interface Page {
  record: RunRecord;
  /** What is shown of the samples of each check, in the order of the record. */
  shown: readonly Shown[];
  stages: readonly Stage[];
  saved: string | undefined;
  /** The script and the style as they are written: a redactor may have changed them. */
  redact(text: string): string;
}

/** The document. */
export const pageOf = (page: Page): string => {
  const { record, saved, redact } = page;
  const frame = frameOf(page);
  const [css, js] = [redact(style), redact(script)];
  const title = `${headline(record).head}: ${targetOf(record)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(css, js)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="holdpoint">
${html`<title>${title}</title>`.markup}
<style>${css}</style>
</head>
<body>
${body(page, frame, markdownOf(record, saved).join('\n')).markup}
<script>${js}</script>
</body>
</html>
`;
};

/** Nothing is loaded and nothing is sent; only this style and this script may run. */
const policy = (css: string, js: string): string => {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return `default-src 'none'; style-src ${hash(css)}; script-src ${hash(js)}; base-uri 'none'; form-action 'none'`;
};

const body = (page: Page, frame: Frame, markdown: string): Markup => {
  const { record, shown, saved } = page;
  return html`<main>
${top(record)}
${timeline(record, frame)}
${checksOf(record, shown, frame)}
${rollbackOf(record)}
${factsOf(record, saved)}
<section class="copy" aria-labelledby="text"><h2 id="text">The result as Markdown</h2><details id="as-markdown"><summary>Show the text</summary><pre id="markdown" tabindex="0">${markdown}</pre></details></section>
</main>`;
};

/** Moments before the run that are drawn: those of charts. */
const frameOf = ({ record, stages }: Page): Frame => {
  const [from, to] = [Date.parse(record.startedAt), Date.parse(record.finishedAt)];
  const moments = record.checks.flatMap(({ charts }) =>
    charts.flatMap(({ series }) => series.flatMap(({ points }) => points.map(({ at }) => at))),
  );
  const time = timeScale(
    from,
    to,
    moments.filter((at) => at < from),
  );
  return { time, stages };
};
