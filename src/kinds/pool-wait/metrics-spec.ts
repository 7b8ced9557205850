// The keys by which a `pool-wait` check names the numbers of an application's own pool.
import * as z from 'zod';
import { isPointer, selectorText } from '../../kit/index.ts';
import { askedOf, isLabels, waitKeys, waitKeysOf } from './mapping.ts';
import { type PresetName, presets, unitSeconds } from './presets.ts';

const namesOf = <Name extends string>(table: Record<Name, unknown>) => Object.keys(table) as [Name, ...Name[]];

const selector = selectorText().optional();

/** Selectors (JSON pointers for the source `json`): counters are compared between samples, gauges are taken as they are. */
export const metricsQuery = z
  .strictObject({
    /** What the pool is; the keys below come over it. */
    preset: z.enum(namesOf<PresetName>(presets)).optional(),
    /** Narrows the preset to one pool: `pool="auth"`. */
    labels: z.string().refine(isLabels, 'must be label matchers like pool="auth"').optional(),
    /** Where the preset's document stands within the page: `/pools/auth`. */
    under: z.string().refine(isPointer, 'must be a JSON pointer like /pools/auth').optional(),
    /** Counter: how long callers have waited for a connection, in all; in the unit of its name. */
    waitSeconds: selector,
    waitMillis: selector,
    waitMicros: selector,
    waitNanos: selector,
    /** Counter: connections that the pool has handed out. */
    acquires: selector,
    /** Whether `acquires` counts all of them, or only those that waited. */
    counted: z.enum(['all', 'waited']).optional(),
    /** The buckets of a classic histogram of waits, and the unit of their bounds. */
    waitHistogram: selector,
    bucketUnit: z.enum(namesOf<keyof typeof unitSeconds>(unitSeconds)).optional(),
    /** Gauge: callers waiting now. */
    waiting: selector,
    /** Gauge: connections handed out now. */
    inUse: selector,
    /** Gauge: the pool's size. */
    max: selector,
    /** Counter: callers that gave up waiting. */
    timeouts: selector,
  })
  .superRefine((query, context) => {
    const refuse = (message: string): void => context.addIssue({ code: 'custom', message });
    const names = new Set(askedOf(query).selectors.map(([name]) => name));
    if (waitKeysOf(query).length > 1)
      refuse(`name one of ${waitKeysOf(query).join(', ')}: each is the same in another unit`);
    if (names.has('wait') !== names.has('acquires'))
      refuse('a wait counter (waitSeconds …) and acquires belong together: name both or neither');
    else if (!names.has('acquires') && !names.has('waiting'))
      refuse('name a preset, or a wait counter (waitSeconds …) and acquires, or waiting');
  })
  .meta({ choices: [waitKeys] });
