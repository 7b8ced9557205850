// Looks of kinds from other packages: what is no look becomes an error of ours, never a sample.
import { describe, expect, it } from 'vitest';
import { createClock } from '../../src/io/clock.ts';
import type { Json, Look } from '../../src/kit/index.ts';
import { look } from '../../src/run/look.ts';
import type { Watched } from '../../src/run/watched.ts';
import { watchedBy } from '../helpers/watched.ts';

const circle: Record<string, unknown> = {};
circle['self'] = circle;

const missed = (fields: object): unknown => [{ missed: fields }];

/** A check whose session gives exactly this. */
const giving = (looks: unknown): Watched => watchedBy(async () => looks as Look<Json>[]);

describe('a look that cannot be used', () => {
  it.each<[string, unknown]>([
    ['no list', { seen: 1 }],
    ['a miss that is a text', [{ missed: 'x' }]],
    ['a miss by nobody that is known', missed({ by: 'foo', reason: 'r', because: 'b' })],
    ['a miss without a sentence', missed({ by: 'target', reason: 'r' })],
    ['nothing seen', [{ seen: undefined }]],
    ['a circle', [{ seen: circle }]],
    ['a bigint', [{ seen: 1n }]],
  ])('%s', async (_, looks) => {
    const samples = await look(giving(looks), { phase: 'hold', n: 0 }, createClock(), new AbortController().signal);
    expect(samples).toMatchObject([
      { missed: { by: 'ours', reason: 'bad_look', because: 'the kind gave something that is not a list of looks' } },
    ]);
  });

  it.each<[string, unknown]>([
    ['a look', [{ seen: { value: 1 } }]],
    ['a miss', missed({ by: 'throttle', reason: 'slow_down', because: 'asked to wait' })],
    ['no look at all', []],
  ])('but %s can', async (_, looks) => {
    const samples = await look(giving(looks), { phase: 'hold', n: 0 }, createClock(), new AbortController().signal);
    expect(samples).toMatchObject(looks as object[]);
  });
});
