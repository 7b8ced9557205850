// Runs a command with the probe inside every Node process that it starts, and gives back what each of them cost.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const probe = join(import.meta.dirname, 'probe.cjs');

/** Extra certificates are parsed at every start of Node 20 and would drown the figures. */
function cleanEnvironment(folder, delays) {
  const { NODE_EXTRA_CA_CERTS: _certificates, ...rest } = process.env;
  const measured = { ...rest, NODE_OPTIONS: `--require ${JSON.stringify(probe)}`, BENCH_PROBE: folder };
  return delays ? { ...measured, BENCH_DELAYS: '1' } : measured;
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code));
  });
}

/**
 * The exit code, the wall time in milliseconds, the last of what was printed, and one entry for each Node process that came to a regular end.
 * With `delays` the event loop of each is watched as well.
 */
export async function probed(command, args, { delays = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
  try {
    const started = performance.now();
    const child = spawn(command, args, { env: cleanEnvironment(folder, delays), stdio: ['ignore', 'pipe', 'pipe'] });
    let tail = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (tail = (tail + data).slice(-4000)));
    const code = await ended(child);
    const wallMs = performance.now() - started;
    const processes = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
    return { code, wallMs, tail, processes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
