// Notifications: what is sent, and that a failure is only a warning.
import { describe, expect, it } from 'vitest';
import { type Http, HttpFailure, type HttpRequest, type HttpResponse } from '../../src/kit/index.ts';
import { notify } from '../../src/report/index.ts';
import { incidentRecord } from '../helpers/records.ts';

const slack = { format: 'slack', url: 'https://hooks.example.com/services/T0/B0/very-secret' } as const;
const json = { format: 'json', url: 'https://ops.example.com/holdpoint' } as const;

const answering = (answer: (request: HttpRequest) => number | Error): { http: Http; requests: HttpRequest[] } => {
  const requests: HttpRequest[] = [];
  const request = async (asked: HttpRequest): Promise<HttpResponse> => {
    requests.push(asked);
    const given = answer(asked);
    if (given instanceof Error) throw given;
    return {
      status: given,
      headers: {},
      body: '',
      truncated: false,
      timings: { firstByte: 1, body: 0, total: 1, reused: false },
    };
  };
  return { http: { request, close: async () => undefined }, requests };
};

const redact = (text: string): string => text.replaceAll('pipeline 812', '[name]').replaceAll('auth_svc', '[role]');

it('posts a text to Slack: the summary, with the three characters that Slack reserves written out', async () => {
  const { http, requests } = answering(() => 200);
  const record = incidentRecord({
    diagnosis: { layer: 'database', headline: 'slots of <auth_svc> & others are used up', next: [] },
  });
  expect(await notify(record, [slack], { http, redact })).toEqual([]);
  const [request] = requests;
  expect(request).toMatchObject({ method: 'POST', url: slack.url, timeout: 5000 });
  const { text } = JSON.parse(request?.body ?? '') as { text: string };
  expect(text.split('\n').slice(0, 3)).toEqual([
    'ROLLED BACK and verified: auth/production runs rs/7d9f again (was rs/5c41, release 9f3c1a2)',
    '',
    'Diagnosis (database): slots of &lt;[role]&gt; &amp; others are used up',
  ]);
});

it('posts a short document as JSON', async () => {
  const { http, requests } = answering(() => 204);
  expect(await notify(incidentRecord(), [json], { http, redact })).toEqual([]);
  const body = JSON.parse(requests[0]?.body ?? '') as object;
  expect(body).toMatchObject({
    format: 'holdpoint.notice/1',
    runId: 'run-7f3a',
    target: 'auth/production',
    decision: 'rollback',
    exitCode: 20,
    headline: 'ROLLED BACK and verified: auth/production runs rs/7d9f again (was rs/5c41, release 9f3c1a2)',
    rollback: { state: 'ROLLED_BACK', reason: '', from: 'rs/5c41', to: 'rs/7d9f' },
  });
  expect((body as { failing: { id: string }[] }).failing.map(({ id }) => id)).toEqual([
    'login',
    'error-rate-delta',
    'db-connections',
  ]);
  expect(requests[0]?.body).not.toContain('auth_svc');
});

describe('a failure is a warning that never names the path of the webhook', () => {
  it.each<[string, number | Error, string]>([
    [
      'a wrong path',
      404,
      'notify.slack: hooks.example.com answered 404, so nobody was told there; look at the URL in notify.slack',
    ],
    [
      'a redirect is not followed',
      302,
      'notify.slack: hooks.example.com answered 302, so nobody was told there; look at the URL in notify.slack',
    ],
    [
      'a closed port',
      new HttpFailure('tcp', 'ECONNREFUSED', `connect to ${slack.url} failed`),
      'notify.slack: hooks.example.com was not reached within 5 s (ECONNREFUSED), so nobody was told there; look at the URL in notify.slack',
    ],
    [
      'any other error',
      new Error('out of auth_svc'),
      'notify.slack: hooks.example.com was not reached within 5 s (out of [role]), so nobody was told there; look at the URL in notify.slack',
    ],
  ])('%s', async (_, answer, warning) => {
    const { http } = answering(() => answer);
    expect(await notify(incidentRecord(), [slack], { http, redact })).toEqual([warning]);
  });

  it('of one target does not keep the others from being told', async () => {
    const { http, requests } = answering(({ url }) => (url === slack.url ? 500 : 200));
    const warnings = await notify(incidentRecord(), [slack, json], { http, redact });
    expect([warnings.length, requests.length]).toEqual([1, 2]);
  });

  it('of a URL that is none', async () => {
    const { http } = answering(() => new Error('Invalid URL'));
    expect(await notify(incidentRecord(), [{ format: 'json', url: 'ops' }], { http, redact })).toEqual([
      'notify.json: the address was not reached within 5 s (Invalid URL), so nobody was told there; look at the URL in notify.json',
    ]);
  });
});
