// A project with one check of an application, run by the command line as a process; all that it wrote is kept.
import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RecordedCheck, RunRecord } from '../../src/kit/index.ts';
import { type App, appAccount } from './apps.ts';
import { expectNoSecrets } from './secrets.ts';
import { tempFolder } from './temp-folder.ts';

const bin = resolve(import.meta.dirname, '../../bin/holdpoint.cjs');

/** What a run left. */
export interface Looked {
  exitCode: number | null;
  record: RunRecord;
  check: RecordedCheck;
  /** Everything that it wrote, by name: stdout, stderr, each report, each file of the store. */
  written: Record<string, string>;
}

/** Machine-readable and prose: whatever could carry a secret to a reader. */
const reporters = ['plain', 'json', 'junit', 'markdown', 'github', 'gitlab', 'prometheus', 'nagios'];

/** What a profile may have beside its checks. */
export interface RunPlan {
  /** Keys of the profile over `hold: once`. */
  profile?: object;
  env?: Record<string, string>;
  /** More arguments of `holdpoint run`. */
  args?: readonly string[];
}

const filesBelow = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
};

/** Runs the command line in a folder; it sees no CI and no secrets but the account's. */
export const holdpointIn = (
  folder: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> =>
  new Promise((done, fail) => {
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: folder,
      env: { PATH, HOME, PROBE_PASSWORD: appAccount.password, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    child.on('error', fail).on('close', (exitCode) => done({ exitCode, stdout, stderr }));
  });

/** All files below a folder: reports, records, journals. */
export const writtenIn = async (folder: string): Promise<Record<string, string>> => {
  const files = await filesBelow(folder);
  const texts = await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')] as const));
  return Object.fromEntries(texts);
};

/** Runs these checks once and reads what came of the first one. */
export const runChecks = async (checks: Record<string, object>, plan: RunPlan = {}): Promise<Looked> => {
  const folder = await tempFolder();
  const [profiles, out] = [join(folder, 'deploy-profiles'), join(folder, 'out')];
  await mkdir(profiles);
  await mkdir(out);
  // JSON is YAML.
  const profile = { service: 'app', checks, hold: 'once', ...plan.profile };
  await writeFile(join(profiles, 'app.yaml'), JSON.stringify(profile));
  const flags = reporters.flatMap((name) => ['--reporter', `${name}=${join(out, name)}`]);
  const ended = await holdpointIn(folder, ['run', 'app', ...flags, ...(plan.args ?? [])], plan.env);
  const written = { ...(await writtenIn(out)), ...(await writtenIn(join(folder, '.holdpoint'))) };
  const text = written[join(out, 'json')];
  if (text === undefined) throw new Error(`exit code ${ended.exitCode} and no record; it printed:\n${ended.stderr}`);
  const record = JSON.parse(text) as RunRecord;
  const [check] = record.checks;
  if (!check) throw new Error('the record has no check');
  const { exitCode, stdout, stderr } = ended;
  return { exitCode, record, check, written: { ...written, stdout, stderr } };
};

/** The account of every application, for a spec. */
export const account = { username: appAccount.username, password: '${secret:PROBE_PASSWORD}' };

/** Runs a `login` check against an application, with nothing but this traffic in the recording. No secret may be in what it wrote. */
export const runLogin = async (app: App, spec: object, plan: RunPlan = {}): Promise<Looked> => {
  app.recording.clear();
  const looked = await runChecks({ login: { target: app.url, account, ...spec } }, plan);
  const given = Object.values(plan.env ?? {});
  expectNoSecrets(looked.written, [...given, appAccount.password, ...app.recording.secrets()]);
  return looked;
};

/** A sentence without times and ports, which no two runs share. */
const steady = (text: string): string =>
  text
    // What was asked and answered by a step that went wrong; login-evidence.test.ts has it.
    .replace(/; (?:DNS|TCP|TLS|HTTP|application) layer; [^]*$/, '')
    // Where the time of a step went.
    .replace(/(?:; |^)(?:(?:DNS|TCP|TLS|first byte|body) [\d.]+ m?s(?:, )?)+ on \d+ new connections?$/, '')
    .replaceAll(/\d+(?:\.\d+)? m?s\b/g, 'N ms')
    .replaceAll(/(127\.0\.0\.1|localhost|\[::1\]):\d{4,5}/g, '$1:PORT');

/** What came of a check, in the words that a person reads; `next` where it says one. */
export const verdictOf = ({ exitCode, check: { outcome, reason, because, next } }: Looked): object => ({
  exitCode,
  outcome,
  reason,
  because: steady(because),
  ...(next === undefined ? {} : { next }),
});

/** `sign in: pass, granted (POST /login → 302)`, one per part. */
export const partsOf = ({ check }: Looked): string[] =>
  check.parts.map(({ name, outcome, because }) => `${name}: ${outcome}, ${steady(because)}`);

/** The parts that warn. */
export const warningsOf = (looked: Looked): string[] => partsOf(looked).filter((part) => part.includes(': warn, '));
