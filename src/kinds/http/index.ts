// The kind `http`: one request, and what its answer must look like.
import type { Kind } from '../../kit/kind.ts';
import { noAnswerReasons } from './failure.ts';
import { charts, judge } from './judge.ts';
import type { HttpSeen } from './seen.ts';
import { openHttp } from './session.ts';
import { type HttpSpec, httpSpec } from './spec.ts';

export const http: Kind<HttpSpec, HttpSeen> = {
  holdpointKind: 1,
  name: 'http',
  layer: 'service',
  about:
    'Sends one request over a connection of its own and compares status, content, JSON values and time. Redirects are not followed. ' +
    'A health endpoint that does not touch the database stays green while every login fails: pair it with login.',
  example: `health:
  use: http
  target: https://auth.example.com
  request: { get: /health }
  expect: { status: 200, json: { status: ok }, maxTime: 500ms }`,
  spec: httpSpec,
  reasons: {
    ok: 'The answer is as expected.',
    wobble: 'An answer was bad, but not often enough in a row to be confirmed.',
    no_samples: 'Nothing has been looked at yet.',
    unexpected_answer: 'The answer is not as expected. Send the request by hand and compare it with `expect`.',
    target_5xx:
      'The service answered 500 to 599. Look into its log; if a database or pool check fails too, start there.',
    certificate_expires: 'The certificate expires in fewer days than `tls.minDays`. Look at who renews it.',
    too_slow:
      'The answer took longer than `expect.maxTime`, or a stage of it longer than `budgets`. Look at pool-wait and db-connections first.',
    rate_limited:
      'The service answers 429: it holds the probe back, so nothing could be judged. Give the check a longer `every`, or exempt it from the limit.',
    ...noAnswerReasons,
  },
  baseline: 'look',
  open: openHttp,
  judge,
  charts,
};
