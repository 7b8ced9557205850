// The platform `argocd`: an application without auto-sync returns to an entry of its history; with it, Git decides.
import * as z from 'zod';
import type { Direction, Live } from '../../kit/index.ts';
import { once } from '../../kit/once.ts';
import { type Ask, shellLine } from './commands.ts';
import { argument, deadline, ownTimeout } from './settings.ts';
import { platformOf } from './system.ts';

const settings = once(() =>
  z.strictObject({
    app: argument(),
    project: argument().prefault('default'),
    server: argument().optional(),
    deadline: deadline(),
  }),
);

type Settings = z.infer<ReturnType<typeof settings>>;

const revisions = once(() => ({ revision: z.string().optional(), revisions: z.array(z.string()).optional() }));

const appSchema = once(() =>
  z.object({
    metadata: z.object({
      name: z.string(),
      ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).optional(),
    }),
    spec: z.object({
      syncPolicy: z.object({ automated: z.object({ enabled: z.boolean().optional() }).nullish() }).nullish(),
    }),
    operation: z.unknown().optional(),
    status: z.object({
      health: z.object({ status: z.string().optional() }).optional(),
      history: z.array(z.object({ id: z.number(), ...revisions() })).nullish(),
      operationState: z
        .object({ phase: z.string(), message: z.string().optional(), syncResult: z.object(revisions()).optional() })
        .optional(),
    }),
  }),
);

type App = z.infer<ReturnType<typeof appSchema>>;

const cli = (spec: Settings, ...words: string[]): string[] => [
  'argocd',
  'app',
  ...words,
  ...(spec.server === undefined ? [] : [`--server=${spec.server}`]),
];

/** An application of several sources has one revision of each. */
const textOf = ({
  revision,
  revisions: all,
}: {
  revision?: string | undefined;
  revisions?: string[] | undefined;
} = {}) => (all && all.length > 0 ? all.join(',') : revision || undefined);

const appOf = (spec: Settings, ask: Ask): Promise<App> =>
  ask.json(cli(spec, 'get', spec.app, '--output=json'), appSchema());

/**
 * `status.sync.revision` is what Git holds, not what was deployed: the history tells that. While a sync runs, or when
 * it failed half-way, its own revision is the nearest truth.
 */
const look = async (spec: Settings, ask: Ask): Promise<Live> => {
  const { status, operation } = await appOf(spec, ask);
  const { phase = 'Succeeded', message = '', syncResult } = status.operationState ?? {};
  const deployed = textOf([...(status.history ?? [])].sort((a, b) => a.id - b.id).at(-1));
  const revision = phase === 'Succeeded' ? deployed : (textOf(syncResult) ?? deployed);
  if (revision === undefined) throw new Error(`the application ${spec.app} has never been synced`);
  const health = status.health?.status ?? 'Unknown';
  const isBusy = operation !== undefined && operation !== null;
  const sync = isBusy
    ? 'a sync is under way'
    : `the last sync ${phase === 'Succeeded' ? 'succeeded' : `is ${phase}: ${message}`}`;
  return {
    revision,
    settled: phase === 'Succeeded' && health === 'Healthy' && !isBusy,
    detail: `${spec.app} is at ${revision}, ${health}; ${sync}`,
  };
};

const entryOf = (app: App, to: string): number | undefined =>
  (app.status.history ?? []).filter((entry) => textOf(entry) === to).at(-1)?.id;

const missing = async (spec: Settings, to: string, ask: Ask): Promise<string | undefined> => {
  const app = await appOf(spec, ask);
  if (entryOf(app, to) !== undefined) return undefined;
  return `the history of ${spec.app} holds ${to} no more: ${app.status.history?.length ?? 0} entries (revisionHistoryLimit)`;
};

/** Argo CD itself refuses, too (docs/user-guide/auto_sync.md); this says what to do instead. */
const forbidden = async (spec: Settings, ask: Ask): Promise<string | undefined> => {
  const { spec: wanted, metadata } = await appOf(spec, ask);
  const { automated } = wanted.syncPolicy ?? {};
  if (!automated || automated.enabled === false) return undefined;
  const set = metadata.ownerReferences?.find(({ kind }) => kind === 'ApplicationSet');
  const stopGap = set
    ? `the ApplicationSet ${set.name} would switch auto-sync on again`
    : `as a stop-gap, switch it off first: ${shellLine(cli(spec, 'set', spec.app, '--sync-policy=none'))}`;
  return `${spec.app} is synced by Argo CD by itself, which would deploy what is in Git again: revert the commit in Git; ${stopGap}`;
};

const back = async (spec: Settings, { to }: Direction, ask: Ask): Promise<string[]> => {
  const id = entryOf(await appOf(spec, ask), to);
  if (id === undefined) throw new Error(`the history of ${spec.app} holds ${to} no more`);
  return cli(spec, 'rollback', spec.app, String(id), `--timeout=${ownTimeout(spec.deadline)}`);
};

const can = (spec: Settings, verb: string) => ({
  what: `may ${verb} applications`,
  argv: [
    'argocd',
    'account',
    'can-i',
    verb,
    'applications',
    `${spec.project}/${spec.app}`,
    ...(spec.server === undefined ? [] : [`--server=${spec.server}`]),
  ],
  says: 'yes',
  next: `give the account a policy with the action ${verb} on applications`,
});

/** Applications of Argo CD. */
export const argocd = platformOf<Settings, Live>({
  name: 'argocd',
  about:
    'An application of Argo CD. The revision is what was synced last (the Git commit, one per source). With auto-sync it is refused: Git would be deployed again, so revert the commit there. Without, it returns to the entry of the history that holds the captured revision.',
  example: `rollback:
  argocd:
    app: auth
    project: default
    server: argocd.example.com       # without it, the current context of argocd; the token stands in ARGOCD_AUTH_TOKEN
    deadline: 5m                     # argocd app rollback gets 10 s less as its --timeout
`,
  aftermath:
    'Argo CD shows OutOfSync, and the next sync deploys what is in Git: revert the commit there before anybody syncs or switches auto-sync on.',
  settings,
  fence: 'client',
  look,
  back: async (spec, order, found, { ask, act }) => {
    if (found.revision !== order.to) await act(await back(spec, order, ask));
  },
  missing,
  forbidden,
  manual: (spec, { to }) =>
    `${shellLine(cli(spec, 'history', spec.app))}   # the ID of ${to}, then: ${shellLine(cli(spec, 'rollback', spec.app))} ID`,
  needs: (spec) => [can(spec, 'get'), can(spec, 'sync')],
});
