// What a replay over history says: how often it would have cried wolf, what that costs a month, and what would help.
import { count, duration, isoTime, percent, plural } from '../kit/index.ts';
import type { Over, OverUnit } from '../run/index.ts';

export interface OverTold {
  over: Over;
  /** Milliseconds of history. */
  length: number;
  /** Deploys in a month. */
  deploys: number;
  /** What the profile promises: the chance of a false alarm. */
  alpha: number;
  /** The profile as it is told: its path. */
  profile: string;
}

/** So many of the windows that failed are listed. */
const mostListed = 5;

/** The whole text. */
export const overText = (told: OverTold): string => {
  const { over, profile, length } = told;
  const [own] = over.units;
  const head = `replay of ${over.checks.join(', ')} under ${profile}, over ${lengthText(length)} of history: each window is a deploy that changed nothing`;
  if (own === undefined || own.windows === 0) return [head, '', nothingText(own)].join('\n');
  return [
    head,
    '',
    `would have rolled back ${own.rolledBack.length} of ${count(own.windows)} quiet windows, and blocked ${own.blocked.length} more`,
    ...leftOut(own),
    ...listed('rolled back', own.rolledBack),
    ...listed('blocked', own.blocked),
    monthText(own, told),
    ...unitsText(over.units),
    `the promise (a false alarm in at most ${percent(told.alpha)} of deploys) breaks in one way: bursts of errors that are longer than one unit (${duration(own.unit)} now)`,
    ...burstText(own),
    proposal(over.units),
    ...(over.without.length > 0 ? [`not replayed, they have no history: ${over.without.join(', ')}`] : []),
  ].join('\n');
};

const day = 24 * 3_600_000;

/** Whole days as days: `7 d`. */
const lengthText = (length: number): string => (length % day === 0 ? `${length / day} d` : duration(length));

const nothingText = (own: OverUnit | undefined): string =>
  `no window could be replayed (${own?.empty ?? 0} without data, ${own?.busy ?? 0} with a run): the history must hold the baseline and one hold.deadline with requests`;

const leftOut = ({ busy, empty }: OverUnit): string[] =>
  busy + empty === 0 ? [] : [`left out: ${plural(busy, 'window')} with a recorded run, ${empty} without data`];

const listed = (what: string, ended: OverUnit['rolledBack']): string[] => [
  ...ended.slice(0, mostListed).map(({ from, at, because }) => {
    const [first] = because;
    return `  ${what} ${isoTime(from)} after ${duration(at - from)}: ${first?.check ?? 'run'}: ${first?.text ?? ''}`;
  }),
  ...(ended.length > mostListed ? [`  … and ${ended.length - mostListed} more`] : []),
];

/** No event in n trials is compatible with up to 3/n (rule of three, 95 %). */
const monthText = ({ rolledBack, windows }: OverUnit, { deploys }: OverTold): string => {
  const share = rolledBack.length / windows;
  const most = rolledBack.length === 0 ? `; at most ${rounded((3 / windows) * deploys)} with 95 % confidence` : '';
  return `expected false rollbacks a month at ${count(deploys)} deploys: ${rounded(share * deploys)}${most}`;
};

const rounded = (value: number): string => (value === 0 ? '0' : String(Number(value.toPrecision(2))));

const unitsText = (units: readonly OverUnit[]): string[] =>
  units
    .slice(1)
    .map(
      ({ unit, rolledBack, windows }) =>
        `  with units of ${duration(unit)}: ${rolledBack.length} of ${count(windows)} rolled back`,
    );

const longest = ({ rolledBack, blocked }: OverUnit) =>
  [...rolledBack, ...blocked]
    .flatMap(({ burst }) => burst ?? [])
    .reduce<{ until: number; seconds: number; requests: number; failed: number } | undefined>(
      (most, one) => (most && most.seconds >= one.seconds ? most : one),
      undefined,
    );

const burstText = (own: OverUnit): string[] => {
  const burst = longest(own);
  if (!burst) return [];
  return [
    `  the longest burst above the limit lasted ${duration(burst.seconds * 1000)}, until ${isoTime(burst.until)}: ${count(burst.failed)} of ${count(burst.requests)} requests failed`,
  ];
};

/** The shortest unit without a false alarm; a burst that no unit covers was an incident. */
const proposal = (units: readonly OverUnit[]): string => {
  const [own] = units;
  const calm = units.find(({ rolledBack }) => rolledBack.length === 0);
  if (!own) return '';
  if (calm === own)
    return `proposal: keep units of ${duration(own.unit)} (\`every\`); burstSeconds 0: no burst was longer`;
  const burst = longest(own);
  const seconds = burst === undefined ? '' : `burstSeconds ${Math.round(burst.seconds)}, the longest burst; `;
  if (calm)
    return `proposal: ${seconds}\`every: ${duration(calm.unit).replace(' ', '')}\`, with which no quiet window is rolled back`;
  return `proposal: ${seconds}no unit up to 1 min helps: these were incidents of the service, so look at them first, or raise \`tolerate\``;
};
