// What holdpoint and Debian's check_postgres say of the same servers, of which some refuse the service: verdict, time, words.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Client } from 'pg';
import { parts } from './parts.mjs';

const bin = resolve(import.meta.dirname, '../bin/holdpoint.cjs');
const checkPostgres = { name: 'check_postgres', packages: ['check-postgres', 'postgresql-client'] };

/** 12 slots: 2 for superusers, 2 for roles in pg_use_reserved_connections, 8 for everybody else. */
const settings = { max_connections: '12', superuser_reserved_connections: '2', reserved_connections: '2' };
const word = 'bench-password';

/** Sessions that are held: so many of each role, in each database; the service logs in as app to the database auth. */
const states = [
  { name: 'healthy: 3 of 8 in use', hold: { app: 3 } },
  { name: 'ordinary slots gone', hold: { app: 8 } },
  { name: 'only superuser-reserved left', hold: { app: 8, reserve: 2 } },
  { name: 'role limit reached (3 of 3)', hold: { app: 3 }, sql: 'ALTER ROLE app CONNECTION LIMIT 3' },
  { name: 'database limit reached (3 of 3)', hold: { app: 3 }, sql: 'ALTER DATABASE auth CONNECTION LIMIT 3' },
];

/** Who asks. Both tools ask as the same role. */
const askers = ['monitor', 'superuser'];

async function ask(url, sql) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** A process to its end, with the time that it took. */
function run(command, args, env) {
  return new Promise((done, fail) => {
    const started = performance.now();
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
    child.on('error', fail);
    child.on('close', (code) => done({ code, output: output.trim(), ms: performance.now() - started }));
  });
}

const nagios = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'];

/** Where psql stands: Debian's own is a script that looks for it under /. */
function clientFolders(base) {
  const folder = join(base, 'lib/postgresql');
  return existsSync(folder) ? readdirSync(folder).map((version) => join(folder, version, 'bin')) : [];
}

async function byCheckPostgres({ file, base, env }, url) {
  const { hostname, port, username, password, pathname } = new URL(url);
  const path = [...clientFolders(base), process.env.PATH].join(delimiter);
  const args = [`--host=${hostname}`, `--port=${port}`, `--dbuser=${username}`, `--dbname=${pathname.slice(1)}`];
  const environment = { ...process.env, ...env, PATH: path, PGPASSWORD: password, LC_ALL: 'C' };
  const { code, output, ms } = await run(file, ['--action=backends', ...args], environment);
  return {
    verdict: nagios[code] ?? `exit ${code}`,
    says: output.replace(/ \| .*/, '').replaceAll(/\s*\n\s*/g, ' '),
    ms,
  };
}

const profile = (url) => `
service: auth
hold: once
checks:
  db-connections: { postgres: "${url}", role: app, database: auth }
`;

async function byHoldpoint(url) {
  const folder = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
  try {
    mkdirSync(join(folder, 'deploy-profiles'));
    const file = join(folder, 'deploy-profiles', 'auth.yaml');
    writeFileSync(file, profile(url));
    const record = join(folder, 'record.json');
    const { code, output, ms } = await run(process.execPath, [bin, 'check', file, '--reporter', `json=${record}`]);
    const [found] = JSON.parse(readFileSync(record, 'utf8')).checks;
    return { verdict: `${found.outcome} (exit ${code})`, says: found.because, ms, output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether the service itself could log in now. */
async function truth(url) {
  try {
    await ask(url, 'SELECT 1');
    return 'yes';
  } catch (error) {
    return `refused (${error.code})`;
  }
}

/** A server in this state, for as long as `work` takes. */
async function inState({ startTestServer }, { hold, sql }, work) {
  const server = await startTestServer(settings);
  const held = [];
  try {
    const admin = server.url();
    await ask(admin, `CREATE ROLE app LOGIN PASSWORD '${word}'`);
    await ask(admin, `CREATE ROLE monitor LOGIN PASSWORD '${word}' IN ROLE pg_monitor`);
    await ask(admin, `CREATE ROLE reserve LOGIN PASSWORD '${word}' IN ROLE pg_use_reserved_connections`);
    await ask(admin, 'CREATE DATABASE auth');
    if (sql) await ask(admin, sql);
    const urlOf = (role) =>
      role === 'superuser' ? server.url(undefined, undefined, 'auth') : server.url(role, word, 'auth');
    for (const [role, number] of Object.entries(hold)) {
      for (let n = 0; n < number; n += 1) {
        const client = new Client({ connectionString: urlOf(role), application_name: `${role}@new` });
        client.on('error', () => undefined);
        await client.connect();
        held.push(client);
      }
    }
    return await work(urlOf);
  } finally {
    await Promise.all(held.map((client) => client.end()));
    await server.stop();
  }
}

const seconds = (ms) => (ms / 1000).toFixed(2);

async function compare(lab, installed) {
  const all = [];
  for (const state of states) {
    await inState(lab, state, async (urlOf) => {
      const canLogIn = await truth(urlOf('app'));
      for (const asker of askers) {
        const theirs = await byCheckPostgres(installed, urlOf(asker));
        const ours = await byHoldpoint(urlOf(asker));
        all.push({ state: state.name, asker, canLogIn, theirs, ours });
      }
    });
  }
  return all;
}

/** Prints a table, and below it what each says; or how to install check_postgres where it is missing. */
export async function besideCheckPostgres() {
  const lab = await parts('check-postgres', {
    './tests/helpers/postgres.ts': 'startTestServer',
    './tests/helpers/system-packages.ts': 'installedProgram, installPrograms',
  });
  let installed;
  try {
    await lab.installPrograms([checkPostgres]).catch((error) => console.error(`apt-get: ${error.message.trim()}`));
    installed = lab.installedProgram(checkPostgres);
  } catch (error) {
    console.log(`not measured: ${error.message}`);
    return;
  }
  const all = await compare(lab, installed);
  console.table(
    all.map(({ state, asker, canLogIn, theirs, ours }) => ({
      server: state,
      'asked as': asker,
      'the service can log in': canLogIn,
      check_postgres: theirs.verdict,
      'its time, s': seconds(theirs.ms),
      holdpoint: ours.verdict,
      'its time, s ': seconds(ours.ms),
    })),
  );
  for (const { state, asker, theirs, ours } of all)
    console.log(`${state}, as ${asker}:\n  check_postgres: ${theirs.says}\n  holdpoint:      ${ours.says}`);
}
