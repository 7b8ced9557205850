// The front door of the command line, copied beside a bundle that the test writes: version, a missing build, readers that go away.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
let folder = '';
let bin = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdpoint-bin-'));
  bin = join(folder, 'bin/holdpoint.cjs');
  cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const holdpoint = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
};

const bundle = (code: string): void => {
  mkdirSync(join(folder, 'dist/bin'), { recursive: true });
  writeFileSync(join(folder, 'dist/bin/cli.js'), code);
};

it.each(['--version', '-V'])('%s is answered without the bundle', (flag) => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(holdpoint(flag)).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

it('a checkout that is not built says how to build it', () => {
  const stderr = 'holdpoint is not built: dist/bin/cli.js is missing. In a checkout, run: npm run build\n';
  expect(holdpoint('run', 'demo')).toEqual({ status: 2, stdout: '', stderr });
});

it('hands every other argument to the bundle', () => {
  bundle('console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 10;');
  const stdout = '["run","auth","--","x","--version"]\n';
  expect(holdpoint('run', 'auth', '--', 'x', '--version')).toEqual({ status: 10, stdout, stderr: '' });
});

describe('validate', () => {
  const here = `${process.version}-${process.platform}-${process.arch}`;
  const quick = (code: string, cache: string, node = here): void => {
    bundle("console.log('cli', process.argv.slice(2).join(' '));");
    writeFileSync(join(folder, 'dist/bin/validate.cjs'), code);
    writeFileSync(join(folder, `dist/bin/validate.cjs.${node}.cache`), cache);
  };
  const code =
    "((require, file) => { console.log(require('node:path').basename(file), process.argv.slice(2).join(' ')); })";

  it.each([
    [['validate', 'auth/production', '--show'], 'validate.cjs validate auth/production --show\n'],
    [['validate'], 'validate.cjs validate\n'],
    [['validate', '--help'], 'cli validate --help\n'],
    [['validate', '--', 'auth'], 'cli validate -- auth\n'],
    [['run', 'auth'], 'cli run auth\n'],
  ])('%j: names and --show alone go to the quick bundle', (args, stdout) => {
    // Code that V8 does not know is refused, and the script is compiled as usual.
    quick(code, 'not the code of any V8');
    expect(holdpoint(...args)).toEqual({ status: 0, stdout, stderr: '' });
  });

  it('kept code of another Node is never touched: another patch of the same V8 crashes on it', () => {
    quick(code, '', here.replace(process.version, 'v20.0.0'));
    expect(holdpoint('validate')).toEqual({ status: 0, stdout: 'cli validate\n', stderr: '' });
  });

  it.each([
    ['deploy-profiles/demo.yaml'],
    ['virtual-machines', 'smallest'],
    ['virtual-machines/staging', '--show'],
    ['nothing-of-that-name', 'demo'],
    ['tests/integration/fixtures/free-conditions.yaml'],
  ])('%s %s: both bundles say the same', (...args) => {
    const real = (...words: string[]) =>
      spawnSync(process.execPath, ['bin/holdpoint.cjs', 'validate', ...words], { cwd: root, encoding: 'utf8' });
    const [one, other] = [
      real(...args),
      real(...args.filter((word) => word === '--show'), '--', ...args.filter((word) => word !== '--show')),
    ];
    expect({ ...one, pid: 0 }).toEqual({ ...other, pid: 0 });
    expect(one.stdout + one.stderr).not.toBe('');
  });
});

it.each([
  ['kept for this Node', process.version, 'cli.cjs run auth\n'],
  ['kept for another Node', 'v20.0.0', 'cli run auth\n'],
])('every other verb runs with its compiled code %s', (_, version, stdout) => {
  bundle("console.log('cli', process.argv.slice(2).join(' '));");
  const code =
    "((require, file) => { console.log(require('node:path').basename(file), process.argv.slice(2).join(' ')); })";
  writeFileSync(join(folder, 'dist/bin/cli.cjs'), code);
  writeFileSync(join(folder, `dist/bin/cli.cjs.${version}-${process.platform}-${process.arch}.cache`), 'no code of V8');
  expect(holdpoint('run', 'auth')).toEqual({ status: 0, stdout, stderr: '' });
});

it('a reader that goes away neither ends the run nor changes its exit code', async () => {
  bundle(`
    import { writeFileSync } from 'node:fs';
    process.stdout.write('first\\n');
    setTimeout(() => console.log('x'.repeat(1e6)), 100);
    setTimeout(() => {
      writeFileSync(${JSON.stringify(join(folder, 'finished'))}, 'rolled back');
      process.exitCode = 20;
    }, 300);
  `);
  const child = spawn(process.execPath, [bin, 'run'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((ended) => child.on('close', ended));
  expect({ code, stderr, finished: readFileSync(join(folder, 'finished'), 'utf8') }).toEqual({
    code: 20,
    stderr: '',
    finished: 'rolled back',
  });
});

describe('a full disk behind', () => {
  const end = (verb: string, redirection: string, code: number): { status: number | null; stderr: string } => {
    bundle(`
      for (const stream of [process.stdout, process.stderr]) stream.write('text');
      setTimeout(() => {
        process.stderr.write('went on');
        process.exitCode = ${code};
      }, 50);
    `);
    const command = `exec "$0" "$1" ${verb} ${redirection}`;
    const { status, stderr } = spawnSync('/bin/sh', ['-c', command, process.execPath, bin], { encoding: 'utf8' });
    return { status, stderr };
  };
  const told = 'textholdpoint: stdout was cut short: ENOSPC: no space left on device, write\nwent on';

  it.each([
    ['stdout: a run goes on, and keeps its code', 'run', '>/dev/full', 0, { status: 0, stderr: told }],
    ['stdout: a rollback keeps its code', 'rollback', '>/dev/full', 20, { status: 20, stderr: told }],
    ['stdout: a list that nobody got is no success', 'show', '>/dev/full', 0, { status: 2, stderr: told }],
    ['stderr: a rollback goes on', 'rollback', '2>/dev/full', 20, { status: 20, stderr: '' }],
    ['both: a rollback goes on', 'rollback', '>/dev/full 2>&1', 20, { status: 20, stderr: '' }],
  ])('%s', (_, verb, redirection, code, expected) => {
    expect(end(verb, redirection, code)).toEqual(expected);
  });
});

// They are read as latin1: an arrow in a regular expression would match three other characters.
it.each(['validate.cjs', 'cli.cjs'])('the script %s of the build holds nothing beyond ASCII', (name) => {
  const text = readFileSync(join(root, 'dist/bin', name), 'latin1');
  expect(/[^\x00-\x7f].{0,40}/.exec(text)).toBeNull();
});
