// The platform `pm2`: release folders behind a link, processes of pm2 on this machine.
import { join } from 'node:path';
import * as z from 'zod';
import { argvSchema, type Direction, type Finding, type Live } from '../../kit/index.ts';
import { once } from '../../kit/once.ts';
import { type Ask, shellLine, understood } from './commands.ts';
import { startFinding } from './programs.ts';
import { behindLinkAftermath, folderKeys, folderNeeds, foldersOf, linkLine } from './release-folders.ts';
import { versionSchema } from './running.ts';
import { argument, deadline } from './settings.ts';
import { liveOf, missingOf, type Supervised, turnAndRestart } from './supervised.ts';
import { platformOf } from './system.ts';

const settings = once(() =>
  z.strictObject({
    app: argument(),
    ...folderKeys(),
    version: versionSchema().optional(),
    /** How the app is started anew; needed when pm2 has it pinned to a release folder. */
    start: argvSchema().optional(),
    deadline: deadline(),
  }),
);

type Settings = z.infer<ReturnType<typeof settings>>;

const listSchema = once(() =>
  z.array(
    z.object({
      name: z.string(),
      pm_id: z.number(),
      pid: z.number().optional(),
      pm2_env: z.object({
        status: z.string(),
        pm_cwd: z.string().optional(),
        pm_exec_path: z.string().optional(),
      }),
    }),
  ),
);

type Process = z.infer<ReturnType<typeof listSchema>>[number];

/** Whoever asks a pm2 that does not run starts one, with no apps in it: so it is looked at before it is asked. */
const mustRun = async ({ io }: Ask): Promise<void> => {
  const home = io.env('PM2_HOME') ?? join(io.env('HOME') ?? '/', '.pm2');
  const pid = Number(await io.files.readIfExists(join(home, 'pm2.pid')));
  const { host } = await io.processes.self();
  if (pid > 0 && (await io.processes.isRunning({ pid, host })) === 'yes') return;
  throw new Error(
    `no pm2 runs in ${home} (pm2.pid): \`pm2 resurrect\` as the user whose pm2 it is brings back what was saved`,
  );
};

/** pm2 says things before its JSON ("In-memory PM2 is out-of-date"). */
const processesOf = async ({ app }: Settings, ask: Ask): Promise<Process[]> => {
  await mustRun(ask);
  const argv = ['pm2', 'jlist'];
  const text = await ask.text(argv);
  const all = understood(argv, text.slice(Math.max(0, text.search(/^\[/m))), listSchema());
  const ours = all.filter(({ name }) => name === app);
  if (ours.length === 0)
    throw new Error(`pm2 knows no app ${app}: ${all.map(({ name }) => name).join(', ') || 'it runs none'}`);
  return ours;
};

const supervised = ({ name, pm_id: id, pid = 0, pm2_env: { status } }: Process): Supervised => ({
  name: `${name}:${id}`,
  pid,
  ...(status === 'online' && pid > 0 ? {} : { problem: status }),
});

interface Found extends Live {
  processes: Process[];
}

const look = async (spec: Settings, ask: Ask): Promise<Found> => {
  const processes = await processesOf(spec, ask);
  return { ...(await liveOf(spec, processes.map(supervised), ask)), processes };
};

/**
 * Started inside the release folder (`cd current && pm2 start app.js`), pm2 keeps the folder behind the link, and every
 * reload and restart ends with 0 and runs the old release (measured with pm2 7.0.4).
 */
const pinnedTo = (spec: Settings, processes: readonly Process[], root: string): string | undefined => {
  const { releases } = foldersOf(spec, root);
  return processes
    .flatMap(({ pm2_env: env }) => [env.pm_exec_path, env.pm_cwd])
    .find((path) => path?.startsWith(`${releases}/`));
};

const forbidden = async (spec: Settings, ask: Ask): Promise<string | undefined> => {
  const pinned = pinnedTo(spec, await processesOf(spec, ask), ask.root);
  if (pinned === undefined || spec.start) return undefined;
  const { current } = foldersOf(spec, ask.root);
  return `pm2 has ${spec.app} pinned to ${pinned}: a reload would go on with that release. Start it with an ecosystem file whose script and cwd begin with ${current}, or name \`start\``;
};

/** Throws a sentence when a reload would go on with the old release. */
const restart = (spec: Settings, { processes }: Found, root: string): string[][] => {
  const pinned = pinnedTo(spec, processes, root);
  if (pinned === undefined) return [['pm2', 'reload', spec.app, '--update-env']];
  if (!spec.start) throw new Error(`pm2 has ${spec.app} pinned to ${pinned}`);
  return [['pm2', 'delete', spec.app], [...spec.start]];
};

const examine = async (spec: Settings, ask: Ask): Promise<Finding[]> => {
  const processes = await processesOf(spec, ask);
  const states = processes.map(({ pm_id: id, pm2_env: { status } }) => `${spec.app}:${id} is ${status}`);
  const found: Finding = { what: `pm2 knows ${spec.app}`, state: 'ok', because: states.join(', ') };
  return spec.start ? [found, await startFinding('`start` could be started', spec.start, ask)] : [found];
};

/** Apps of pm2. */
export const pm2 = platformOf<Settings, Found>({
  name: 'pm2',
  about:
    'An app of pm2 on this machine, whose releases are folders behind a `current` link. The revision is the name of the folder; it is settled when every process was started in it (on Linux), or tells it at `version`. An app that was started inside a release folder is pinned to it: then `start` must say how it is started anew.',
  example: `rollback:
  pm2:
    app: auth
    releases: /srv/auth/releases
    current: /srv/auth/current
    start: [pm2, start, /srv/auth/current/ecosystem.config.js]   # only when pm2 has it pinned
    version: { url: "http://127.0.0.1:8080/version" }             # optional on Linux
    deadline: 2m
`,
  aftermath: `${behindLinkAftermath} \`pm2 save\` was not called: after a reboot pm2 starts what was saved last.`,
  settings,
  fence: 'client',
  look,
  back: async (spec, order, found, hands) =>
    turnAndRestart(spec, order, found, hands, restart(spec, found, hands.ask.root)),
  missing: missingOf,
  forbidden,
  manual: (spec, { to }: Direction) =>
    `${linkLine(spec, to)} && ${shellLine(['pm2', 'reload', spec.app, '--update-env'])}`,
  needs: folderNeeds,
  examine,
});
