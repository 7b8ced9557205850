// Prints the figures of the design: start-up against bare Node, HTTP checks against bare undici, then times, memory and event-loop delay of the demo's scenarios.
// npm run bench -- statistics --write puts its tables into docs/statistics.md.
// npm run bench · npm run bench -- startup · npm run bench -- statistics · npm run bench -- http · npm run bench -- pool-wait probe-cost check-postgres · npm run bench -- incident
import { resolve } from 'node:path';
import { besideCheckPostgres } from './check-postgres.mjs';
import { httpChecks } from './http.mjs';
import { poolWaits } from './pool-wait.mjs';
import { probeCosts } from './probe-cost.mjs';
import { SCENARIOS, scenario } from './scenarios.mjs';
import { startup } from './startup.mjs';
import { statistics } from './statistics.mjs';

process.chdir(resolve(import.meta.dirname, '..'));

const isWriting = process.argv.includes('--write');
const wanted = process.argv.slice(2).filter((name) => name !== '--write');
const known = ['startup', 'http', 'pool-wait', 'probe-cost', 'check-postgres', 'statistics', ...SCENARIOS];
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no such measurement: ${unknown.join(', ')}; known: ${known.join(', ')}`);
  process.exit(2);
}

if (wanted.length === 0 || wanted.includes('startup')) {
  console.log('Start-up, 20 cold processes each, interleaved (milliseconds):');
  console.table(await startup());
}
if (wanted.length === 0 || wanted.includes('pool-wait')) {
  console.log('What pool-wait reads at PgBouncer against what 8 clients of 2 connections measure:');
  console.table(await poolWaits());
}
if (wanted.length === 0 || wanted.includes('probe-cost')) {
  console.log('One look of db-connections, as a role with pg_monitor, 40 looks each in turn with bare connects:');
  console.table(await probeCosts());
}
if (wanted.length === 0 || wanted.includes('check-postgres')) {
  console.log('holdpoint check beside check_postgres, on the same servers, as the same role, each as a process:');
  await besideCheckPostgres();
}
if (wanted.length === 0 || wanted.includes('http')) {
  const { many, few } = await httpChecks();
  console.log('1,000 HTTP checks, status and one JSON value (ratios to a bare undici process that asks the same):');
  console.table(many);
  console.log('Few HTTP checks (ratios to a bare Node):');
  console.table(few);
}
if (wanted.length === 0 || wanted.includes('statistics')) {
  console.log('The sequential test beside other rules, Monte Carlo (the tables of docs/statistics.md):');
  await statistics({ write: isWriting });
}
const rows = [];
for (const name of SCENARIOS.filter((one) => wanted.length === 0 || wanted.includes(one))) {
  console.error(`scenario ${name} …`);
  rows.push(await scenario(name));
}
if (rows.length > 0) {
  console.log('Scenarios of the demo, terminal view on, one run each:');
  console.table(rows);
}
