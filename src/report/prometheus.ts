// The reporter `prometheus`: the result as metrics, for the textfile collector of the node exporter or a Pushgateway.
import type { Push, RecordedCheck, Reporter, RunRecord } from '../kit/index.ts';
import { atEnd } from './at-end.ts';

import { lengthOf } from './ending.ts';
import { targetOf } from './headline.ts';

/** Without client-side timestamps: the node exporter skips a whole file that has one. Times are metrics instead. */
export const prometheus: Reporter = {
  holdpointReporter: 1,
  name: 'prometheus',
  about:
    'the result as metrics in the Prometheus text format, at the end: for the node exporter’s textfile collector or (push:URL) a Pushgateway',
  writes: 'machine',
  open: (out) => atEnd(out, (record) => metrics(record).map(familyText).join('')),
  shared: true,
  push: (url, of) => pushRequest(url, of),
};

/**
 * PUT replaces the whole group, so that nothing of an earlier run stays. The instance stands in base64, because it holds a
 * slash: https://github.com/prometheus/pushgateway#url. A URL that names a group already is taken as it is.
 */
const pushRequest = (url: URL, of: { service: string; environment: string }): Push => {
  const address = new URL(url);
  const { username, password } = address;
  [address.username, address.password] = ['', ''];
  if (!address.pathname.includes('/metrics/job'))
    address.pathname = `${address.pathname.replace(/\/+$/, '')}/metrics/job/holdpoint/instance@base64/${Buffer.from(targetOf(of)).toString('base64url')}`;
  const account = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  return {
    method: 'PUT',
    url: address.href,
    headers: {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      ...(username === '' ? {} : { authorization: `Basic ${account}` }),
    },
  };
};

type Labels = Readonly<Record<string, string>>;

interface Family {
  name: string;
  help: string;
  series: { labels: Labels; value: number }[];
}

const actions = ['pass', 'block', 'rollback'] as const;
const outcomes = ['pass', 'fail', 'inconclusive', 'error', 'skipped'] as const;

const metrics = (record: RunRecord): Family[] => {
  const of: Labels = { service: record.service, environment: record.environment };
  const one = (name: string, help: string, value: number, more: Labels = {}): Family => ({
    name,
    help,
    series: [{ labels: { ...of, ...more }, value }],
  });
  const { runId: run, verb, release, tool, checks, decision } = record;
  return [
    one('holdpoint_run_info', 'The last run: always 1.', 1, {
      run,
      verb,
      release: release.label,
      live: release.liveAtEnd ?? '',
      version: tool.version,
    }),
    one('holdpoint_run_finished_timestamp_seconds', 'When the last run ended.', Date.parse(record.finishedAt) / 1000),
    one('holdpoint_run_duration_seconds', 'How long the last run took.', lengthOf(record) / 1000),
    one('holdpoint_exit_code', 'The exit code of the last run.', record.exitCode),
    {
      name: 'holdpoint_decision',
      help: 'What the last run decided: 1 for one action, 0 for the others.',
      series: actions.map((action) => ({ labels: { ...of, action }, value: flag(action === decision.action) })),
    },
    {
      name: 'holdpoint_check_outcome',
      help: 'What became of a check: 1 for one outcome, 0 for the others.',
      series: checks.flatMap(({ id, outcome: seen }) =>
        outcomes.map((outcome) => ({ labels: { ...of, check: id, outcome }, value: flag(outcome === seen) })),
      ),
    },
    numbers('value', 'The number that a check judged, in its unit.', checks, of, ({ value }) => value),
    numbers('limit', 'The limit of that number, in the same unit.', checks, of, ({ limit }) => limit),
    numbers('baseline', 'That number before the deploy.', checks, of, ({ baseline }) => baseline.value),
  ].filter(({ series }) => series.length > 0);
};

const flag = (is: boolean): number => (is ? 1 : 0);

const numbers = (
  name: string,
  help: string,
  checks: readonly RecordedCheck[],
  of: Labels,
  read: (check: RecordedCheck) => number | undefined,
): Family => ({
  name: `holdpoint_check_${name}`,
  help,
  series: checks.flatMap((check) => {
    const value = read(check);
    return value === undefined ? [] : [{ labels: { ...of, check: check.id, unit: check.unit ?? '' }, value }];
  }),
});

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
const familyText = ({ name, help, series }: Family): string =>
  [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...series.map(({ labels, value }) => `${name}{${labelText(labels)}} ${numberText(value)}`),
    '',
  ].join('\n');

const labelText = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',');

const escapeLabel = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', String.raw`\"`).replaceAll('\n', String.raw`\n`);

const numberText = (value: number): string =>
  Number.isFinite(value) || Number.isNaN(value) ? String(value) : `${value > 0 ? '+' : '-'}Inf`;
