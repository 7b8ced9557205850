// The platform `systemd`: release folders behind a link, units of systemd on this machine.
import * as z from 'zod';
import type { Direction, Live } from '../../kit/index.ts';
import { once } from '../../kit/once.ts';
import { type Ask, shellLine } from './commands.ts';
import { behindLinkAftermath, folderKeys, folderNeeds, linkLine } from './release-folders.ts';
import { versionSchema } from './running.ts';
import { argument, deadline } from './settings.ts';
import { liveOf, missingOf, type Supervised, turnAndRestart } from './supervised.ts';
import { type Need, platformOf } from './system.ts';

const settings = once(() =>
  z.strictObject({
    unit: z.union([argument(), z.array(argument()).min(1)]),
    /** system: `systemctl`; user: `systemctl --user`; sudo: `sudo -n systemctl`. */
    manager: z.enum(['system', 'user', 'sudo']).prefault('system'),
    ...folderKeys(),
    version: versionSchema().optional(),
    deadline: deadline(),
  }),
);

type Settings = z.infer<ReturnType<typeof settings>>;

const unitsOf = ({ unit }: Settings): string[] => [unit].flat();

const systemctl = ({ manager }: Settings, ...words: string[]): string[] =>
  manager === 'user' ? ['systemctl', '--user', ...words] : ['systemctl', ...words];

/** Only acts need root. */
const asRoot = (spec: Settings, ...words: string[]): string[] =>
  spec.manager === 'sudo' ? ['sudo', '-n', ...systemctl(spec, ...words)] : systemctl(spec, ...words);

interface Unit extends Supervised {
  /** `start-limit-hit` after too many restarts: nothing starts it before a reset. */
  result: string;
}

/** `systemctl show` prints KEY=value lines, also for a unit that does not exist. */
const readUnit = async (spec: Settings, unit: string, ask: Ask): Promise<Unit> => {
  const argv = systemctl(spec, 'show', unit, '--property=LoadState,ActiveState,SubState,MainPID,Result');
  const lines = (await ask.text(argv)).split('\n').map((line) => line.trim().split(/=(.*)/s));
  const found = Object.fromEntries(lines.map(([key = '', value = '']) => [key, value]));
  const { LoadState: load, ActiveState: active, SubState: sub, MainPID: main, Result: result = '' } = found;
  if (load === undefined || active === undefined || main === undefined)
    throw new Error(`\`${shellLine(argv)}\` printed something else than the properties of a unit`);
  if (load !== 'loaded') throw new Error(`systemd has no unit ${unit} (${load})`);
  const isRunning = active === 'active' && sub === 'running' && Number(main) > 0;
  const why = result === '' || result === 'success' ? '' : `, ${result}`;
  return { name: unit, pid: Number(main), result, ...(isRunning ? {} : { problem: `${active} (${sub}${why})` }) };
};

interface Found extends Live {
  units: Unit[];
}

const look = async (spec: Settings, ask: Ask): Promise<Found> => {
  const units = await Promise.all(unitsOf(spec).map((unit) => readUnit(spec, unit, ask)));
  return { ...(await liveOf(spec, units, ask)), units };
};

const restart = (spec: Settings, { units }: Found): string[][] => {
  const stuck = units.filter(({ result }) => result === 'start-limit-hit').map(({ name }) => name);
  return [
    ...(stuck.length > 0 ? [asRoot(spec, 'reset-failed', ...stuck)] : []),
    asRoot(spec, 'restart', ...unitsOf(spec)),
  ];
};

/** A unit that has hit its start limit needs the second one, which nobody thinks of before. */
const mayBySudo = (spec: Settings, verb: string): Need => ({
  what: `may ${verb} it by sudo without a password`,
  argv: ['sudo', '-n', '-l', ...systemctl(spec, verb, ...unitsOf(spec))],
  next: 'allow exactly this command in /etc/sudoers.d with NOPASSWD',
});

/** Units of systemd. */
export const systemd = platformOf<Settings, Found>({
  name: 'systemd',
  about:
    'Units of systemd on this machine, whose releases are folders behind a `current` link. The revision is the name of the folder; it is settled when every unit is active (running) and was started in it, or tells it at `version`. A unit that has hit its start limit is reset before the restart.',
  example: `rollback:
  systemd:
    unit: auth.service               # or a list
    manager: sudo                    # system | user | sudo
    releases: /srv/auth/releases
    current: /srv/auth/current
    version: { url: "http://127.0.0.1:8080/version" }   # optional: else the folder in which the main process was started
    deadline: 2m
`,
  aftermath: behindLinkAftermath,
  settings,
  fence: 'client',
  look,
  back: (spec, order, found, hands) => turnAndRestart(spec, order, found, hands, restart(spec, found)),
  missing: missingOf,
  manual: (spec, { to }: Direction) =>
    `${linkLine(spec, to)} && ${shellLine(asRoot(spec, 'restart', ...unitsOf(spec)))}`,
  needs: (spec) => [
    ...unitsOf(spec).map((unit) => ({
      what: `systemd knows ${unit}`,
      argv: systemctl(spec, 'cat', unit),
      next: `name the unit as \`systemctl list-units\` does`,
    })),
    ...(spec.manager === 'sudo' ? ['restart', 'reset-failed'].map((verb) => mayBySudo(spec, verb)) : []),
    ...folderNeeds(spec),
  ],
  unproven: ({ manager }) =>
    manager === 'sudo'
      ? undefined
      : {
          what: 'may restart it',
          because: 'a restart cannot be tried without restarting',
          next: 'as an ordinary user use `manager: sudo`, whose permission can be asked for',
        },
});
