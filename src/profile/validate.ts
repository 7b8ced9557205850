// Holds one tree against one zod schema.
import { messageOf } from '../kit/errors.ts';
import type { ZodType } from 'zod';
import { tellIssues, type Validated } from './issues.ts';
import type { Problems } from './problems.ts';
import { isUnresolved } from './tree.ts';

/** The parsed value; `unknown` when it hangs on values that are not resolved; `wrong` when a problem was added. */
export type Result<T> = { is: 'valid'; value: T } | { is: 'unknown' } | { is: 'wrong' };

export interface Against<T> extends Validated {
  schema: ZodType<T>;
  /** What the schema is for, in messages: `the settings of login`. */
  what: string;
  input: unknown;
}

/** Few schemas wait for something: those throw when they are asked at once, which costs a third. */
const parsed = async (schema: ZodType, input: unknown) => {
  try {
    // Compiling code for each schema costs more than it saves: most are used a few times.
    return schema.safeParse(input, { jitless: true });
  } catch {
    return parsedLater(schema, input);
  }
};

const parsedLater = async (schema: ZodType, input: unknown) => {
  try {
    return await schema.safeParseAsync(input);
  } catch (error) {
    return { thrown: messageOf(error) };
  }
};

/** Validates. Issues about values that are not resolved are left out. */
export const validate = async <T>(against: Against<T>, problems: Problems): Promise<Result<T>> => {
  const { schema, input, tree, path, what } = against;
  const unresolved = isUnresolved(tree);
  const result = await parsed(schema, input);
  if ('thrown' in result) {
    if (unresolved) return { is: 'unknown' };
    problems.add(`the schema of ${what} failed: ${result.thrown}`, tree.origin, path);
    return { is: 'wrong' };
  }
  if (result.success) return unresolved ? { is: 'unknown' } : { is: 'valid', value: result.data as T };
  return tellIssues(result.error.issues, against, problems) ? { is: 'wrong' } : { is: 'unknown' };
};
