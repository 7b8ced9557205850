// The keys of an `http` check.
import { messageOf } from '../../kit/errors.ts';
import * as z from 'zod';
import { positiveDuration } from '../../kit/units.ts';
import { compileCondition } from './condition.ts';
import { matcherShape } from './matcher.ts';
import { requestSchema } from './request.ts';
import { stageBudgets } from './stages.ts';
import { hasPlace, targetChoices, targetShape } from './target.ts';

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

/** Type-checked here, so that a typing error is found before the run; the library is loaded only for a condition. */
const condition = () =>
  z.string().superRefine(async (text, context) => {
    await compileCondition(text).catch((error: unknown) =>
      context.addIssue({ code: 'custom', message: messageOf(error) }),
    );
  });

/** The spec of an `http` check. A free condition makes its parsing asynchronous. */
export const httpSpec = z
  .strictObject({
    ...targetShape(),
    request: requestSchema(),
    /** Expectations, or a free condition in CEL over status, ms, body, json and headers. */
    expect: z.union([condition(), expectations()]),
    /** How long each stage may take; `expect.maxTime` is for the whole. */
    budgets: stageBudgets().default({}),
    /** Fails when the certificate expires in fewer days. */
    tls: z.strictObject({ minDays: z.number().int().min(1).max(3650) }).optional(),
  })
  .refine(hasPlace, 'needs a target (a base URL) or instances')
  .meta({ choices: targetChoices });

export type HttpSpec = z.output<typeof httpSpec>;
