// Validates what a judge said, because kinds may come from other packages.
import * as z from 'zod';
import type { Verdict } from '../kit/index.ts';

const text = z.string().min(1);
const outcome = z.enum(['pass', 'fail', 'inconclusive', 'error']);

const verdictSchema = z.object({
  outcome,
  settled: z.boolean(),
  asks: z.enum(['block', 'warn']).optional(),
  introduced: z.boolean().optional(),
  reason: text,
  because: text,
  next: text.optional(),
  value: z.number().optional(),
  limit: z.number().optional(),
  unit: z.string().optional(),
  needs: z.object({ requests: z.number(), seconds: z.number().optional() }).optional(),
  parts: z
    .array(
      z.object({
        name: text,
        outcome: z.enum([...outcome.options, 'warn', 'skipped']),
        because: z.string(),
        evidence: z.string().optional(),
        ms: z.number().optional(),
      }),
    )
    .optional(),
});

/** The verdict itself when it is well formed (numbers are finite: NaN never reaches a comparison); else an `error`. */
export const checkedVerdict = (kind: string, said: unknown): Verdict => {
  const { success, error } = verdictSchema.safeParse(said);
  if (success) return said as Verdict;
  const because = `kind ${kind} gave a verdict that cannot be used: ${z.prettifyError(error).replaceAll('\n', ' ')}`;
  return { outcome: 'error', settled: true, reason: 'bad_verdict', because };
};
