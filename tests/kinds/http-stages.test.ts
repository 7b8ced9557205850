// The stages of a request in an `http` check: their budgets, and the days of a certificate.
import { describe, expect, test } from 'vitest';
import { http } from '../../src/kinds/http/index.ts';
import type { HttpSeen } from '../../src/kinds/http/seen.ts';
import { httpSpec } from '../../src/kinds/http/spec.ts';
import { daysUntil } from '../../src/kinds/http/certificate.ts';
import { slowStage, stagesOf } from '../../src/kinds/http/stages.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { networkIo } from '../helpers/fake-io.ts';
import { historyOf, samples, seen, tick, worldOf } from '../helpers/kinds.ts';
import { serve } from '../helpers/servers.ts';

const kept = closedAfterEach();

const good: HttpSeen = { ask: 'GET /health', status: 200, ms: 12, fault: null };
const verdictOn = async (one: HttpSeen, more: object = {}) => {
  const raw = { target: 'https://auth.test', request: { get: '/health' }, expect: { status: 200 }, ...more };
  return http.judge(historyOf(samples(seen(one)), [], { failAfter: 1 }), await httpSpec.parseAsync(raw));
};

test('a real request tells its stages, without those that did not happen', async () => {
  const server = kept(await serve((_, response) => void response.end('ok')));
  const io = kept(networkIo());
  const raw = { target: server.url, request: { get: '/' }, expect: { status: 200 } };
  const session = kept(await http.open(await httpSpec.parseAsync(raw), worldOf({ http: io.http, clock: io.clock })));
  const [look] = await session.sample(tick());
  const told = look && 'seen' in look ? look.seen : undefined;
  expect(Object.keys(told?.stages ?? {})).toEqual(['tcp', 'firstByte', 'body']);
  expect(told?.tls).toBeUndefined();
});

test('times are rounded to tenths of a millisecond', () => {
  expect(stagesOf({ dns: 1.26, firstByte: 0.04, body: 3, total: 9, reused: false })).toEqual({
    dns: 1.3,
    firstByte: 0,
    body: 3,
  });
});

describe('the budget of a stage', () => {
  const stages = { dns: 5, tcp: 1, tls: 20, firstByte: 40, body: 2 };
  test.each<[object, string | undefined]>([
    [{}, undefined],
    [{ dns: 5, firstByte: 40 }, undefined],
    [{ dns: 4, firstByte: 1 }, 'the name look-up took 5 ms, limit 4 ms'],
    [{ tcp: 0 }, 'the TCP connection took 1 ms, limit 0 ms'],
    [{ tls: 10 }, 'the TLS handshake took 20 ms, limit 10 ms'],
    [{ firstByte: 30 }, 'the wait for the first byte took 40 ms, limit 30 ms'],
    [{ body: 1 }, 'the body took 2 ms, limit 1 ms'],
  ])('%o', (budgets, because) => {
    expect(slowStage(stages, budgets)?.because).toBe(because);
  });

  test('only blocks, and names the stage', async () => {
    const verdict = await verdictOn({ ...good, stages }, { budgets: { firstByte: '30ms' } });
    expect(verdict).toMatchObject({
      outcome: 'fail',
      asks: 'block',
      reason: 'too_slow',
      because: 'GET /health: the wait for the first byte took 40 ms, limit 30 ms',
      value: 40,
      limit: 30,
    });
  });
});

describe('the days of a certificate', () => {
  test.each<[number, object, string, string | undefined]>([
    [60, {}, 'pass', undefined],
    [20, {}, 'pass', 'expires in 20 days, limit 21 days'],
    [0, {}, 'pass', 'expires in 0 days, limit 21 days'],
    [14, { tls: { minDays: 14 } }, 'pass', 'expires in 14 days, limit 21 days'],
    [13, { tls: { minDays: 14 } }, 'fail', 'expires in 13 days, limit 21 days'],
  ])('%d with %o', async (days, more, outcome, warning) => {
    const verdict = await verdictOn({ ...good, tls: { protocol: 'TLSv1.3', days } }, more);
    expect([verdict.outcome, verdict.parts?.find(({ outcome: part }) => part === 'warn')?.because]).toEqual([
      outcome,
      warning,
    ]);
  });

  test('below the least ones fail and say so', async () => {
    const verdict = await verdictOn({ ...good, tls: { protocol: 'TLSv1.3', days: 6 } }, { tls: { minDays: 7 } });
    expect(verdict).toMatchObject({
      reason: 'certificate_expires',
      because: 'GET /health: the certificate expires in 6 days, limit 7 days',
      asks: 'block',
    });
  });

  test('are whole days from now on', () => {
    expect([daysUntil(86_400_000, 0), daysUntil(86_399_999, 0), daysUntil(0, 1)]).toEqual([1, 0, -1]);
  });
});
