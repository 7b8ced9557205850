// Attribution, cell by cell: what it was before, what the kind proves, and how much worse it is.
import { expect, it } from 'vitest';
import type { Verdict } from '../../src/kit/index.ts';
import { attribute } from '../../src/run/attribution.ts';
import { verdict } from '../helpers/findings.ts';

const failing = (over: Partial<Verdict> = {}): Verdict => verdict('fail', over);

it.each<[string, Verdict, Verdict | undefined, string]>([
  ['no failure has no attribution', verdict('pass'), verdict('fail'), 'none'],
  ['inconclusive has none', verdict('inconclusive'), verdict('pass'), 'none'],
  ['error has none', verdict('error'), verdict('pass'), 'none'],
  ['it was fine before', failing(), verdict('pass'), 'introduced'],
  ['it was never looked at', failing(), undefined, 'unknown'],
  ['the baseline could not tell', failing(), verdict('inconclusive'), 'unknown'],
  ['the baseline could not measure', failing(), verdict('error'), 'unknown'],
  ['never looked at, but the kind proves the growth', failing({ introduced: true }), undefined, 'introduced'],
  [
    'it was fine before, but the growth is proven to be others’',
    failing({ introduced: false }),
    verdict('pass'),
    'unknown',
  ],
  ['the kind proves that it failed before', failing({ preexisting: true }), verdict('inconclusive'), 'preexisting'],
  ['it failed before, without a number', failing(), failing(), 'preexisting'],
  ['it failed before, whatever the kind proves', failing({ introduced: true }), failing(), 'preexisting'],
  [
    'it failed before and is 9 % worse',
    failing({ value: 109, limit: 50 }),
    failing({ value: 100, limit: 50 }),
    'preexisting',
  ],
  [
    'it failed before and is 10 % worse',
    failing({ value: 110, limit: 50 }),
    failing({ value: 100, limit: 50 }),
    'unknown',
  ],
  [
    'it failed before, is 10 % worse, and the kind proves the growth',
    failing({ value: 110, limit: 50, introduced: true }),
    failing({ value: 100, limit: 50 }),
    'introduced',
  ],
  ['a number without a limit is not compared', failing({ value: 900 }), failing({ value: 100 }), 'preexisting'],
  ['a failure without a number counts as not worse', failing({ value: 900, limit: 50 }), failing(), 'preexisting'],
])('%s', (_, now, before, expected) => {
  expect(attribute(now, before)).toBe(expected);
});
