// The platform `flux`: reads what Flux has applied, and never acts: whatever is not in Git is put back within minutes.
import * as z from 'zod';
import type { Direction, Live } from '../../kit/index.ts';
import { once } from '../../kit/once.ts';
import { type Ask, shellLine } from './commands.ts';
import { argument, clusterKeys, kubectl, mayDo } from './settings.ts';
import { platformOf } from './system.ts';

const settings = once(() =>
  z
    .strictObject({ kustomization: argument().optional(), helmRelease: argument().optional(), ...clusterKeys() })
    .refine(
      ({ kustomization, helmRelease }) => (kustomization === undefined) !== (helmRelease === undefined),
      'needs either `kustomization` or `helmRelease`',
    ),
);

type Settings = z.infer<ReturnType<typeof settings>>;

const schema = once(() =>
  z.object({
    metadata: z.object({ generation: z.number().optional() }),
    spec: z.object({ suspend: z.boolean().optional() }),
    status: z
      .object({
        observedGeneration: z.number().optional(),
        lastAppliedRevision: z.string().optional(),
        // HelmRelease v2: newest first.
        history: z.array(z.object({ version: z.number(), chartVersion: z.string().optional() })).optional(),
        conditions: z
          .array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() }))
          .optional(),
      })
      .optional(),
  }),
);

const kindOf = ({ kustomization, helmRelease = '' }: Settings) =>
  kustomization === undefined
    ? { resource: 'helmreleases.helm.toolkit.fluxcd.io', title: 'HelmRelease', word: 'helmrelease', name: helmRelease }
    : {
        resource: 'kustomizations.kustomize.toolkit.fluxcd.io',
        title: 'Kustomization',
        word: 'kustomization',
        name: kustomization,
      };

const look = async (spec: Settings, ask: Ask): Promise<Live> => {
  const { resource, title, name } = kindOf(spec);
  const object = await ask.json([...kubectl(spec), 'get', resource, name, '-o', 'json'], schema());
  const { lastAppliedRevision, history = [], conditions = [], observedGeneration = 0 } = object.status ?? {};
  const [newest] = history;
  const revision = newest ? `v${newest.version}` : lastAppliedRevision;
  if (revision === undefined) throw new Error(`the Flux ${title} ${name} has not applied anything yet`);
  const ready = conditions.find(({ type }) => type === 'Ready');
  const isObserved = observedGeneration >= (object.metadata.generation ?? 0);
  const chart = newest?.chartVersion === undefined ? '' : ` (chart ${newest.chartVersion})`;
  return {
    revision,
    settled: ready?.status === 'True' && isObserved,
    detail: `${title} ${name} is at ${revision}${chart}: ${ready?.message ?? 'it does not say whether it is ready'}`,
  };
};

const reconcile = (spec: Settings): string => {
  const { word, name } = kindOf(spec);
  const context = spec.context === undefined ? [] : [`--context=${spec.context}`];
  return shellLine(['flux', 'reconcile', word, name, `--namespace=${spec.namespace}`, ...context, '--with-source']);
};

const inGit = (spec: Settings): string => {
  const { title, name } = kindOf(spec);
  return `the Flux ${title} ${name} applies what is in Git and would put back whatever else is done: revert the commit in Git, push, then ${reconcile(spec)}`;
};

/** `main@sha1:9f3c…`: the commit stands last. */
const commitOf = (revision: string): string =>
  /^v\d+$/.test(revision) ? 'COMMIT' : (revision.split(/[:@/]/).at(-1) ?? revision);

/** Services that Flux deploys. */
export const flux = platformOf<Settings, Live>({
  name: 'flux',
  about:
    'A service that Flux deploys. holdpoint reads what was applied (the Git revision of a Kustomization, the Helm revision of a HelmRelease) and waits for it, but never acts: Flux puts everything else back within minutes. A rollback is refused with what to do: revert in Git.',
  example: `rollback:
  flux:
    context: prod-eu
    namespace: flux-system
    kustomization: auth              # or helmRelease: auth
`,
  aftermath: 'Nothing was changed: Flux goes on with what is in Git.',
  settings,
  fence: 'client',
  look,
  back: async (spec) => {
    throw new Error(inGit(spec));
  },
  forbidden: async (spec) => inGit(spec),
  manual: (spec, { from, to }: Direction) =>
    `git revert --no-edit ${commitOf(from)} && git push && ${reconcile(spec)}   # back to ${to}`,
  needs: (spec) => {
    const { resource, name } = kindOf(spec);
    return [mayDo(spec, 'get', `${resource}/${name}`)];
  },
});
