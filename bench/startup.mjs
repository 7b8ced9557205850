// How long the command line takes to start, as a ratio to a bare Node in the same run: ratios hold on a loaded machine, times do not.
import { probed } from './probed.mjs';

const bin = 'bin/holdpoint.cjs';
const COMMANDS = [
  { name: 'node -e 0', args: ['-e', '0'] },
  { name: 'holdpoint --version', args: [bin, '--version'], atMost: 1.3 },
  {
    name: 'holdpoint validate deploy-profiles/demo.yaml',
    args: [bin, 'validate', 'deploy-profiles/demo.yaml'],
    atMost: 3.5,
  },
];

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function once({ name, args }) {
  const { code, wallMs, tail, processes } = await probed(process.execPath, args);
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${tail.trim()}`);
  return { wall: wallMs, cpu: processes[0].cpuMs };
}

function summary(runs) {
  const of = (key) => runs.map((run) => run[key]);
  return {
    cpu: Math.min(...of('cpu')),
    cpuMedian: median(of('cpu')),
    wall: Math.min(...of('wall')),
    wallMedian: median(of('wall')),
  };
}

/** Interleaved, so that what else the machine does meets all commands alike; the first round only warms the disk cache. */
async function measure(rounds) {
  const runs = new Map(COMMANDS.map(({ name }) => [name, []]));
  for (const command of COMMANDS) await once(command);
  for (let round = 0; round < rounds; round += 1) {
    for (const command of COMMANDS) runs.get(command.name).push(await once(command));
  }
  return COMMANDS.map((command) => ({ ...command, ...summary(runs.get(command.name)) }));
}

/** Rows for a table: minima and medians in milliseconds, ratios to bare Node, and whether the target is met. */
export async function startup(rounds = 20) {
  const [bare, ...rest] = await measure(rounds);
  const row = (one) => ({
    command: one.name,
    'CPU min': one.cpu.toFixed(0),
    'CPU median': one.cpuMedian.toFixed(0),
    'wall min': one.wall.toFixed(0),
    'wall median': one.wallMedian.toFixed(0),
    'x CPU': (one.cpu / bare.cpu).toFixed(2),
    'x wall': (one.wall / bare.wall).toFixed(2),
    target: one.atMost ? `${one.cpu / bare.cpu <= one.atMost ? 'met' : 'MISSED'} (${one.atMost} x)` : '',
  });
  return [bare, ...rest].map(row);
}
