// YAML text → tree with origins: refuses everything that two readers could understand in two ways.
import type { Document, Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { clip } from '../kit/index.ts';
import { compose, type Composed } from './compose.ts';
import type { Problems } from './problems.ts';
import type { Entry, MapTree, Origin, Path, SourceText, Tree } from './tree.ts';

/** More values than any profile has: what aliases blow up (a YAML bomb) ends here. */
const mostValues = 50_000;
/** Deeper than any profile is nested. */
const deepest = 64;

type Yaml = typeof import('yaml');

/** What one conversion needs to know and to remember. */
interface Reading {
  yaml: Yaml;
  source: SourceText;
  problems: Problems;
  /** Values by anchor, with how many values are in each. */
  anchors: Map<string, { tree: Tree; size: number }>;
  /** Values so far, aliases counted in full. */
  size: number;
}

/** Thrown to leave a conversion whose problem has been told. */
class Unreadable extends Error {}

/** The parser's codes in the words of a person; other codes keep the parser's own sentence. */
const sentences: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab stands in the indentation; YAML allows spaces only',
  NON_STRING_KEY: 'a key must be a plain text',
  TAG_RESOLVE_FAILED: 'tags like !name are not allowed; write the plain value',
};

const origin = ({ source }: Reading, node: { range?: readonly number[] | null | undefined } | null): Origin => ({
  source,
  offset: node?.range?.[0] ?? 0,
});

const refuse = ({ problems }: Reading, text: string, at: Origin, path: Path): never => {
  problems.add(text, at, path);
  throw new Unreadable(text);
};

const grow = (reading: Reading, by: number, at: Origin, path: Path): void => {
  reading.size += by;
  if (reading.size <= mostValues) return;
  const count = mostValues.toLocaleString('en-US');
  refuse(reading, `holds more than ${count} values, aliases counted in full (a YAML bomb?)`, at, path.slice(0, 3));
};

const mapTree = (reading: Reading, node: YAMLMap, path: Path): MapTree => {
  const entries = new Map<string, Entry>();
  for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
    const name = reading.yaml.isScalar(key) ? String(key.value) : '';
    const at = origin(reading, key);
    const known = entries.get(name);
    if (known) {
      const { line } = reading.source.position(known.key.offset);
      reading.problems.add(`is written twice; the first stands in line ${line}`, at, [...path, name]);
    } else if (name === '__proto__') reading.problems.add('is not allowed as a key', at, [...path, name]);
    else entries.set(name, { key: at, value: convert(reading, value, [...path, name], at) });
  }
  return { type: 'map', origin: origin(reading, node), entries };
};

const listTree = (reading: Reading, node: YAMLSeq, path: Path): Tree => ({
  type: 'list',
  origin: origin(reading, node),
  items: (node.items as (Node | null)[]).map((item, index) =>
    convert(reading, item, [...path, index], origin(reading, node)),
  ),
});

const scalarTree = (reading: Reading, value: unknown, at: Origin, path: Path): Tree => {
  if (typeof value === 'number' && !Number.isFinite(value)) reading.problems.add('is not a finite number', at, path);
  const plain = typeof value === 'bigint' ? Number(value) : value;
  if (typeof plain === 'string' || typeof plain === 'number' || typeof plain === 'boolean' || plain === null)
    return { type: 'scalar', origin: at, value: plain };
  return refuse(reading, 'must be text, a number, true, false, a map or a list', at, path);
};

/** `parent`: where an empty value is said to stand. */
const convert = (reading: Reading, node: Node | null, path: Path, parent: Origin): Tree => {
  const { yaml } = reading;
  const at = node === null ? parent : origin(reading, node);
  if (path.length > deepest) refuse(reading, `is nested deeper than ${deepest} levels`, at, path.slice(0, 3));
  if (yaml.isAlias(node)) return aliased(reading, node.source, at, path);
  grow(reading, 1, at, path);
  const before = reading.size;
  const tree = yaml.isMap(node)
    ? mapTree(reading, node, path)
    : yaml.isSeq(node)
      ? listTree(reading, node, path)
      : scalarTree(reading, yaml.isScalar(node) ? node.value : null, at, path);
  if (node?.anchor) reading.anchors.set(node.anchor, { tree, size: reading.size - before + 1 });
  return tree;
};

const aliased = (reading: Reading, name: string, at: Origin, path: Path): Tree => {
  const known =
    reading.anchors.get(name) ?? refuse(reading, `*${name} has no anchor &${name} that ends before it`, at, path);
  grow(reading, known.size, at, path);
  return known.tree;
};

/** Errors follow from one another; the first few say it. */
const mostErrors = 3;

const tellErrors = ({ errors, warnings }: Document, source: SourceText, problems: Problems): boolean => {
  for (const { code, message, pos } of [...errors, ...warnings].slice(0, mostErrors)) {
    const sentence = sentences[code] ?? `is not YAML: ${clip(message.split('\n')[0] ?? '', 200)}`;
    problems.add(sentence, { source, offset: pos[0] });
  }
  return errors.length + warnings.length > 0;
};

/** What is wrong with a whole file, if anything is: a sentence and its place. */
const fileProblem = (
  composed: Composed,
  isMap: (node: unknown) => boolean,
): [text: string, offset: number] | undefined => {
  if ('tooDeepAt' in composed) return ['is nested too deeply to be read', composed.tooDeepAt];
  const { document, second } = composed;
  if (second !== undefined) return ['a second document begins here; a file holds one', second];
  if (document.directives.yaml.version === '1.1')
    return ['YAML 1.1 reads words like `no` in another way; remove the %YAML line', 0];
  if (document.contents === null) return ['the file is empty; a profile is a map of keys', 0];
  return isMap(document.contents) ? undefined : ['must be a map of keys like `service: auth`', 0];
};

/** The tree of a file whose text must be a map; undefined when a problem was added. */
export const parseTree = async (
  text: string,
  file: Pick<SourceText, 'path' | 'shown'>,
  problems: Problems,
): Promise<MapTree | undefined> => {
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const source: SourceText = {
    ...file,
    position: (offset) => {
      const { line, col } = lines.linePos(offset);
      return { line: Math.max(1, line), column: Math.max(1, col) };
    },
  };
  const composed = compose(yaml, text, lines);
  if ('document' in composed && tellErrors(composed.document, source, problems)) return undefined;
  const problem = fileProblem(composed, yaml.isMap);
  if (problem) problems.add(problem[0], { source, offset: problem[1] });
  else if ('document' in composed && composed.document.contents)
    return converted({ yaml, source, problems, anchors: new Map(), size: 0 }, composed.document.contents);
  return undefined;
};

const converted = (reading: Reading, contents: Node): MapTree | undefined => {
  const before = reading.problems.count;
  try {
    const tree = convert(reading, contents, [], { source: reading.source, offset: 0 });
    return tree.type === 'map' && reading.problems.count === before ? tree : undefined;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
};
