// `init check -- curl …` against curl itself: the check that is written sends what curl sends, byte for byte where it counts.
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { runHere } from '../helpers/command.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { serve, type TestServer } from '../helpers/servers.ts';
import { curlProgram, installedProgram, installPrograms } from '../helpers/system-packages.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const run = promisify(execFile);
const keep = closedAfterEach();

beforeAll(() => installPrograms([curlProgram]), 300_000);

interface Sent {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** Headers that say something of the request; the others are those of each client. */
const telling = /^(?:authorization|content-type|cookie|referer|x-.*)$/;

const recording = async (): Promise<{ server: TestServer; sent: Sent[] }> => {
  const sent: Sent[] = [];
  const server = keep(
    await serve(async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const headers = Object.entries(request.headers).filter(([name]) => telling.test(name));
      sent.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
        body: Buffer.concat(pieces).toString(),
      });
      response.end('{}');
    }),
  );
  return { server, sent };
};

/** A line as it is pasted, and the secrets that the check then asks for. */
const lines: [line: string, secrets?: Record<string, string>][] = [
  [`curl BASE/health`],
  [`curl -fsSL -o /dev/null -w '%{http_code}' BASE/health?a=1&b=2`.replace('?a=1&b=2', "'?a=1&b=2'")],
  [`curl -X DELETE BASE/api/v1/things/7`],
  [`curl -d a=1 -d 'b=x y' BASE/form`],
  [`curl -da=1 BASE/form`],
  [`curl --data-urlencode 'q=ä & ö' --data-urlencode n=1 BASE/form`],
  [`curl -G --data-urlencode 'q=ä & ö' -d n=1 'BASE/find?page=2'`],
  [`curl -d '{"a": "b c"}' BASE/api`],
  [`curl -d '{"a":[1,null,true]}' -H 'Content-Type: application/json' BASE/api`],
  [`curl --json '{"id": 12345678901234567890}' BASE/api`],
  [`curl -d @body.json -H 'content-type: application/json; charset=utf-8' BASE/api`],
  [`curl --data-binary @text.txt -H 'Content-Type: text/plain' BASE/api`],
  [`curl -d a=1 -d a=2 BASE/twice`],
  [`curl -u smoke:s3cret BASE/me`, { X_AUTHORIZATION: Buffer.from('smoke:s3cret').toString('base64') }],
  [`curl http://smoke:s3cret@HOST/me`, { X_AUTHORIZATION: Buffer.from('smoke:s3cret').toString('base64') }],
  [`curl -H "Authorization: Bearer abcdef" -H 'X-Tenant: blue' BASE/me`, { X_AUTHORIZATION: 'abcdef' }],
  [`curl --oauth2-bearer abcdef BASE/me`, { X_AUTHORIZATION: 'abcdef' }],
  [`curl -b 'session=abcdef; theme=dark' BASE/me`, { X_COOKIE: 'session=abcdef; theme=dark' }],
  [`curl -H "X-Api-Key: $KEY" BASE/me`, { KEY: 'geheim' }],
  [`curl -d "user=smoke&password=geheim" BASE/login`, { X_PASSWORD: 'geheim' }],
  [`curl --json '{"user":"smoke","password":"geheim"}' BASE/login`, { X_PASSWORD: 'geheim' }],
  [`curl 'BASE/list?api_key=geheim&page=2'`, { X_API_KEY: 'geheim' }],
  [
    `curl 'BASE/api' \\\n  -X 'POST' \\\n  -H 'X-Note: it'\\''s' \\\n  --data-raw $'{"a":"\\u0021"}' \\\n  --compressed`,
  ],
  [`curl -e https://ref.example.com/x -H 'X-Empty;' -H 'Accept:' BASE/x`],
  [`curl -d 'literal \${x} $5' -H 'Content-Type: text/plain' BASE/x`],
  [`curl --resolve auth.example.com:PORT:127.0.0.1 http://auth.example.com:PORT/x`],
  [`curl --connect-to auth.example.com:80:127.0.0.1:PORT http://auth.example.com/x`],
  [`curl -sIX OPTIONS BASE/x`],
];

it.each(lines)('%s', async (line, secrets = {}) => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'body.json'), '{\n "a": 1\n}\n');
  await writeFile(join(folder, 'text.txt'), 'one\ntwo\n');
  const { server, sent } = await recording();
  const { host, port } = new URL(server.url);
  const pasted = line.replaceAll('BASE', server.url).replaceAll('HOST', host).replaceAll('PORT', port);
  const { file, env } = installedProgram(curlProgram);
  const typed = pasted.replace(/^curl/, `'${file}' -sS --max-time 20 -A test`);
  await run('bash', ['-c', typed], { cwd: folder, env: { PATH: process.env['PATH'], ...env, ...secrets } });

  const made = await runHere(folder, ['init', 'check', 'x', '--', pasted]);
  expect([made.stderr, made.exitCode]).toEqual(['', 0]);
  const check = await readFile(join(folder, 'checks/x.yaml'), 'utf8');
  for (const secret of ['geheim', 's3cret', 'abcdef']) expect(check + made.stdout).not.toContain(secret);

  await mkdir(join(folder, 'deploy-profiles'));
  const use = made.stdout.slice(made.stdout.indexOf('checks:\n'), made.stdout.lastIndexOf('\n\n'));
  await writeFile(join(folder, 'deploy-profiles/x.yaml'), `service: x\nhold: once\n${use}\n`);
  const told = await runHere(folder, ['check', 'x'], { env: secrets });
  expect([told.exitCode, told.stderr.split('\n').slice(-12)]).toEqual([0, expect.anything()]);
  const [byCurl, byCheck] = sent;
  expect(comparable(byCheck)).toEqual(comparable(byCurl));
});

/** JSON says the same with other spaces, a form with another sign for the space. */
const comparable = (one: Sent | undefined): Sent | undefined => {
  if (!one) return undefined;
  const url = one.url.replaceAll('+', '%20').replaceAll(/%../g, (code) => code.toUpperCase());
  const type = one.headers['content-type'] ?? '';
  if (type.includes('urlencoded') && !one.body.startsWith('{'))
    return { ...one, url, body: new URLSearchParams(one.body).toString() };
  if (!type.startsWith('application/json') || /\d{16}/.test(one.body)) return { ...one, url };
  const headers = { ...one.headers, 'content-type': 'application/json' };
  return { ...one, url, headers, body: JSON.stringify(JSON.parse(one.body)) };
};
