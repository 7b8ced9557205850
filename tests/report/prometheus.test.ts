// The metrics of a run: word for word, escaped, without timestamps.
import { expect, it } from 'vitest';
import { prometheus } from '../../src/report/prometheus.ts';
import { checkOf, incidentChecks, incidentRecord, recordOf } from '../helpers/records.ts';
import { textOf } from './fakes.ts';

it('the incident', () => {
  expect(textOf(prometheus, incidentRecord({ checks: incidentChecks.slice(2, 3) }))).toBe(`\
# HELP holdpoint_run_info The last run: always 1.
# TYPE holdpoint_run_info gauge
holdpoint_run_info{service="auth",environment="production",run="run-7f3a",verb="run",release="9f3c1a2",live="rs/7d9f",version="0.1.0"} 1
# HELP holdpoint_run_finished_timestamp_seconds When the last run ended.
# TYPE holdpoint_run_finished_timestamp_seconds gauge
holdpoint_run_finished_timestamp_seconds{service="auth",environment="production"} 1795315700
# HELP holdpoint_run_duration_seconds How long the last run took.
# TYPE holdpoint_run_duration_seconds gauge
holdpoint_run_duration_seconds{service="auth",environment="production"} 80
# HELP holdpoint_exit_code The exit code of the last run.
# TYPE holdpoint_exit_code gauge
holdpoint_exit_code{service="auth",environment="production"} 20
# HELP holdpoint_decision What the last run decided: 1 for one action, 0 for the others.
# TYPE holdpoint_decision gauge
holdpoint_decision{service="auth",environment="production",action="pass"} 0
holdpoint_decision{service="auth",environment="production",action="block"} 0
holdpoint_decision{service="auth",environment="production",action="rollback"} 1
# HELP holdpoint_check_outcome What became of a check: 1 for one outcome, 0 for the others.
# TYPE holdpoint_check_outcome gauge
holdpoint_check_outcome{service="auth",environment="production",check="db-connections",outcome="pass"} 0
holdpoint_check_outcome{service="auth",environment="production",check="db-connections",outcome="fail"} 1
holdpoint_check_outcome{service="auth",environment="production",check="db-connections",outcome="inconclusive"} 0
holdpoint_check_outcome{service="auth",environment="production",check="db-connections",outcome="error"} 0
holdpoint_check_outcome{service="auth",environment="production",check="db-connections",outcome="skipped"} 0
# HELP holdpoint_check_value The number that a check judged, in its unit.
# TYPE holdpoint_check_value gauge
holdpoint_check_value{service="auth",environment="production",check="db-connections",unit="connections"} 37
# HELP holdpoint_check_limit The limit of that number, in the same unit.
# TYPE holdpoint_check_limit gauge
holdpoint_check_limit{service="auth",environment="production",check="db-connections",unit="connections"} 35
# HELP holdpoint_check_baseline That number before the deploy.
# TYPE holdpoint_check_baseline gauge
holdpoint_check_baseline{service="auth",environment="production",check="db-connections",unit="connections"} 4
`);
});

it('a run without checks has no family of checks', () => {
  expect(textOf(prometheus, recordOf({ checks: [] }))).not.toContain('holdpoint_check_');
});

it('labels are escaped, and numbers that are none are written as Prometheus knows them', () => {
  const checks = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value, at) =>
    checkOf({ id: `${at}"} 1\n\\`, value }),
  );
  const lines = textOf(prometheus, recordOf({ checks })).split('\n');
  expect(lines.filter((line) => line.startsWith('holdpoint_check_value'))).toEqual(
    ['NaN', '+Inf', '-Inf'].map(
      (value, at) =>
        String.raw`holdpoint_check_value{service="auth",environment="production",check="${at}\"} 1 \\",unit=""} ${value}`,
    ),
  );
});

it('no line has a timestamp behind its value', () => {
  const values = textOf(prometheus, incidentRecord())
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(values.filter((line) => !/^[a-z_]+\{(?:[a-z]+="[^"]*",?)+\} \S+$/.test(line))).toEqual([]);
});

it.each([
  [
    'http://push:9091',
    'auth',
    'production',
    'http://push:9091/metrics/job/holdpoint/instance@base64/YXV0aC9wcm9kdWN0aW9u',
  ],
  ['https://x/gateway/', 'auth', '', 'https://x/gateway/metrics/job/holdpoint/instance@base64/YXV0aA'],
  ['http://push:9091/metrics/job/deploys/cell/7', 'auth', 'production', 'http://push:9091/metrics/job/deploys/cell/7'],
])('is pushed to %s of %s/%s as %s', (url, service, environment, address) => {
  expect(prometheus.push?.(new URL(url), { service, environment })).toEqual({
    method: 'PUT',
    url: address,
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
  });
});

it('an account in the address becomes a header', () => {
  const request = prometheus.push?.(new URL('http://me:p%40ss@push:9091'), { service: 'auth', environment: '' });
  expect(request?.url).toBe('http://push:9091/metrics/job/holdpoint/instance@base64/YXV0aA');
  expect(request?.headers['authorization']).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
});
