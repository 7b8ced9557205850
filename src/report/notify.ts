// Tells people elsewhere how a run ended: a chat message or a JSON document. It never changes how the run ended.
import { clip, type Http, HttpFailure, type NotifyPlan, type RunRecord, messageOf } from '../kit/index.ts';
import { headline, targetOf } from './headline.ts';
import { textsOf } from './lines.ts';
import { summary } from './wording.ts';

type Target = NotifyPlan['targets'][number];

export interface NotifyTools {
  http: Http;
  redact(text: string): string;
}

/** Milliseconds for each target; they are told at the same time. */
const deadline = 5000;

/** Slack shows a long message folded; this stays well below its limit of 40,000 characters. */
const longest = 3000;

/** Sends to all targets. Returns a warning for each that was not reached; throws nothing. */
export const notify = async (record: RunRecord, targets: readonly Target[], tools: NotifyTools): Promise<string[]> => {
  const warnings = await Promise.all(targets.map((target) => send(record, target, tools)));
  return warnings.filter((warning) => warning !== undefined);
};

const send = async (record: RunRecord, { format, url }: Target, tools: NotifyTools): Promise<string | undefined> => {
  try {
    const response = await tools.http.request({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: tools.redact(JSON.stringify(bodies[format](record, tools))),
      timeout: deadline,
    });
    if (response.status >= 200 && response.status < 300) return undefined;
    return `notify.${format}: ${hostOf(url)} answered ${response.status}, so nobody was told there; look at the URL in notify.${format}`;
  } catch (error) {
    return `notify.${format}: ${hostOf(url)} was not reached within ${deadline / 1000} s (${tools.redact(nameOf(error))}), so nobody was told there; look at the URL in notify.${format}`;
  }
};

/** The path of a webhook is its secret: only the host is ever named. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'the address');

const nameOf = (error: unknown): string => {
  if (error instanceof HttpFailure || (error instanceof Error && 'code' in error)) return String(error.code);
  return messageOf(error);
};

const bodies: Record<Target['format'], (record: RunRecord, tools: NotifyTools) => object> = {
  slack: (record, { redact }) => ({ text: clip(slackText(redact(textsOf(summary(record)).join('\n'))), longest) }),
  json: (record) => notice(record),
};

/** https://api.slack.com/reference/surfaces/formatting: three characters must be written as entities. */
const slackText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A short summary of a record (`holdpoint.notice/1`): what a chat bot or a ticket needs. */
const notice = (record: RunRecord): object => {
  const { head, text } = headline(record);
  const { runId, verb, service, environment, release, decision, diagnosis, exitCode, rollback } = record;
  return {
    format: 'holdpoint.notice/1',
    runId,
    verb,
    service,
    environment,
    target: targetOf(record),
    release,
    headline: head + text,
    decision: decision.action,
    exitCode,
    diagnosis,
    failing: record.checks
      .filter(({ outcome }) => outcome !== 'pass' && outcome !== 'skipped')
      .map(({ id, title, outcome, reason, because, attribution }) => ({
        id,
        title,
        outcome,
        reason,
        because,
        attribution,
      })),
    ...(rollback
      ? { rollback: { state: rollback.state, reason: rollback.reason, from: rollback.from, to: rollback.to } }
      : {}),
    finishedAt: record.finishedAt,
  };
};
