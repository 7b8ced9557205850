// A free condition in CEL over the answer of a request: the one importer of the CEL library.
import { UsageError } from '../../kit/errors.ts';
import { parseJson } from './json-path.ts';

/** What a condition may look at. */
export interface ConditionInput {
  status: number;
  /** Milliseconds of the whole exchange. */
  ms: number;
  body: string;
  headers: Record<string, string[]>;
}

/** Says why the condition does not hold, as half a sentence; undefined when it does. */
export type Condition = (input: ConditionInput) => string | undefined;

const known = 'status (int), ms (double), body (string), json (the body), headers (lower-case names)';

const toContext = ({ status, ms, body, headers }: ConditionInput): Record<string, unknown> => ({
  status: BigInt(status),
  ms,
  body,
  json: parseJson(body) ?? null,
  headers: Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.join(', ')])),
});

const summary = (error: unknown): string => {
  const text = (error as { summary?: unknown } | undefined)?.summary;
  return typeof text === 'string' ? text : String(error);
};

/** Compiles and type-checks a condition. Throws a `UsageError` with what is known when it is none. */
export const compileCondition = async (text: string): Promise<Condition> => {
  const { Environment } = await import('@marcbachmann/cel-js');
  const environment = new Environment()
    .registerVariable('status', 'int')
    .registerVariable('ms', 'double')
    .registerVariable('body', 'string')
    .registerVariable('json', 'dyn')
    .registerVariable('headers', 'map<string, string>')
    // CEL has no arithmetic over mixed numbers, which nobody expects of `ms * 2`.
    .registerOperator('double * int', (a: number, b: bigint) => a * Number(b))
    .registerOperator('double + int', (a: number, b: bigint) => a + Number(b))
    .registerOperator('double - int', (a: number, b: bigint) => a - Number(b))
    .registerOperator('double / int', (a: number, b: bigint) => a / Number(b));
  const refuse = (what: string, cause?: unknown): never => {
    throw new UsageError(`"${text}" is no condition: ${what}; known here: ${known}`, { cause });
  };
  const parse = (): ReturnType<typeof environment.parse> => {
    try {
      return environment.parse(text);
    } catch (error) {
      return refuse(summary(error), error);
    }
  };
  const program = parse();
  const { valid, type, error } = program.check();
  if (!valid) refuse(summary(error), error);
  if (type !== 'bool' && type !== 'dyn') refuse(`it gives ${type}, not true or false`);
  return (input) => {
    try {
      return program(toContext(input)) === true ? undefined : `${text} does not hold (status ${input.status})`;
    } catch (failure) {
      return `${text} cannot be answered (status ${input.status}): ${summary(failure)}`;
    }
  };
};
