// Whether a command of the user's could be started, found out without starting it: its program, its script, sudo's word.
import { basename, isAbsolute, join, resolve } from 'node:path';
import type { Finding } from '../../kit/index.ts';
import { type Ask, failureOf, readDeadline, shellLine } from './commands.ts';

type Argv = readonly string[];

/** These take the file of a script as their first argument, which then has to be readable, not executable. */
const interpreters = ['sh', 'bash', 'dash', 'ksh', 'zsh', 'node', 'python', 'python3', 'ruby', 'perl'];

/** POSIX `test` asks with the rights of this account. */
const passes = async (flag: '-x' | '-r' | '-e', path: string, ask: Ask): Promise<boolean> =>
  (await ask.run(['test', flag, path])).exit === 0;

/** A folder of PATH that this account may not look into is asked by `test`, which says no instead of failing. */
const isExecutable = async (path: string, ask: Ask): Promise<boolean> =>
  (await passes('-x', path, ask)) && !(await ask.io.files.stat(path)).folder;

/** As execvp does it: a name with a slash is a path, any other is looked for on PATH; the first executable one. */
const placesOf = (program: string, { io, root }: Ask): string[] =>
  program.includes('/')
    ? [resolve(root, program)]
    : (io.env('PATH') ?? '')
        .split(':')
        .filter((folder) => isAbsolute(folder))
        .map((folder) => join(folder, program));

const whereIs = async (program: string, ask: Ask): Promise<string | undefined> => {
  for (const path of placesOf(program, ask)) if (await isExecutable(path, ask)) return path;
  return undefined;
};

const whyMissing = async (program: string, ask: Ask): Promise<string> => {
  if (!program.includes('/')) return `${program} is nowhere on PATH`;
  const path = resolve(ask.root, program);
  if (!(await passes('-e', path, ask))) return `${path} does not exist, or this account may not look there`;
  return `${path} is not executable for this account`;
};

/** `sudo -n -u deploy ./undo.sh v1` → `./undo.sh v1`, and the options before it. */
const behindSudo = ([, ...words]: Argv): { options: string[]; command: string[] } => {
  const takesValue = ['-u', '--user', '-g', '--group', '-h', '--host', '-p', '--prompt'];
  let at = 0;
  while (words[at]?.startsWith('-')) at += takesValue.includes(words[at] ?? '') ? 2 : 1;
  const options = words.slice(0, at).filter((word) => !['-n', '--non-interactive', '--'].includes(word));
  return { options, command: words.slice(at) };
};

/** sudo tells whether it would allow exactly this command, and does not run it. */
const sudoFinding = async (what: string, argv: Argv, ask: Ask): Promise<Finding> => {
  const { options, command } = behindSudo(argv);
  const query = ['sudo', '-n', ...options, '-l', ...command];
  const failure = failureOf(query, await ask.run(query), readDeadline);
  if (failure === undefined) return { what, state: 'ok', because: `\`${shellLine(query)}\` ended with 0` };
  return {
    what,
    state: 'failed',
    because: failure,
    next: 'allow exactly this command in /etc/sudoers.d with NOPASSWD',
  };
};

const scriptProblem = async ([program = '', script = '-']: Argv, ask: Ask): Promise<string | undefined> => {
  if (!interpreters.includes(basename(program)) || script.startsWith('-')) return undefined;
  const path = resolve(ask.root, script);
  return (await passes('-r', path, ask)) ? undefined : `${path} cannot be read by this account`;
};

/** Whether the argument list could be started as it stands. Runs nothing of it, and never throws. */
export const startFinding = async (what: string, argv: Argv, ask: Ask): Promise<Finding> => {
  const [program = ''] = argv;
  const next = 'install it where holdpoint runs, or correct the path and its permissions (chmod +x)';
  try {
    const path = await whereIs(program, ask);
    if (path === undefined) return { what, state: 'failed', because: await whyMissing(program, ask), next };
    if (basename(program) === 'sudo') return await sudoFinding(what, argv, ask);
    const problem = await scriptProblem(argv, ask);
    return problem === undefined
      ? { what, state: 'ok', because: `${path} is executable` }
      : { what, state: 'failed', because: problem, next };
  } catch (error) {
    return { what, state: 'failed', because: (error as Error).message, next };
  }
};
