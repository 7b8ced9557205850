// What many HTTP checks cost: a thousand, one sample each, against a bare undici process in the same run, beside newman
// and stepci; a hundred slow ones; and a single one against a bare Node.
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { competitors } from './competitors.mjs';
import { probed } from './probed.mjs';

const bin = resolve('bin/holdpoint.cjs');
const bare = join(import.meta.dirname, 'http-bare.mjs');

/** As many looks as holdpoint takes side by side. */
const concurrency = 64;
const checks = 1000;

/** Ratios to the bare processes, megabytes, milliseconds. */
const TARGETS = { wall: 2, cpu: 2.2, peakMb: 130, slowMs: 1900, one: 4.5 };

async function startServer() {
  const child = fork(join(import.meta.dirname, 'http-server.mjs'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const port = await new Promise((done, failed) => child.once('message', done).once('error', failed));
  return { url: `http://127.0.0.1:${port}`, stop: () => child.disconnect() };
}

/** A profile whose checks share their defaults, as they would by hand; each has a path of its own. */
function writeProfile(folder, name, count, path) {
  const list = Array.from(
    { length: count },
    (_, n) => `  c${n}: { use: ./checks/item.yaml, request: { get: ${path}/${n} } }\n`,
  );
  writeFileSync(
    join(folder, `deploy-profiles/${name}.yaml`),
    `service: ${name}\nhold: once\nchecks:\n${list.join('')}`,
  );
}

function writeProject(folder, url) {
  mkdirSync(join(folder, 'deploy-profiles'));
  mkdirSync(join(folder, 'checks'));
  const defaults = `kind: http\ntarget: ${url}\nexpect: { status: 200, json: { status: ok } }\n`;
  writeFileSync(join(folder, 'checks/item.yaml'), defaults);
  writeProfile(folder, 'many', checks, '/items');
  writeProfile(folder, 'slow', 100, '/slow');
  writeProfile(folder, 'one', 1, '/items');
}

/** A store of its own each time: what earlier runs left there is read by later ones. */
const holdpoint = (folder, name, round) => [
  bin,
  'check',
  join(folder, `deploy-profiles/${name}.yaml`),
  '--store',
  join(folder, `store-${name}-${round}`),
  '--reporter',
  `json=${join(folder, `${name}.json`)}`,
];

async function cost({ name, args }) {
  const { code, wallMs, tail, processes } = await probed(process.execPath, args);
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${tail.trim().split('\n').at(-1)}`);
  const [main] = processes.toSorted((a, b) => b.cpuMs - a.cpuMs);
  return { wall: wallMs, cpu: main.cpuMs, peak: main.peakMb };
}

/** Interleaved, so that what else the machine does meets all alike; the best of all rounds. */
async function measure(commands, rounds) {
  const runs = new Map(commands.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const { name, argsOf, once } of commands)
      if (!once || round === 0) runs.get(name).push(...(await costs({ name, args: argsOf(round), isOurs: !once })));
  return new Map([...runs].filter(([, all]) => all.length > 0).map(([name, all]) => [name, best(all)]));
}

/** A competitor that fails is told and left out; one of ours ends the measurement. */
async function costs({ isOurs, ...command }) {
  try {
    return [await cost(command)];
  } catch (error) {
    if (isOurs) throw error;
    console.log(error.message);
    return [];
  }
}

const best = (all) => ({
  wall: Math.min(...all.map(({ wall }) => wall)),
  cpu: Math.min(...all.map(({ cpu }) => cpu)),
  peak: Math.max(...all.map(({ peak }) => peak)),
});

const ratio = (value, base, most) => {
  const text = (value / base).toFixed(2);
  return most === undefined ? text : `${text} ${value / base <= most ? 'met' : 'MISSED'} (${most})`;
};

const row = (name, { wall, cpu, peak }, base, targets = {}) => ({
  'one sample each': name,
  'wall, ms': wall.toFixed(0),
  'CPU, ms': cpu.toFixed(0),
  'peak, MB': targets.peakMb
    ? `${peak.toFixed(0)} ${peak <= targets.peakMb ? 'met' : 'MISSED'} (${targets.peakMb})`
    : peak.toFixed(0),
  'x wall': ratio(wall, base.wall, targets.wall),
  'x CPU': ratio(cpu, base.cpu, targets.cpu),
});

async function many(url, folder, rounds) {
  const others = competitors(url, checks, folder);
  const bareOf = (connections) => () => [bare, url, String(checks), String(concurrency), connections];
  const fresh = `bare undici, ${concurrency} at once, a connection each`;
  const kept = `bare undici, ${concurrency} at once, connections kept`;
  const own = `holdpoint, ${checks} checks`;
  const commands = [
    { name: fresh, argsOf: bareOf('fresh') },
    { name: own, argsOf: (round) => holdpoint(folder, 'many', round) },
    { name: kept, argsOf: bareOf('kept') },
    ...(others.commands ?? []).map(({ name, args }) => ({ name, argsOf: () => args, once: true })),
  ];
  const all = await measure(commands, rounds);
  if (others.missing) console.log(`newman and stepci could not be installed and are left out: ${others.missing}`);
  return [...all].map(([name, one]) => row(name, one, all.get(fresh), name === own ? TARGETS : {}));
}

async function few(folder, rounds) {
  const [node, one, slow] = ['node -e 0', 'holdpoint, one check', 'holdpoint, 100 checks of 100 ms'];
  const all = await measure(
    [
      { name: node, argsOf: () => ['-e', '0'] },
      { name: one, argsOf: (round) => holdpoint(folder, 'one', round) },
      { name: slow, argsOf: (round) => holdpoint(folder, 'slow', round) },
    ],
    rounds,
  );
  const base = all.get(node);
  const wall = all.get(slow).wall;
  return [
    row(node, base, base),
    row(one, all.get(one), base, { wall: TARGETS.one, cpu: TARGETS.one }),
    {
      ...row(slow, all.get(slow), base),
      'wall, ms': `${wall.toFixed(0)} ${wall <= TARGETS.slowMs ? 'met' : 'MISSED'} (${TARGETS.slowMs})`,
    },
  ];
}

/** Rows for two tables. */
export async function httpChecks(rounds = 8) {
  const folder = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
  const server = await startServer();
  try {
    writeProject(folder, server.url);
    return { many: await many(server.url, folder, rounds), few: await few(folder, rounds) };
  } finally {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
