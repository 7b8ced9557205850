// `holdpoint init`: a first profile out of four answers, which validates before it is written and overwrites nothing.
import { join } from 'node:path';
import { type Io, UsageError } from '../kit/index.ts';
import { loadProfile, profilesFolder, projectRoot } from '../profile/index.ts';
import { type Context, signalCode } from './context.ts';
import { schemaFile } from './init-schema.ts';
import { type Answers, profileText } from './init-text.ts';
import { withFiles } from './memory-files.ts';
import { NotBegun } from './not-begun.ts';
import { builtIn } from './registry.ts';
import { told } from './told.ts';

export interface InitOptions {
  service?: string;
  login?: string;
  user?: string;
  health?: string;
  role?: string;
}

/** Asks what no flag says, writes `deploy-profiles/SERVICE.yaml`, and tells what comes next. */
export const initCommand = async (options: InitOptions, context: Context): Promise<number> => {
  const answers = checked(await answersOf(options, context));
  const root = (await projectRoot(context.cwd, context.io.files)) ?? context.cwd;
  const schema = await schemaFile(root, context);
  const path = join(root, profilesFolder, `${answers.service}.yaml`);
  const text = profileText(answers, schema.reference);
  await writeValid(new Map([[path, text]]), answers.service, root, context);
  if (schema.text !== undefined) await context.io.files.create(schema.path, schema.text);
  context.stdout.write(`${profilesFolder}/${answers.service}.yaml was written and is valid.\n\n${nextSteps(answers)}`);
  return 0;
};

/** Texts by path become files when all of them are valid together and none is there. */
export const writeValid = async (
  texts: ReadonlyMap<string, string>,
  profile: string,
  root: string,
  context: Context,
): Promise<void> => {
  const { files } = context.io;
  for (const path of texts.keys())
    if (await files.exists(path)) throw new UsageError(`${path} is there already, and init overwrites nothing`);
  await validated(profile, { ...context.io, files: withFiles(files, texts) }, root, context);
  for (const [path, text] of texts)
    if (!(await told(`${path} cannot be written`, () => files.create(path, text))))
      throw new UsageError(`${path} is there already, and init overwrites nothing`);
};

const validated = (name: string, io: Io, cwd: string, { packageRoot }: Context): Promise<unknown> =>
  loadProfile({
    name: `${profilesFolder}/${name}.yaml`,
    verb: 'validate',
    cwd,
    io,
    registry: builtIn(),
    checksFolder: join(packageRoot, 'checks'),
    resolve: false,
  });

const answersOf = async (options: InitOptions, context: Context): Promise<Answers> => {
  const isAsked = Object.values(options).every((value) => value === undefined);
  if (isAsked && context.stdin.isTTY) return ask(context);
  if (options.service === undefined)
    throw new UsageError(
      'there is no terminal to ask on; give --service NAME and --login URL --user NAME, --health URL or --role NAME',
    );
  return { ...options, service: options.service };
};

/** Four questions; an empty answer leaves that check out. */
const ask = async (context: Context): Promise<Answers> => {
  // After Ctrl-C nothing more is asked.
  const answer = async (question: string): Promise<string | undefined> =>
    signalCode(context) === undefined ? (await context.ask(question)).trim() || undefined : undefined;
  const service = (await answer('Name of the service (like auth): ')) ?? '';
  const login = await answer('URL of the page where an account signs in (empty: none): ');
  const user = login === undefined ? undefined : await answer('Name of an account of its own for the check: ');
  const health = login === undefined ? await answer('URL that must answer with 200 (empty: none): ') : undefined;
  const role = await answer('Postgres role of the service (empty: no Postgres): ');
  const interrupted = signalCode(context);
  if (interrupted !== undefined) throw new NotBegun('interrupted: nothing was written', interrupted);
  return {
    service,
    ...(login === undefined ? {} : { login }),
    ...(user === undefined ? {} : { user }),
    ...(health === undefined ? {} : { health }),
    ...(role === undefined ? {} : { role }),
  };
};

const checked = (answers: Answers): Answers => {
  const { service, login, user, health, role } = answers;
  const problems = [
    /^\w[\w.-]*$/.test(service) ? '' : `"${service}" is no name of a service: letters, digits, ".", "_" and "-"`,
    ...[login, health].map((url) =>
      url === undefined || /^https?:\/\/[^/]/.test(url) ? '' : `"${url}" is no URL like https://auth.example.com/login`,
    ),
    login !== undefined && user === undefined ? 'a login needs an account: --user NAME' : '',
    (login ?? health ?? role) ? '' : 'nothing would be checked: name a login, a health URL or a Postgres role',
  ].filter(Boolean);
  if (problems.length > 0) throw new UsageError(problems.map((text) => ({ text })));
  return answers;
};

const nextSteps = ({ service, login, role }: Answers): string => {
  const steps = [
    ...(login === undefined
      ? []
      : [
          [
            `edit ${profilesFolder}/${service}.yaml`,
            'probe: a page behind the login, and a text that only the account sees',
          ],
          ['export SMOKE_PASSWORD=…', 'the password of the account'],
        ]),
    ...(role === undefined
      ? []
      : [['export DATABASE_ADMIN_URL=…', 'postgres://probe@host/db, a role with pg_monitor']]),
    [`holdpoint check ${service}`, 'is it well now?'],
    [`holdpoint run ${service} -- ./deploy.sh`, 'with your next deploy'],
  ];
  const width = Math.max(...steps.map(([step = '']) => step.length));
  return steps.map(([step = '', why]) => `${step.padEnd(width)}   # ${why}\n`).join('');
};
