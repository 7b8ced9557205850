// Metrics at a real Pushgateway: taken, replaced as a whole, found under job and instance; and what is told when it says no.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Context } from '../../src/commands/context.ts';
import { builtIn } from '../../src/commands/registry.ts';
import { openReporting } from '../../src/commands/reporting.ts';
import { type Child, startChild } from '../../src/demo/lab/children.ts';
import { freePort } from '../../src/demo/lab/ports.ts';
import type { RunRecord } from '../../src/kit/index.ts';
import { networkIo } from '../helpers/fake-io.ts';
import { incidentChecks, incidentRecord, recordOf } from '../helpers/records.ts';
import { installedProgram, installPrograms, pushgatewayProgram } from '../helpers/system-packages.ts';

const io = networkIo();
const gateway: { url: string; child?: Child } = { url: '' };

beforeAll(async () => {
  await installPrograms([pushgatewayProgram]);
  const { file, env } = installedProgram(pushgatewayProgram);
  const address = `127.0.0.1:${await freePort()}`;
  gateway.child = await startChild({
    name: 'Pushgateway',
    // Debian's keeps what it was given under /var/lib.
    argv: [file, `--web.listen-address=${address}`, '--persistence.file='],
    cwd: '/',
    env,
    ready: 'Listening on',
    farewell: [['SIGTERM', 5000]],
  });
  gateway.url = `http://${address}`;
}, 300_000);

afterAll(async () => {
  await io.close();
  await gateway.child?.stop();
});

/** Reports a record, and gives what was told on stderr. */
const report = async (wanted: string, record: RunRecord): Promise<string> => {
  const told: string[] = [];
  const stream = (write: (text: string) => void) => ({ write, on: () => undefined });
  const context = {
    cwd: '/',
    io,
    env: () => undefined,
    stdout: stream(() => undefined),
    stderr: stream((text) => told.push(text)),
  };
  const reporting = openReporting([wanted], builtIn(), context as unknown as Context, (text) => text);
  await reporting.end(record);
  reporting.close();
  return told.join('');
};

const metrics = async (): Promise<string[]> => {
  const { body } = await io.http.request({ method: 'GET', url: `${gateway.url}/metrics`, timeout: 30_000 });
  return body.split('\n').filter((line) => line.startsWith('holdpoint_'));
};

const group = 'instance="auth/production",job="holdpoint"';

it('keeps the last run of a service under its job and instance', async () => {
  expect(await report(`prometheus=push:${gateway.url}`, incidentRecord())).toBe('');
  const first = await metrics();
  expect(first).toContain(`holdpoint_exit_code{environment="production",${group},service="auth"} 20`);
  expect(first).toContain(
    `holdpoint_check_value{check="db-connections",environment="production",${group},service="auth",unit="connections"} 37`,
  );
  expect(await report(`prometheus=push:${gateway.url}`, recordOf({ checks: incidentChecks.slice(3) }))).toBe('');
  const second = await metrics();
  expect(second).toContain(`holdpoint_exit_code{environment="production",${group},service="auth"} 0`);
  expect(second.filter((line) => line.includes(group) && line.includes('db-connections'))).toEqual([]);
});

it('keeps services and environments apart', async () => {
  for (const environment of ['', 'staging'])
    await report(`prometheus=push:${gateway.url}/`, recordOf({ service: 'shop', environment }));
  const runs = (await metrics()).filter((line) => line.startsWith('holdpoint_exit_code') && line.includes('"shop'));
  expect(runs).toEqual([
    'holdpoint_exit_code{environment="",instance="shop",job="holdpoint",service="shop"} 0',
    'holdpoint_exit_code{environment="staging",instance="shop/staging",job="holdpoint",service="shop"} 0',
  ]);
});

it('says what the gateway says, and who is not there', async () => {
  expect(await report(`prometheus=push:${gateway.url}/metrics/job/deploys/cell`, recordOf())).toMatch(
    /^holdpoint: a report failed: 127\.0\.0\.1:\d+ answered 400 \(.*\), so this run is not known there; look at the URL behind "push:"\n$/,
  );
  expect(await report(`prometheus=push:http://127.0.0.1:${await freePort()}`, recordOf())).toMatch(
    /was not reached within 5 s \(ECONNREFUSED\), so this run is not known there/,
  );
});
