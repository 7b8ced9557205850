// Real commands: argument lists, bounded output, deadlines that end whole groups, no help from `ps` or a shell.
import { execPath } from 'node:process';
import { join } from 'node:path';
import { readdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { inputFolders, openInput } from '../../src/io/input-file.ts';
import { createProcesses } from '../../src/io/processes.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const base = { PATH: process.env['PATH'] };
const processes = createProcesses(base);
const node = (script: string, ...args: string[]): [string, ...string[]] => [execPath, '-e', script, ...args];
const sh = (script: string): [string, ...string[]] => ['/bin/sh', '-c', script];
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a command', () => {
  it('gets its arguments as they are, whatever stands in them', async () => {
    const nasty = ["a'b", '$(echo no)', '`id`', '"', ' ', '', '*', 'a\nb', '\\', '${HOME}', 'ä€'];
    const done = await processes.run({
      argv: node('console.log(JSON.stringify(process.argv.slice(1)))', ...nasty),
      deadline: 20_000,
    });
    expect(JSON.parse(done.stdout)).toEqual(nasty);
    expect(done).toMatchObject({ exit: 0, signal: undefined, timedOut: false, stderr: '' });
  });

  it('has its own folder and environment, and no stdin', async () => {
    const folder = await tempFolder();
    const done = await processes.run({
      argv: sh('pwd; echo "$TOKEN"; cat'),
      cwd: folder,
      env: { TOKEN: '7' },
      deadline: 20_000,
    });
    expect(done.stdout).toBe(`${folder}\n7\n`);
  });

  it.each([
    ['exit 3', { exit: 3, signal: undefined, timedOut: false }],
    ['kill -9 $$', { exit: undefined, signal: 'SIGKILL', timedOut: false }],
    ['echo no >&2; exit 1', { exit: 1, stderr: 'no\n', stdout: '' }],
  ])('that ends by `%s` is reported as such', async (script, expected) => {
    expect(await processes.run({ argv: sh(script), deadline: 20_000 })).toMatchObject(expected);
  });

  it('that cannot be started says why', async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'plain.txt'), 'x', { mode: 0o600 });
    const run = (file: string) => processes.run({ argv: [file], deadline: 20_000 });
    expect(await run('./no-such-command')).toMatchObject({ startError: 'ENOENT', exit: undefined, timedOut: false });
    expect(await run(join(folder, 'plain.txt'))).toMatchObject({ startError: 'EACCES', exit: undefined });
  });

  it('is not started when the signal has aborted before', async () => {
    const folder = await tempFolder();
    const done = await processes.run({
      argv: sh(`touch ${folder}/ran`),
      deadline: 20_000,
      signal: AbortSignal.abort(),
    });
    expect(done).toMatchObject({ startError: 'ABORTED', exit: undefined });
    expect(await createProcesses(base).run({ argv: ['ls', folder], deadline: 20_000 })).toMatchObject({ stdout: '' });
  });

  it('reads its input, also by name; the file of it has no name', async () => {
    const folder = await tempFolder();
    const own = createProcesses({ ...base, TMPDIR: folder });
    const text = `${'ä€'.repeat(200_000)}\nhunter2\n`;
    const done = await own.run({
      argv: sh('tail -n 1; tail -n 1 /dev/stdin; wc -c < /dev/stdin; ls "$TMPDIR"'),
      input: text,
      deadline: 20_000,
    });
    expect(done).toMatchObject({ exit: 0, stdout: `hunter2\nhunter2\n${Buffer.byteLength(text)}\n` });
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes the first folder that holds its input; without any it is not begun', async () => {
    const folder = await tempFolder();
    const input = await openInput('hunter2', ['/nowhere', folder]);
    expect(await input.readFile('utf8')).toBe('hunter2');
    await input.close();
    expect(await readdir(folder)).toEqual([]);
    const nowhere = createProcesses(base, ['/nowhere', '/nowhere/else']);
    expect(await nowhere.run({ argv: ['true'], input: 'hunter2', deadline: 20_000 })).toMatchObject({
      startError: expect.stringMatching(/^no place for its input: ENOENT: /),
      exit: undefined,
    });
    expect(inputFolders({ TMPDIR: folder })).toEqual(['/dev/shm', folder]);
  });

  it('hands on its lines of both streams', async () => {
    const lines: string[] = [];
    await processes.run({
      argv: sh('echo one; echo two >&2; printf three'),
      deadline: 20_000,
      onLine: (line, stream) => lines.push(`${stream} ${line}`),
    });
    expect(lines.sort()).toEqual(['stderr two', 'stdout one', 'stdout three']);
  });
});

