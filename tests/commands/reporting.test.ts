// Where the texts of reporters go: a stream, a file, and the files of a CI that are named in its environment.
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/commands/context.ts';
import { builtIn } from '../../src/commands/registry.ts';
import { openReporting } from '../../src/commands/reporting.ts';
import { createFiles } from '../../src/io/files.ts';
import { type Http, HttpFailure, type HttpRequest, type HttpResponse } from '../../src/kit/index.ts';
import { fakeIo, realClock } from '../helpers/fake-io.ts';
import { incidentRecord } from '../helpers/records.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const streams = () => {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) => ({
    write: (text: string) => (written[name] += text),
    on: () => undefined,
  });
  return { written, stdout: stream('stdout'), stderr: stream('stderr') };
};

const contextOf = (cwd: string, env: Record<string, string>) => {
  const { written, stdout, stderr } = streams();
  const context = {
    cwd,
    stdout,
    stderr,
    env: (name: string) => env[name],
    io: fakeIo({ clock: realClock, files: createFiles() }),
  };
  return { written, context: context as unknown as Context };
};

const end = async (wanted: string[], context: Context): Promise<void> => {
  const reporting = openReporting(wanted, builtIn(), context, (text) => text.replaceAll('rs/7d9f', '[masked]'));
  await reporting.end(incidentRecord(), 'run.json');
  reporting.close();
};

it('github appends to the files of the CI, redacted, and keeps what stands in them', async () => {
  const folder = await tempFolder();
  const [summary, output] = [join(folder, 'summary.md'), join(folder, 'output')];
  await writeFile(output, 'earlier=1\n');
  const { context, written } = contextOf(folder, { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output });
  await end(['github'], context);
  expect(await readFile(output, 'utf8')).toBe(
    'earlier=1\nverdict=rolled_back\nexit_reason=slots_exhausted\nrecord=run.json\nrolled_back_to=[masked]\n',
  );
  expect(await readFile(summary, 'utf8')).toMatch(/^## ROLLED BACK and verified: .*\n[^]*holdpoint 0\.1\.0\n$/);
  expect(written.stdout.split('\n').length).toBe(5);
  expect(written.stderr).toBe('');
});

it('two reporters for one file are refused before anything runs', async () => {
  const { context } = contextOf('/project', {});
  const open = () => openReporting(['markdown=report', 'plain', 'html=./report'], builtIn(), context, String);
  expect(open).toThrow('--reporter html=./report: --reporter markdown=report writes there already; name another file');
});

it('outside of GitHub only the annotations are written', async () => {
  const { context, written } = contextOf(await tempFolder(), { GITHUB_OUTPUT: '' });
  await end(['github'], context);
  expect([written.stdout.split('\n').length, written.stderr]).toEqual([5, '']);
});

it('a file of the CI that cannot be written is said and breaks nothing', async () => {
  const folder = await tempFolder();
  const { context, written } = contextOf(folder, { GITHUB_OUTPUT: folder });
  await end(['github=annotations.txt'], context);
  expect(written.stderr).toBe(`holdpoint: a report failed: ${folder} could not be written: it is a folder (EISDIR)\n`);
  expect(await readFile(join(folder, 'annotations.txt'), 'utf8')).toMatch(/^::error title=holdpoint::ROLLED BACK/);
});

it('metrics are readable for everybody, because the node exporter is another user; other reports are not', async () => {
  const folder = await tempFolder();
  const { context } = contextOf(folder, {});
  await end(['prometheus=a.prom', 'json=a.json', 'html=a.html'], context);
  const mode = async (name: string): Promise<number> => (await stat(join(folder, name))).mode & 0o777;
  expect([await mode('a.prom'), await mode('a.json'), await mode('a.html')]).toEqual([0o644, 0o600, 0o600]);
});

describe('push', () => {
  const pushing = async (answer: Partial<HttpResponse> | Error) => {
    const asked: HttpRequest[] = [];
    const { context, written } = contextOf(await tempFolder(), {});
    const http: Http = {
      request: async (request) => {
        asked.push(request);
        if (answer instanceof Error) throw answer;
        return {
          status: 200,
          headers: {},
          body: '',
          truncated: false,
          timings: { firstByte: 1, body: 0, total: 1, reused: false },
          ...answer,
        };
      },
      close: async () => undefined,
    };
    await end(['prometheus=push:http://me:pass@gateway:9091'], { ...context, io: { ...context.io, http } });
    return { asked, written };
  };

  it('sends the metrics, redacted, and says nothing', async () => {
    const { asked, written } = await pushing({});
    expect(asked.map(({ method, url, timeout }) => [method, url, timeout])).toEqual([
      ['PUT', 'http://gateway:9091/metrics/job/holdpoint/instance@base64/YXV0aC9wcm9kdWN0aW9u', 5000],
    ]);
    expect(asked[0]?.body).toContain('live="[masked]"');
    expect(written).toEqual({ stdout: '', stderr: '' });
  });

  it.each([
    [{ status: 400, body: 'bad\nrs/7d9f' }, 'gateway:9091 answered 400 (bad [masked])'],
    [{ status: 302 }, 'gateway:9091 answered 302'],
    [new HttpFailure('tcp', 'ECONNREFUSED', 'refused'), 'gateway:9091 was not reached within 5 s (ECONNREFUSED)'],
  ])('that fails is told without account and path, and breaks nothing: %#', async (answer, text) => {
    const { written } = await pushing(answer);
    expect(written.stderr).toBe(
      `holdpoint: a report failed: ${text}, so this run is not known there; look at the URL behind "push:"\n`,
    );
  });

  it.each([
    ['json=push:http://x', '--reporter json=push:http://x: json writes to files only; known: prometheus'],
    [
      'prometheus=push:gateway',
      '--reporter prometheus=push:…: needs a URL like http://pushgateway:9091 behind "push:"',
    ],
    [
      'prometheus=push:ftp://u:p@x',
      '--reporter prometheus=push:…: needs a URL like http://pushgateway:9091 behind "push:"',
    ],
  ])('%s is refused before anything runs', async (wanted, text) => {
    const { context } = contextOf(await tempFolder(), {});
    expect(() => openReporting([wanted], builtIn(), context, (all) => all)).toThrow(text);
  });
});
