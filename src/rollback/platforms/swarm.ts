// The platform `swarm`: a service returns to its previous spec, after that was seen to be the captured one.
import * as z from 'zod';
import { type Direction, type Live, plural } from '../../kit/index.ts';
import { once } from '../../kit/once.ts';
import { type Ask, shellLine, understood } from './commands.ts';
import { fingerprint } from './fingerprint.ts';
import { argument, deadline } from './settings.ts';
import { platformOf } from './system.ts';

const settings = once(() =>
  z.strictObject({ service: argument(), context: argument().optional(), deadline: deadline() }),
);

type Settings = z.infer<ReturnType<typeof settings>>;

const specSchema = once(() =>
  z.object({ TaskTemplate: z.looseObject({ ContainerSpec: z.looseObject({ Image: z.string() }) }) }),
);

type Spec = z.infer<ReturnType<typeof specSchema>>;

const inspectSchema = once(() =>
  z
    .array(
      z.object({
        Spec: specSchema(),
        PreviousSpec: specSchema().nullish(),
        UpdateStatus: z.object({ State: z.string().optional(), Message: z.string().optional() }).nullish(),
      }),
    )
    .min(1, 'holds no service'),
);

const taskSchema = once(() => z.object({ Name: z.string(), CurrentState: z.string(), Error: z.string().optional() }));

const docker = ({ context }: Settings, ...words: string[]): string[] => [
  'docker',
  ...(context === undefined ? [] : ['--context', context]),
  'service',
  ...words,
];

/** Image and everything else of a task; `ForceUpdate` only counts. `auth:1.4@3f2a9c1b`. */
const revisionOf = ({ TaskTemplate }: Spec): string => {
  const { ForceUpdate: _, ...template } = TaskTemplate;
  const hash = fingerprint(template, 8);
  const image = TaskTemplate.ContainerSpec.Image.split('@')[0]?.split('/').at(-1) ?? '';
  return `${image}@${hash}`;
};

const inspect = (spec: Settings): string[] => docker(spec, 'inspect', spec.service);

interface Found extends Live {
  previous: string | undefined;
}

const tasksOf = async (spec: Settings, ask: Ask) => {
  const argv = docker(spec, 'ps', spec.service, '--filter', 'desired-state=running', '--format', '{{json .}}');
  const lines = (await ask.text(argv)).split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => understood(argv, line, taskSchema()));
};

const look = async (spec: Settings, ask: Ask): Promise<Found> => {
  const [service] = await ask.json(inspect(spec), inspectSchema());
  if (!service) throw new Error(`there is no service ${spec.service}`);
  const revision = revisionOf(service.Spec);
  const { State: state, Message: message = '' } = service.UpdateStatus ?? {};
  const isAtRest = state === undefined || state === 'completed' || state === 'rollback_completed';
  const tasks = await tasksOf(spec, ask);
  const running = tasks.filter(({ CurrentState }) => CurrentState.startsWith('Running'));
  const why = isAtRest ? [] : [`the update is ${state}${message === '' ? '' : `: ${message}`}`];
  return {
    revision,
    settled: isAtRest && tasks.length > 0 && running.length === tasks.length,
    detail: [`${running.length} of ${plural(tasks.length, 'task')} run with ${revision}`, ...why].join(', '),
    previous: service.PreviousSpec ? revisionOf(service.PreviousSpec) : undefined,
  };
};

/** Swarm keeps one step, and a second rollback would toggle back: the step must be the right one. */
const gone = (spec: Settings, to: string, { revision, previous }: Found): string | undefined => {
  if (to === revision || to === previous) return undefined;
  return `Swarm keeps one step back, and that of ${spec.service} is ${previous ?? 'empty'}, not ${to}: deploy the old stack file again`;
};

const rollback = (spec: Settings): string[] => docker(spec, 'rollback', '--detach', spec.service);

/** Services of Docker Swarm. */
export const swarm = platformOf<Settings, Found>({
  name: 'swarm',
  about:
    'A service of Docker Swarm. The revision is its image with a hash of the whole task template (auth:1.4@3f2a9c1b), so that a changed environment variable counts. Swarm keeps only the step before: holdpoint goes back only when that is the captured revision.',
  example: `rollback:
  swarm:
    service: shop_auth
    context: prod                    # optional, of docker
    deadline: 2m
`,
  aftermath:
    'One service went back, not its stack: the next `docker stack deploy` brings the rolled back release again. A second rollback would lead there, too.',
  settings,
  fence: 'client',
  look,
  // Under way already: a rollback now would toggle back to the bad release.
  back: async (spec, { to }, found, { act }) => {
    if (found.revision === to) return;
    const missing = gone(spec, to, found);
    if (missing !== undefined) throw new Error(missing);
    await act(rollback(spec));
  },
  missing: async (spec, to, ask) => gone(spec, to, await look(spec, ask)),
  manual: (spec, { to }: Direction) => `${shellLine(rollback(spec))}   # once: to ${to}`,
  needs: (spec) => [
    {
      what: `may read the service ${spec.service}`,
      argv: inspect(spec),
      next: 'use a context that reaches a manager node',
    },
  ],
});
