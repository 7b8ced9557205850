// How long each scenario of the demo takes from the deploy to the decision and to the verified rollback, and what the run process costs.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probed } from './probed.mjs';

/** The scenarios of `holdpoint demo`; `hotfix` has no deploy and therefore no times. */
export const SCENARIOS = [
  'incident',
  'healthy',
  'pool-too-small',
  'error-spike',
  'login-broken',
  'preexisting',
  'rollback-does-not-help',
  'flaky',
  'one-bad-instance',
  'metrics-down',
  'not-deployed',
  'hotfix',
];

/** Seconds, megabytes and milliseconds that the design asks for. */
const TARGETS = { incidentDecided: 15, incidentVerified: 30, peakMb: 120, delayP99Ms: 20 };

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Through `script`, so that the terminal view is on: it is the one that could delay the measurements. */
function onTerminal(args) {
  const command = ['exec', process.execPath, ...args]
    .map((word, index) => (index === 0 ? word : quoted(word)))
    .join(' ');
  return ['script', ['-qec', `export TERM=xterm-256color; stty cols 120 rows 40; ${command}`, '/dev/null']];
}

function seconds(record, from, to) {
  return from && to ? (Date.parse(to) - Date.parse(from)) / 1000 : undefined;
}

function timesOf(record) {
  const mark = (name) => record.marks.find((one) => one.name === name)?.at;
  return {
    decided: seconds(record, mark('deploy-started'), mark('decision')),
    verified: record.rollback?.verified ? seconds(record, mark('deploy-started'), record.finishedAt) : undefined,
  };
}

/** The holdpoint process itself, not the lab around it: the one that ran a verb other than `demo`. */
function runProcess(processes) {
  return processes.find(
    ({ argv }) => /holdpoint\.cjs$|cli\.js$/.test(argv[1] ?? '') && ['run', 'check'].includes(argv[2]),
  );
}

const shown = (value, digits, limit) => {
  if (value === undefined) return '-';
  return limit !== undefined && value > limit ? `${value.toFixed(digits)} MISSED (${limit})` : value.toFixed(digits);
};

/** One row for a table. */
export async function scenario(name) {
  const folder = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
  try {
    const file = join(folder, 'record.json');
    const demo = ['bin/holdpoint.cjs', 'demo', '--scenario', name, '--reporter', 'tty', '--reporter', `json=${file}`];
    const { code, tail, processes } = await probed(...onTerminal(demo), { delays: true });
    if (code !== 0) return { scenario: name, ended: `${code}: ${tail.trim().split('\n').at(-1)}` };
    const record = JSON.parse(readFileSync(file, 'utf8'));
    const { decided, verified } = timesOf(record);
    const own = runProcess(processes);
    const isIncident = name === 'incident';
    return {
      scenario: name,
      ended: String(record.exitCode),
      'deploy to decision, s': shown(decided, 1, isIncident ? TARGETS.incidentDecided : undefined),
      'deploy to verified, s': shown(verified, 1, isIncident ? TARGETS.incidentVerified : undefined),
      'peak memory, MB': shown(own?.peakMb, 0, TARGETS.peakMb),
      'loop delay p99, ms': shown(own?.delayP99Ms, 1, TARGETS.delayP99Ms),
      'loop delay max, ms': shown(own?.delayMaxMs, 0),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
