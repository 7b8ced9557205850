// The contract of a metric source: raw series at a moment, so that deltas are taken on our side.
import * as z from 'zod';
import type { ZodType } from 'zod';
import type { Io } from './io.ts';
import { isPointer } from './pointer.ts';
import type { Span, Tick } from './samples.ts';
import { isFreeQuery, selectorText } from './selector.ts';

const selectorForms = ['metrics', 'pointers'] as const;

/** `metrics`: selectors such as `up{job="auth"}`; `pointers`: JSON pointers such as /pool/waiting. */
export type SelectorForm = (typeof selectorForms)[number];

/** A source knows where numbers come from; several kinds share it. */
export interface SourceKind<Settings> {
  holdpointSource: 1;
  /** The key in a check: `prometheus: { … }`. */
  name: string;
  about: string;
  example: string;
  /** The keys of its own beside those that the kind asks for; a strict object. */
  settings: ZodType<Settings>;
  /** The form in which it is asked: anything else is refused at load. Absent: it takes both. */
  selects?: SelectorForm;
  /** It evaluates free queries, too: their value is the increase within `{{window}}`. */
  queries?: true;
  open(settings: Settings, world: SourceWorld): Promise<Source>;
}

/** What a source gets to work with. */
export interface SourceWorld {
  io: Io;
  root: string;
  learn(secret: string, name: string): void;
}

/** An opened source. */
export interface Source {
  /** The shortest interval (milliseconds) in which a new number can appear. */
  resolution: number;
  /** One reading per selector, all of the same moment. Throws `MissedLook` (by instrument) when it cannot look. */
  read(selectors: readonly string[], tick: Tick): Promise<Reading[]>;
  /** Raw samples of a span, one list per selector in time order, at most every `step` milliseconds. */
  past?(selectors: readonly string[], span: Span, step: number): Promise<Reading[][]>;
  close(): Promise<void>;
}

/** All series of one selector at one moment. No series: the metric is absent, which is not zero. */
export interface Reading {
  /** Epoch milliseconds, by the clock of the source. */
  at: number;
  series: Series[];
  /** The processes that were read, with their start (epoch milliseconds) where known. */
  instances: Instance[];
}

/** One raw series. `instance` names the process it belongs to. Values are finite: the source refuses the rest. */
export interface Series {
  labels: Record<string, string>;
  value: number;
  instance: string;
}

export interface Instance {
  id: string;
  startedAt?: number;
}

/** A source named in a check: its own settings, and what the kind asks of it. */
export interface SourceRef<Query = unknown> {
  source: string;
  settings: unknown;
  /** What the source takes, as the loader found it. */
  selects?: SelectorForm | undefined;
  queries?: true | undefined;
  query: Query;
}

/**
 * The `from` key of a kind's spec. The loader turns `prometheus: { url, total }` into
 * `from: { source: 'prometheus', settings: { url }, selects: 'metrics', query: { total } }`. Keys of the query that are
 * `selectorText()` are held against what the source takes.
 */
export const sourceRef = <Query extends z.ZodObject>(query: Query) => {
  const keys = Object.entries(query.shape).flatMap(([key, schema]) => (takesSelector(schema) ? [key] : []));
  return z
    .strictObject({
      source: z.string(),
      settings: z.unknown(),
      selects: z.enum(selectorForms).optional(),
      queries: z.literal(true).optional(),
      query,
    })
    .superRefine((parsed, context) => {
      // zod's type of an object with a generic key is opaque.
      const from = parsed as unknown as SourceRef<Record<string, unknown>>;
      for (const key of keys) {
        const wrong = strangeSelector(from.query[key], from);
        if (wrong !== undefined) context.addIssue({ code: 'custom', path: ['query', key], message: wrong });
      }
    });
};

/** Whether a key of a query is a selector, alone or beside something shorter. */
const takesSelector = (schema: unknown): boolean => {
  if (schema === selectorText()) return true;
  if (schema instanceof z.ZodOptional) return takesSelector(schema.unwrap());
  return schema instanceof z.ZodUnion && schema.options.some(takesSelector);
};

/** Why this text is no selector for that source; undefined when it is one, or when nothing is known of the source. */
export const strangeSelector = (text: unknown, { source, selects, queries }: SourceRef): string | undefined => {
  if (typeof text !== 'string' || selects === undefined) return undefined;
  if (isFreeQuery(text))
    return queries
      ? undefined
      : `"${text}" is a free query, which only prometheus evaluates; ${source} takes a raw counter`;
  if (selects === 'metrics')
    return isPointer(text)
      ? `"${text}" is a JSON pointer; ${source} reads metrics: write a selector like up{job="auth"}, or use the source json`
      : undefined;
  return isPointer(text) ? undefined : `"${text}" is no JSON pointer; ${source} reads values like /pool/waiting`;
};

/** The window before a deploy that a source's own history is read from. */
export interface HistoryWindow {
  /** Milliseconds. */
  before: number;
  /** Also the same window a week before. */
  lastWeek: boolean;
}

/** What a check says of it beside its source's other settings (`before`, `lastWeek`); undefined where it has no source. */
export const historyWindow = (spec: unknown): Partial<HistoryWindow> | undefined => {
  const settings = at(at(spec, 'from'), 'settings');
  if (settings === undefined) return undefined;
  const [before, lastWeek] = [at(settings, 'before'), at(settings, 'lastWeek')];
  return {
    ...(typeof before === 'number' ? { before } : {}),
    ...(typeof lastWeek === 'boolean' ? { lastWeek } : {}),
  };
};

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && key in value ? (value as Record<string, unknown>)[key] : undefined;

/** A source of any settings: what a registry holds. */
// oxlint-disable-next-line no-explicit-any -- invariant in Settings; the pairing is checked by zod at load
export type AnySource = SourceKind<any>;
