// The keys of an `http` check.
import * as z from 'zod';
import { positiveDuration } from '../../kit/units.ts';
import { matcherShape } from './matcher.ts';
import { requestSchema } from './request.ts';
import { hasPlace, targetShape } from './target.ts';

const expectations = () =>
  z
    .strictObject({
      ...matcherShape(),
      /** The whole exchange may take so long. */
      maxTime: positiveDuration().optional(),
    })
    .refine(
      (expect) => Object.values(expect).some((value) => value !== undefined),
      'needs at least one of status, contains, json, location, maxTime',
    );

/** The spec of an `http` check. */
export const httpSpec = z
  .strictObject({
    ...targetShape(),
    request: requestSchema(),
    /** Expectations, or a free condition in CEL over status, ms, body, json and headers. */
    expect: z.union([z.string().min(1), expectations()]),
  })
  .refine(hasPlace, 'needs a target (a base URL) or instances');

export type HttpSpec = z.output<typeof httpSpec>;
