// The platform `fly`: there is no rollback command; the old image is deployed again, and every machine has to run it.
import * as z from 'zod';
import type { Direction, Live } from '../../kit/index.ts';
import { once } from '../../kit/once.ts';
import { type Ask, revisionOfParts, shellLine } from './commands.ts';
import { argument, deadline } from './settings.ts';
import { platformOf } from './system.ts';

const settings = once(() => z.strictObject({ app: argument(), config: argument(), deadline: deadline() }));

type Settings = z.infer<ReturnType<typeof settings>>;

const machinesSchema = once(() =>
  z.array(
    z.object({
      id: z.string(),
      state: z.string(),
      image_ref: z.object({
        registry: z.string(),
        repository: z.string(),
        tag: z.string().optional(),
        digest: z.string().optional(),
      }),
      config: z.object({ metadata: z.record(z.string(), z.string()).nullish() }).optional(),
      checks: z.array(z.object({ name: z.string(), status: z.string() })).nullish(),
    }),
  ),
);

type Machine = z.infer<ReturnType<typeof machinesSchema>>[number];

const cli = ({ app }: Settings, ...words: string[]): string[] => ['fly', ...words, '--app', app];

const list = (spec: Settings): string[] => cli(spec, 'machine', 'list', '--json');

/** As `fly deploy --image` takes it. */
const imageOf = ({ image_ref: { registry, repository, tag, digest } }: Machine): string =>
  `${registry}/${repository}${tag ? `:${tag}` : `@${digest ?? 'unknown'}`}`;

const isOfRelease = ({ config }: Machine): boolean =>
  config?.metadata?.['fly_process_group'] !== 'fly_app_release_command';

const isHealthy = ({ checks }: Machine): boolean => (checks ?? []).every(({ status }) => status === 'passing');

/** Stopped ones are asleep (auto_stop_machines) and wake with the image that they have. */
const isAtRest = ({ state }: Machine): boolean => ['started', 'stopped', 'suspended'].includes(state);

const look = async (spec: Settings, ask: Ask, between?: Direction): Promise<Live> => {
  const machines = (await ask.json(list(spec), machinesSchema())).filter(isOfRelease);
  if (machines.length === 0) throw new Error(`the app ${spec.app} has no machines`);
  const images = machines.map(imageOf);
  const { revision, isMixed } = revisionOfParts(images, between);
  const started = machines.filter(({ state }) => state === 'started');
  const sick = started.filter((each) => !isHealthy(each)).map(({ id }) => `${id} does not pass its checks`);
  const busy = machines.filter((each) => !isAtRest(each)).map(({ id, state }) => `${id} is ${state}`);
  const count = images.filter((image) => image === revision).length;
  const runs = isMixed
    ? `machines have ${[...new Set(images)].sort().join(' and ')}`
    : `${count} of ${machines.length} machines have ${revision}, ${started.length} started`;
  return {
    revision,
    settled: !isMixed && started.length > 0 && sick.length === 0 && busy.length === 0,
    detail: [runs, ...sick, ...busy].join(', '),
    instances: Object.fromEntries(machines.map((each) => [each.id, imageOf(each)])),
  };
};

const deploy = (spec: Settings, to: string): string[] =>
  cli(spec, 'deploy', '--image', to, '--config', spec.config, '--yes');

/** Apps of Fly.io. */
export const fly = platformOf<Settings, Live>({
  name: 'fly',
  about:
    'An app of Fly.io. The revision is the image of its machines; it is settled when all have it, at least one is started, and the started ones pass their checks. Going back deploys the old image again.',
  example: `rollback:
  fly:
    app: acme-auth                   # FLY_API_TOKEN from the environment
    config: fly.toml                 # it is applied together with the old image
    deadline: 10m
`,
  aftermath:
    'fly.toml was applied as it stands now, with the old image; its release_command ran again. Secrets, volumes and the database stayed as they were.',
  settings,
  fence: 'client',
  look,
  back: async (spec, { to }, _, { act }) => {
    await act(deploy(spec, to));
  },
  manual: (spec, { to }: Direction) => shellLine(deploy(spec, to)),
  needs: (spec) => [
    {
      what: `may read the machines of ${spec.app}`,
      argv: list(spec),
      next: 'set FLY_API_TOKEN (fly tokens create deploy)',
    },
    {
      what: `${spec.config} is here`,
      argv: ['test', '-r', spec.config],
      next: 'name the fly.toml of the app in `config`',
    },
  ],
  unproven: () => ({
    what: 'may deploy, and the registry still has the old image',
    because: 'Fly cannot be asked for either without doing it',
    next: 'use a token of `fly tokens create deploy`',
  }),
});
