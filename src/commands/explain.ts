// `holdpoint explain`: what a kind, source, platform, reporter, reason or exit code means.
import { type AnyPlatform, exitMeanings, nearest, type Registry, UsageError } from '../kit/index.ts';
import { wrap } from '../report/width.ts';
import { reasons as rollbackReasons } from '../rollback/index.ts';
import { engineReasons } from '../run/index.ts';
import type { Context } from './context.ts';
import { exitAdvice } from './exit-advice.ts';
import { explainSchema } from './explain-schema.ts';
import { privileges } from './privileges.ts';
import { builtIn } from './registry.ts';

/** One thing that can be explained. */
interface Entry {
  topic: string;
  group: 'kind' | 'source' | 'platform' | 'reporter' | 'reason' | 'exit code';
  text: string;
}

export interface ExplainOptions {
  /** `explain schema` only: a folder that gets all of them. */
  write?: string;
}

/** Prints what a topic means; `explain schema [NAME]` prints JSON Schemas. */
export const explainCommand = async (
  topic: string | undefined,
  name: string | undefined,
  options: ExplainOptions,
  context: Context,
): Promise<number> => {
  if (topic === 'schema') return explainSchema(name, options, context);
  if (name !== undefined || options.write !== undefined)
    throw new UsageError('only `explain schema` takes a second name and --write');
  const entries = allEntries(builtIn());
  context.stdout.write(`${topic === undefined ? overview(entries) : explained(topic, entries)}\n`);
  return 0;
};

/** Everything that `explain` knows by name, each once. */
export const topicNames = (): string[] => namesOf(allEntries(builtIn()));

const allEntries = ({ kinds, sources, platforms, reporters }: Registry): Entry[] => [
  ...parts(kinds).map(
    (kind): Entry => ({
      topic: kind.name,
      group: 'kind',
      text: `layer: ${kind.layer}\n${kind.about}\n\n${kind.example.trim()}${allowed(kind.name)}\n\nreasons:\n${table(kind.reasons)}`,
    }),
  ),
  ...parts(sources).map(
    (source): Entry => ({
      topic: source.name,
      group: 'source',
      text: `${source.about}\n\n${source.example.trim()}${allowed(source.name)}`,
    }),
  ),
  ...parts(platforms).map(
    (platform): Entry => ({
      topic: platform.name,
      group: 'platform',
      text: `fence: ${platform.fence}\n${platform.about}\n${afterwards(platform)}\n${platform.example.trim()}${allowed(platform.name)}`,
    }),
  ),
  ...parts(reporters).map((reporter): Entry => ({ topic: reporter.name, group: 'reporter', text: reporter.about })),
  ...parts(kinds).flatMap((kind) => reasonEntries(kind.reasons, `of ${kind.name}`)),
  ...reasonEntries(engineReasons, 'of the run'),
  ...reasonEntries(rollbackReasons, 'of a rollback'),
  ...Object.entries(exitMeanings).map(
    ([code, text]): Entry => ({ topic: code, group: 'exit code', text: [text, ...adviceLines(code)].join('\n') }),
  ),
];

const afterwards = ({ aftermath }: AnyPlatform): string =>
  aftermath === undefined ? '' : `\nafter a rollback: ${aftermath}\n`;

const allowed = (name: string): string => {
  const text = privileges[name];
  return text === undefined ? '' : `\n\nwhat it must be allowed:\n${text}`;
};

const adviceLines = (code: string): string[] => {
  const steps = exitAdvice[Number(code)] ?? [];
  return steps.length === 0 ? [] : ['', 'what now:', ...steps.map((step, place) => `  ${place + 1}. ${step}`)];
};

const parts = <Part>(registered: ReadonlyMap<string, { part: Part }>): Part[] =>
  [...registered.values()].map(({ part }) => part);

const reasonEntries = (reasons: Readonly<Record<string, string>>, whose: string): Entry[] =>
  Object.entries(reasons).map(([topic, text]) => ({ topic, group: 'reason', text: `${whose}: ${text}` }));

const table = (rows: Readonly<Record<string, string>>): string => {
  const width = Math.max(...Object.keys(rows).map((name) => name.length));
  return Object.entries(rows)
    .map(([name, text]) => `  ${name.padEnd(width)}  ${text}`)
    .join('\n');
};

const explained = (topic: string, entries: readonly Entry[]): string => {
  const found = entries.filter((entry) => entry.topic === topic);
  if (found.length > 0) return found.map((entry) => `${entry.group} ${entry.topic}\n${entry.text}`).join('\n\n');
  throw new UsageError(`nothing is named "${topic}"; ${elsewhere(topic, entries)}`);
};

/** So many hints are read; more are no hint. */
const mostHints = 8;

/** Where it is said what was meant: in a name, in what is nearest, or (`53300`) in what is explained. */
const elsewhere = (topic: string, entries: readonly Entry[]): string => {
  const wanted = topic.toLowerCase();
  const named = namesOf(entries.filter((entry) => entry.topic.toLowerCase().includes(wanted)));
  if (named.length > 0 && named.length <= mostHints) return `did you mean ${named.join(', ')}?`;
  const near = nearest(topic, namesOf(entries));
  if (near.startsWith('did you mean')) return near;
  const told = namesOf(
    entries.filter(({ text }) =>
      text
        .toLowerCase()
        .split(/[^\w-]+/)
        .includes(wanted),
    ),
  );
  return told.length > 0 && told.length <= mostHints
    ? `it stands in ${told.join(', ')}`
    : '`holdpoint explain` lists everything';
};

const namesOf = (entries: readonly Entry[]): string[] => [...new Set(entries.map(({ topic }) => topic))];

/** The list of all topics is read by people, and there are hundreds. */
const columns = 100;

const groups = ['kind', 'source', 'platform', 'reporter', 'exit code', 'reason'] as const;

const overview = (entries: readonly Entry[]): string =>
  groups
    .map((group) => {
      const topics = namesOf(entries.filter((entry) => entry.group === group));
      return wrap(`${group}s: ${topics.join(', ')}`, columns, 2).join('\n');
    })
    .join('\n\n')
    .concat('\n\nholdpoint explain NAME tells more; holdpoint explain schema has the JSON Schemas.');
