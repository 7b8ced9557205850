// The platform `heroku`: an app returns to a named release; a release is slug and config vars, so both count.
import * as z from 'zod';
import type { Direction, Live } from '../../kit/index.ts';
import { once } from '../../kit/once.ts';
import { type Ask, shellLine } from './commands.ts';
import { argument, deadline } from './settings.ts';
import { platformOf } from './system.ts';

const settings = once(() => z.strictObject({ app: argument(), deadline: deadline() }));

type Settings = z.infer<ReturnType<typeof settings>>;

const releasesSchema = once(() =>
  z
    .array(
      z.object({
        version: z.number(),
        status: z.string(),
        description: z.string(),
        current: z.boolean().optional(),
        slug: z.object({ id: z.string() }).nullish(),
        // Apps of the Fir generation hold an image instead.
        oci_image: z.object({ id: z.string() }).nullish(),
      }),
    )
    .min(1, 'holds no release'),
);

type Release = z.infer<ReturnType<typeof releasesSchema>>[number];

const dynosSchema = once(() =>
  z.array(
    z.object({ name: z.string(), type: z.string(), state: z.string(), release: z.object({ version: z.number() }) }),
  ),
);

const cli = ({ app }: Settings, ...words: string[]): string[] => ['heroku', ...words, '--app', app];

/** Newest first. */
const releasesOf = async (spec: Settings, ask: Ask): Promise<Release[]> => {
  const releases = await ask.json(cli(spec, 'releases', '--json', '--num', '100'), releasesSchema());
  return releases.sort((a, b) => b.version - a.version);
};

/** A rollback makes a new release, whose description says which one it holds: that one is what is live. */
const contentOf = (release: Release, releases: readonly Release[]): number => {
  const back = /^Rollback to v(\d+)$/i.exec(release.description);
  if (!back) return release.version;
  const origin = releases.find(({ version }) => version === Number(back[1]));
  return origin && origin.version < release.version ? contentOf(origin, releases) : Number(back[1]);
};

/** One-off dynos run what they were started with. */
const isServing = ({ type }: { type: string }): boolean => !['run', 'scheduler', 'release'].includes(type);

const look = async (spec: Settings, ask: Ask): Promise<Live> => {
  const releases = await releasesOf(spec, ask);
  const current = releases.find((each) => each.current) ?? releases.find(({ status }) => status === 'succeeded');
  if (!current) throw new Error(`no release of ${spec.app} has succeeded`);
  const revision = `v${contentOf(current, releases)}`;
  const held = revision === `v${current.version}` ? revision : `${revision} (as v${current.version})`;
  const pending = releases.find(({ status, version }) => status === 'pending' && version > current.version);
  const dynos = (await ask.json(cli(spec, 'ps', '--json'), dynosSchema())).filter(isServing);
  const up = dynos.filter(({ state, release }) => state === 'up' && release.version === current.version);
  const rest = pending ? [`v${pending.version} is pending: its release phase runs`] : [];
  return {
    revision,
    settled: !pending && dynos.length > 0 && up.length === dynos.length,
    detail: [`${held} is current, ${up.length} of ${dynos.length} dynos are up with it`, ...rest].join(', '),
    instances: Object.fromEntries(dynos.map(({ name, release }) => [name, `v${release.version}`])),
  };
};

const missing = async (spec: Settings, to: string, ask: Ask): Promise<string | undefined> => {
  const releases = await releasesOf(spec, ask);
  const target = releases.find(({ version }) => `v${version}` === to);
  if (!target) return `the last ${releases.length} releases of ${spec.app} do not hold ${to}`;
  if (target.status !== 'succeeded') return `${to} is ${target.status}: it never was live`;
  return target.slug || target.oci_image ? undefined : `${to} has neither a slug nor an image: there is nothing to run`;
};

const rollback = (spec: Settings, to: string): string[] => cli(spec, 'releases:rollback', to);

/** Apps of Heroku. */
export const heroku = platformOf<Settings, Live>({
  name: 'heroku',
  about:
    'An app of Heroku. The revision is the release (v42): slug and config vars, so that a changed config var is another revision. After a rollback it is the release that was returned to. It is settled when every dyno is up with it.',
  example: `rollback:
  heroku:
    app: acme-auth                   # HEROKU_API_KEY from the environment
    deadline: 10m                    # the release phase runs again
`,
  aftermath:
    'The release phase (migrations!) ran once more, with the old code. Config vars went back too; add-ons and databases did not. The next deploy brings the rolled back code again.',
  settings,
  fence: 'client',
  look,
  // The target is current and its dynos come up: another rollback would run the release phase once more.
  back: async (spec, { to }, { revision }, { act }) => {
    if (revision !== to) await act(rollback(spec, to));
  },
  missing,
  manual: (spec, { to }: Direction) => shellLine(rollback(spec, to)),
  needs: (spec) => [
    { what: `may read the app ${spec.app}`, argv: cli(spec, 'apps:info', '--json'), next: 'set HEROKU_API_KEY' },
  ],
  unproven: () => ({
    what: 'may make releases',
    because: 'Heroku cannot be asked whether it is allowed without doing it',
    next: 'the account needs the permission deploy on the app: heroku access',
  }),
});
