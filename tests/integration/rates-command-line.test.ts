// Rates by the command line on real pages: what a run says of traffic that vanished, of a time before that was bad itself, and of too little.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runHere } from '../helpers/command.ts';
import { type MetricsApp, startMetricsApp } from '../helpers/metrics-app.ts';
import { serve } from '../helpers/servers.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const hold = '{ warmup: 100ms, for: 2s, every: 200ms, failAfter: 3, errorGrace: 1s, deadline: 4s }';

/** A project with one check on this page. */
const project = async (url: string, more = ''): Promise<string> => {
  const folder = await tempFolder();
  await mkdir(join(folder, 'deploy-profiles'));
  await writeFile(
    join(folder, 'deploy-profiles/web.yaml'),
    `service: web
checks:
  error-rate-delta:
    scrape: { url: "${url}/metrics", total: http_requests_total, errors: 'code=~"5.."', timeout: 10s }
    ${more}
baseline: 3s
rollout: 100ms
hold: ${hold}
`,
  );
  return folder;
};

/** A process that began a moment ago, so that the time before is looked at, not read from its counters. */
const startApp = async (): Promise<MetricsApp> => {
  const app = await startMetricsApp();
  onTestFinished(() => app.close());
  app.restart();
  return app;
};

/** Requests between two looks: good ones, and failed ones. */
interface Traffic {
  good: number;
  bad: number;
}

const serveRequests = (app: MetricsApp, { good, bad }: Traffic): void => {
  app.betweenLooks = () => {
    app.took(0.03, good);
    app.took(0.03, bad, '503');
  };
};

type Row = [what: string, before: Traffic, after: Traffic, exitCode: number, said: RegExp[], more?: string];

const rows: Row[] = [
  [
    'traffic that vanished blocks',
    { good: 100, bad: 0 },
    { good: 1, bad: 0 },
    10,
    [
      /because error-rate-delta: \d+ requests in \S+ m?s \(baseline \d+ per second lets expect [\d,]+\); a rate of so few says nothing\n/,
      /next: look whether requests reach the service at all: the balancer, its health checks, DNS\n/,
    ],
  ],
  [
    'a ceiling that was broken before the deploy blocks, and is not the release’s',
    { good: 60, bad: 40 },
    { good: 60, bad: 40 },
    13,
    [
      /[\d,]+ of [\d,]+ requests failed \(40 %\) in \S+ s, above the 5 % ceiling, but it was already \(at least \d\S* %\) before this deploy; rolling back is not expected to help/,
    ],
  ],
  [
    'a time before that was bad is no measure for a release that is well',
    { good: 60, bad: 40 },
    { good: 100, bad: 0 },
    0,
    [/limit 5 % = the ceiling; the baseline was\s+above it itself \([\d,]+ of [\d,]+ = 40 %\) and is not used/],
  ],
  [
    'a release that fails is caught with its evidence',
    { good: 100, bad: 0 },
    { good: 50, bad: 50 },
    10,
    [
      /requests failed \(50 %\) in \S+ m?s; limit \S+ % = upper limit of the baseline \(0 of [\d,]+ = 0 %, could be \S+ %\) .+; evidence [\d,]+:1 \(needed 125:1\) after \d+ units, true rate at least \S+ %; an unchanged service gives such an alarm with at most 1 % chance, however often one looks/,
    ],
  ],
  [
    'too few requests for a proof say how many are missing',
    { good: 4, bad: 0 },
    { good: 4, bad: 0 },
    11,
    [
      /0 of \d+ requests failed \(0 %\) in \S+ m?s, which still allows up to \S+ %; limit .+; [\d,]+ more requests at this rate would settle it \(about .+ at the present traffic\)/,
    ],
    'require: proof\n    every: 50ms',
  ],
];

it.each(rows)('%s', async (_, before, after, exitCode, said, more) => {
  const app = await startApp();
  const folder = await project(app.url, more);
  serveRequests(app, before);
  expect((await runHere(folder, ['baseline', 'web', '--release', 'r2'])).exitCode).toBe(0);
  serveRequests(app, after);
  const told = await runHere(folder, ['run', 'web', '--release', 'r2']);
  for (const sentence of said) expect(told.stdout + told.stderr).toMatch(sentence);
  expect(told.exitCode).toBe(exitCode);
});

it('a page that is answered by another process each time is named', async () => {
  const apps = [await startApp(), await startApp()];
  apps[1]?.restart(60);
  const balancer = await serve(async (_, response) => {
    apps.reverse();
    response.end(await (await fetch(`${apps[0]?.url}/metrics`)).text());
  });
  onTestFinished(() => balancer.close());
  const folder = await project(balancer.url);
  const told = await runHere(folder, ['run', 'web', '--release', 'r2']);
  expect(told.stdout + told.stderr).toMatch(
    /scrape: 127\.0\.0\.1:\d+\/metrics answers from another process each time \(started \S+Z and \S+Z\), so its counters cannot be compared; give the address of each instance in urls\n/,
  );
  expect(told.exitCode).toBe(12);
});
