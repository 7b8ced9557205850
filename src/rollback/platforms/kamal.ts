// The platform `kamal`: a version of which every host still has the container is booted again.
import * as z from 'zod';
import type { Direction, Live } from '../../kit/index.ts';
import { once } from '../../kit/once.ts';
import { type Ask, revisionOfParts, shellLine } from './commands.ts';
import { argument, deadline } from './settings.ts';
import { platformOf } from './system.ts';

const settings = once(() =>
  z.strictObject({ destination: argument().optional(), config: argument().optional(), deadline: deadline() }),
);

type Settings = z.infer<ReturnType<typeof settings>>;

const cli = ({ destination, config }: Settings, ...words: string[]): string[] => [
  'kamal',
  ...words,
  ...(destination === undefined ? [] : ['--destination', destination]),
  ...(config === undefined ? [] : ['--config-file', config]),
];

interface Section {
  host: string;
  lines: string[];
}

/** `App Host: 10.0.0.1`, then its lines; between them SSHKit logs what it runs. */
const sectionsOf = (text: string): Section[] => {
  const sections: Section[] = [];
  for (const line of text.split('\n').map((each) => each.trim())) {
    const header = /^App Host: (\S+)$/.exec(line);
    if (header?.[1] !== undefined) sections.push({ host: header[1], lines: [] });
    else if (line !== '' && !/^(?:DEBUG|INFO|WARN|ERROR) /.test(line)) sections.at(-1)?.lines.push(line);
  }
  return sections;
};

const look = async (spec: Settings, ask: Ask, between?: Direction): Promise<Live> => {
  const argv = cli(spec, 'app', 'version');
  const sections = sectionsOf(await ask.text(argv));
  if (sections.length === 0) throw new Error(`\`${shellLine(argv)}\` printed no line "App Host: …"`);
  const versions = sections.map(({ host, lines }) => ({ host, version: lines[0] }));
  const running = versions.flatMap(({ version }) => (version === undefined ? [] : [version]));
  if (running.length === 0) throw new Error(`no host runs the app: ${versions.map(({ host }) => host).join(', ')}`);
  const { revision, isMixed } = revisionOfParts(running, between);
  const text = versions.map(({ host, version }) => `${host} runs ${version ?? 'nothing'}`).join(', ');
  return {
    revision,
    settled: !isMixed && running.length === versions.length,
    detail: text,
    instances: Object.fromEntries(
      versions.flatMap(({ host, version }) => (version === undefined ? [] : [[host, version]])),
    ),
  };
};

/** Kamal says in red that there is no such container, and ends with 0: so it is asked before. */
const missing = async (spec: Settings, to: string, ask: Ask): Promise<string | undefined> => {
  const argv = cli(spec, 'app', 'containers');
  const sections = sectionsOf(await ask.text(argv));
  if (sections.length === 0) return `whether ${to} is still there cannot be told: \`${shellLine(argv)}\` names no host`;
  // service-role[-destination]-VERSION
  const isThere = ({ lines }: Section): boolean =>
    lines.some((line) => line.split(/\s+/).some((word) => word.endsWith(`-${to}`)));
  const without = sections.filter((section) => !isThere(section)).map(({ host }) => host);
  if (without.length === 0) return undefined;
  return `${without.length} of ${sections.length} hosts have no container of ${to} any more (retain_containers): ${without.join(', ')}`;
};

/** Apps that Kamal deploys. */
export const kamal = platformOf<Settings, Live>({
  name: 'kamal',
  about:
    'An app that Kamal deploys. The revision is the version that runs on every host; it is settled when all hosts run the same. A version whose container was pruned on one host is no target.',
  example: `rollback:
  kamal:
    destination: production          # optional
    config: config/deploy.yml        # optional
    deadline: 10m
`,
  aftermath:
    'The post-deploy hook ran (a holdpoint in it refuses to roll back again). A kamal that was killed leaves its lock: `kamal lock release`.',
  settings,
  fence: 'client',
  look,
  back: async (spec, { to }, _, { act, ask }) => {
    const gone = await missing(spec, to, ask);
    if (gone !== undefined) throw new Error(gone);
    await act(cli(spec, 'rollback', to));
  },
  missing,
  manual: (spec, { to }: Direction) => shellLine(cli(spec, 'rollback', to)),
  needs: (spec) => [
    {
      what: 'may reach every host',
      argv: cli(spec, 'app', 'version'),
      next: 'give holdpoint the SSH key of the deploy',
    },
    { what: 'the deploy lock can be read', argv: cli(spec, 'lock', 'status') },
  ],
});
