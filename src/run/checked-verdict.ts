// Validates what a judge said, because kinds may come from other packages. By hand: it stands behind every sample of every check.
import type { Part, Verdict } from '../kit/index.ts';

/** What a field must be, in words, and whether a value is that. */
interface Rule {
  must: string;
  holds(value: unknown): boolean;
}

type Rules<T> = Readonly<Record<keyof T, Rule>>;

const oneOf = (...words: readonly string[]): Rule => ({
  must: `one of ${words.join(', ')}`,
  holds: (value) => words.includes(value as string),
});

const optional = ({ must, holds }: Rule): Rule => ({ must, holds: (value) => value === undefined || holds(value) });

const text: Rule = { must: 'a text', holds: (value) => typeof value === 'string' };
const sentence: Rule = {
  must: 'a text that is not empty',
  holds: (value) => typeof value === 'string' && value !== '',
};
const flag: Rule = { must: 'true or false', holds: (value) => typeof value === 'boolean' };
/** NaN and infinity never reach a comparison. */
const number: Rule = { must: 'a finite number', holds: Number.isFinite };

const outcomes = ['pass', 'fail', 'inconclusive', 'error'];

const partRules: Rules<Part> = {
  name: sentence,
  outcome: oneOf(...outcomes, 'warn', 'skipped'),
  because: text,
  evidence: optional(text),
  ms: optional(number),
};

const needsRules: Rules<NonNullable<Verdict['needs']>> = { requests: number, seconds: optional(number) };

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const map = (rules: Readonly<Record<string, Rule>>): Rule => {
  const must = `a map of ${Object.keys(rules).join(', ')}`;
  const all = Object.entries(rules);
  return { must, holds: (value) => isObject(value) && all.every(([key, { holds }]) => holds(value[key])) };
};

const list = ({ must, holds }: Rule): Rule => ({
  must: `a list, each item ${must}`,
  holds: (value) => Array.isArray(value) && value.every(holds),
});

const rules: Rules<Verdict> = {
  outcome: oneOf(...outcomes),
  settled: flag,
  asks: optional(oneOf('block', 'warn')),
  introduced: optional(flag),
  preexisting: optional({ must: 'true', holds: (value) => value === true }),
  reason: sentence,
  because: sentence,
  next: optional(sentence),
  value: optional(number),
  limit: optional(number),
  unit: optional(text),
  needs: optional(map(needsRules)),
  parts: optional(list(map(partRules))),
};
const fields = Object.entries(rules);

const wrongIn = (said: unknown): string | undefined => {
  if (!isObject(said)) return 'it is no object';
  const wrong = fields.find(([key, { holds }]) => !holds(said[key]));
  return wrong && `${wrong[0]} must be ${wrong[1].must}`;
};

/** The verdict itself when it is well formed; else an `error`. */
export const checkedVerdict = (kind: string, said: unknown): Verdict => {
  const wrong = wrongIn(said);
  if (wrong === undefined) return said as Verdict;
  const because = `kind ${kind} gave a verdict that cannot be used: ${wrong}`;
  return { outcome: 'error', settled: true, reason: 'bad_verdict', because };
};