describe('the deadline', () => {
  it('holds where there is no `ps` and no shell on the PATH', async () => {
    const bare = createProcesses({ PATH: '/nowhere' });
    const done = await bare.run({ argv: node('setTimeout(() => {}, 60_000)'), deadline: 300, grace: 1000 });
    expect(done).toMatchObject({ signal: 'SIGTERM', timedOut: true });
  });

  it('does not touch a command that keeps it, nor what it left running in the background', async () => {
    let pid = 0;
    const done = await processes.run({
      argv: sh('sleep 30 >/dev/null 2>&1 & echo $!'),
      deadline: 20_000,
      onLine: (line) => {
        pid = Number(line);
      },
    });
    expect(done).toMatchObject({ exit: 0, timedOut: false });
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });
});

describe('an abort', () => {
  it('ends the group, and is not called a timeout', async () => {
    const controller = new AbortController();
    const done = await processes.run({
      argv: sh('echo up; sleep 60'),
      deadline: 60_000,
      signal: controller.signal,
      onLine: () => controller.abort(),
    });
    expect(done).toMatchObject({ signal: 'SIGTERM', timedOut: false, stdout: 'up\n' });
  });
});

describe('output', () => {
  it('is cut to its tail, and costs no memory', async () => {
    const before = process.memoryUsage().rss;
    let most = 0;
    let lines = 0;
    const done = await processes.run({
      argv: node(`
        const chunk = Buffer.alloc(1 << 20, 'x'); chunk[chunk.length - 1] = 10;
        let n = 0;
        const more = () => {
          while (n++ < 100) if (!process.stdout.write(chunk)) return process.stdout.once('drain', more);
          process.stdout.write('the end\\n');
        };
        more();`),
      deadline: 60_000,
      maxBytes: 1000,
      onLine: () => {
        lines += 1;
        most = Math.max(most, process.memoryUsage().rss);
      },
    });
    expect(done.exit).toBe(0);
    expect(done.stdout).toHaveLength(1000);
    expect(done.stdout).toMatch(/x\nthe end\n$/);
    expect(lines).toBeGreaterThan(100);
    // Held whole, as zx does, 100 MB cost about 250 MB.
    expect((most - before) / 2 ** 20).toBeLessThan(90);
  });

  it('of a grandchild that keeps the pipe open does not hold us up', async () => {
    let pid = 0;
    const done = await processes.run({
      argv: sh('sleep 60 & echo $!'),
      deadline: 60_000,
      onLine: (line) => {
        pid = Number(line);
      },
    });
    process.kill(pid, 'SIGKILL');
    expect(done).toMatchObject({ exit: 0, timedOut: false, stdout: `${pid}\n` });
    expect(done.ms).toBeLessThan(20_000);
  });
});

describe('this process', () => {
  it('runs; one whose pid was given to another since does not; one of another host is unknown', async () => {
    const self = await processes.self();
    expect(self.pid).toBe(process.pid);
    expect(await processes.isRunning(self)).toBe('yes');
    expect(await processes.isRunning({ ...self, started: 'another boot 1' })).toBe(
      self.started === undefined ? 'yes' : 'no',
    );
    expect(await processes.isRunning({ ...self, host: 'elsewhere' })).toBe('unknown');
  });

  it('is told from one that has ended', async () => {
    const { stdout } = await processes.run({ argv: sh('echo $$'), deadline: 20_000 });
    const { host } = await processes.self();
    expect(await processes.isRunning({ pid: Number(stdout), host })).toBe('no');
  });
});
