// The check `http` against servers that misbehave: it ends within its timeout, with the right outcome and a clear sentence.
import { describe, expect, test } from 'vitest';
import { http } from '../../src/kinds/http/index.ts';
import { httpSpec } from '../../src/kinds/http/spec.ts';
import type { Verdict } from '../../src/kit/index.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { networkIo } from '../helpers/fake-io.ts';
import { type HostilityName, startHostile } from '../helpers/hostile.ts';
import { historyOf, samples, tick, worldOf } from '../helpers/kinds.ts';
import { wordsOf } from '../helpers/login.ts';

const kept = closedAfterEach();

const timeout = 700;

const look = async (name: HostilityName, expected: object): Promise<Verdict> => {
  const server = kept(await startHostile(name));
  const io = kept(networkIo());
  const spec = await httpSpec.parseAsync({ target: server.url, request: { get: '/x' }, expect: expected });
  const session = kept(await http.open(spec, worldOf({ http: io.http, clock: io.clock })));
  const looks = await session.sample({ ...tick(), timeout });
  return http.judge(historyOf(samples(looks), [], { failAfter: 1 }), spec);
};

const early = 'GET /x: 127.0.0.1:PORT closed the connection before the answer was complete (UND_ERR_SOCKET)';

describe('a check of one page', () => {
  test.each<[HostilityName, reason: string, because: string]>([
    ['silent', 'target_timeout', 'GET /x: 127.0.0.1:PORT: connected, but no answer came within N ms'],
    ['one byte per second', 'target_timeout', 'GET /x: 127.0.0.1:PORT: connected, but no answer came within N ms'],
    [
      'one byte of the body per second',
      'target_timeout',
      'GET /x: 127.0.0.1:PORT: the answer began and did not end within N ms',
    ],
    ['endless early hints', 'target_timeout', 'GET /x: 127.0.0.1:PORT: connected, but no answer came within N ms'],
    [
      'header flood',
      'target_broken',
      'GET /x: 127.0.0.1:PORT answered with headers above 32 KiB (UND_ERR_HEADERS_OVERFLOW)',
    ],
    ['endless redirect', 'unexpected_answer', 'GET /x: the status was 302, expected 200'],
    ['content length too long', 'target_broken', early],
    ['half-closed at once', 'target_broken', early],
    ['half-closed after the head', 'target_broken', early],
    ['reset after the head', 'target_broken', 'GET /x: 127.0.0.1:PORT reset the connection (ECONNRESET)'],
    [
      'two content lengths',
      'target_broken',
      'GET /x: 127.0.0.1:PORT sent a body that is not as long as its Content-Length says (UND_ERR_RES_CONTENT_LENGTH_MISMATCH)',
    ],
    [
      'chunked and a content length',
      'target_broken',
      'GET /x: 127.0.0.1:PORT sent a body that is not as long as its Content-Length says (UND_ERR_RES_CONTENT_LENGTH_MISMATCH)',
    ],
    [
      'another protocol',
      'target_broken',
      'GET /x: 127.0.0.1:PORT answered with something that is not HTTP/1.1 (HTTPParserError)',
    ],
    [
      'HTTP/2 without TLS',
      'target_broken',
      'GET /x: 127.0.0.1:PORT answered with something that is not HTTP/1.1 (HTTPParserError)',
    ],
  ])('%s: %s', async (name, reason, because) => {
    const verdict = await look(name, { status: 200, contains: 'hello' });
    expect([verdict.outcome, verdict.reason, wordsOf(verdict)]).toEqual(['fail', reason, because]);
  });

  test.each<[HostilityName]>([['endless body'], ['gzip bomb']])(
    'of which an %s is more than is read says how much was read',
    async (name) => {
      const verdict = await look(name, { status: 200, contains: 'hello' });
      expect([verdict.outcome, verdict.reason, verdict.because]).toEqual([
        'fail',
        'unexpected_answer',
        'GET /x: the answer (status 200, its first 1,048,576 characters) does not contain "hello"',
      ]);
    },
  );

  test('passes on what the content length covers, as every client does', async () => {
    expect(await look('content length too short', { status: 200, contains: 'hello' })).toMatchObject({
      outcome: 'pass',
    });
    expect(await look('content length too short', { contains: 'much more' })).toMatchObject({
      because: 'GET /x: the answer (status 200, 5 characters) does not contain "much more"',
    });
  });
});
