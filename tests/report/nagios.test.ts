// The one line for Nagios: word for word, the status for each way to end, and what performance data may hold.
import { expect, it } from 'vitest';
import type { RunRecord } from '../../src/kit/index.ts';
import { nagios } from '../../src/report/nagios.ts';
import { checkOf, incidentChecks, recordOf } from '../helpers/records.ts';
import { textOf } from './fakes.ts';

const byHand = (fields: Partial<RunRecord>): RunRecord =>
  recordOf({ verb: 'check', release: { label: '' }, ...fields });

it('recovered', () => {
  expect(textOf(nagios, byHand({}))).toBe(
    "HOLDPOINT OK - RECOVERED: all 4 checks passing (auth/production) | 'error-rate-delta'=0.5%;;5 'db-connections'=12;;29 'pool-wait'=2ms;;50\n",
  );
});

it('not recovered', () => {
  const record = byHand({
    checks: incidentChecks.map((check) => ({ ...check, attribution: 'preexisting', action: 'block' })),
    decision: { action: 'block', because: [] },
    diagnosis: { layer: 'database', headline: '37 of 37 usable slots in use; auth_svc holds 34.', next: [] },
    exitCode: 10,
  });
  expect(textOf(nagios, record)).toBe(
    "HOLDPOINT CRITICAL - NOT RECOVERED: 3 of 4 failing, none new (auth/production); 37 of 37 usable slots in use; auth_svc holds 34. | 'error-rate-delta'=41%;;5 'db-connections'=37;;35 'pool-wait'=2ms;;50\n",
  );
});

it.each([
  ['OK', 0, 0],
  ['CRITICAL', 2, 10],
  ['UNKNOWN', 3, 11],
  ['UNKNOWN', 3, 12],
  ['CRITICAL', 2, 13],
  ['CRITICAL', 2, 20],
  ['CRITICAL', 2, 21],
  ['CRITICAL', 2, 22],
  ['CRITICAL', 2, 23],
  ['UNKNOWN', 3, 130],
  ['UNKNOWN', 3, 99],
])('%s, for a monitor %i, for exit code %i', (status, forMonitor, exitCode) => {
  const record = recordOf({ exitCode });
  expect([textOf(nagios, record).split(' ')[1], nagios.plugin?.exitCode(record)]).toEqual([status, forMonitor]);
});

it('WARNING where only a warning was given, and where a shadow run would have blocked', () => {
  const warned = recordOf({ checks: [checkOf({ id: 'a', outcome: 'fail', action: 'warn' })] });
  const shadow = recordOf({ decision: { action: 'block', because: [] }, shadow: true });
  expect([warned, shadow].map((record) => textOf(nagios, record).split(' ')[1])).toEqual(['WARNING', 'WARNING']);
  expect([warned, shadow].map((record) => nagios.plugin?.exitCode(record))).toEqual([1, 1]);
});

it('no text can begin performance data or break out of a label; a number has no exponent', () => {
  const record = recordOf({
    service: 'a | b',
    checks: [
      checkOf({ id: "it's=a|b", value: 1e-7, limit: 1e9, unit: 'requests/s' }),
      checkOf({ id: 'b', value: Number.NaN, limit: Number.POSITIVE_INFINITY }),
      checkOf({ id: 'c', value: 100, unit: 's' }),
    ],
  });
  expect(textOf(nagios, record).split('|')).toEqual([
    'HOLDPOINT OK - PASSED: a / b/production 9f3c1a2, 3 checks green for 60 s ',
    " 'it''s_a_b'=0;;1000000000 'b'=U 'c'=100s\n",
  ]);
});

it('a long diagnosis leaves room for the performance data', () => {
  const record = byHand({
    decision: { action: 'block', because: [] },
    diagnosis: { layer: 'none', headline: 'x'.repeat(2000), next: [] },
    exitCode: 11,
  });
  expect(textOf(nagios, record).length).toBeLessThan(600);
});
