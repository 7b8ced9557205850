// newman and stepci, pinned with a lockfile of their own, with the same thousand checks; installed at their first use.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'competitors');
const script = {
  newman: 'node_modules/newman/bin/newman.js',
  stepci: 'node_modules/stepci/dist/index.js',
};

/** Installs them without running any script of theirs; says why where that does not work. */
function install() {
  if (existsSync(join(folder, script.newman)) && existsSync(join(folder, script.stepci))) return undefined;
  console.error('installing newman and stepci into bench/competitors …');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status, error, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim().split('\n').at(-1) ?? 'npm failed');
}

const newmanItem = (url, n) => ({
  name: `check ${n}`,
  request: { method: 'GET', url: `${url}/items/${n}` },
  event: [
    {
      listen: 'test',
      script: {
        exec: [
          "pm.test('status', () => pm.response.to.have.status(200));",
          "pm.test('json', () => pm.expect(pm.response.json().status).to.eql('ok'));",
        ],
      },
    },
  ],
});

const schema = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';

const stepciTest = (url, n) =>
  `  check${n}:\n    steps:\n      - http:\n          url: ${url}/items/${n}\n          method: GET\n` +
  `          check:\n            status: 200\n            jsonpath:\n              $.status: ok\n`;

/** Commands with their arguments, or why there are none. `work`: a folder for their input. */
export function competitors(url, checks, work) {
  const missing = install();
  if (missing !== undefined) return { missing };
  // It tells its makers of each run.
  process.env.STEPCI_DISABLE_ANALYTICS = '1';
  const numbers = Array.from({ length: checks }, (_, index) => index);
  const collection = { info: { name: 'bench', schema }, item: numbers.map((n) => newmanItem(url, n)) };
  writeFileSync(join(work, 'collection.json'), JSON.stringify(collection));
  const tests = numbers.map((n) => stepciTest(url, n)).join('');
  writeFileSync(join(work, 'workflow.yml'), `version: "1.1"\nname: bench\ntests:\n${tests}`);
  return {
    commands: [
      {
        name: 'newman, one after the other',
        args: [join(folder, script.newman), 'run', join(work, 'collection.json'), '--silent'],
      },
      { name: 'stepci', args: [join(folder, script.stepci), 'run', join(work, 'workflow.yml')] },
    ],
  };
}
