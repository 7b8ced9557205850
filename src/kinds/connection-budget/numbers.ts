// Gets the numbers of a budget from where they stand; whatever is missing is named, never guessed.
import { resolve } from 'node:path';
import { type Amount, clip, type Json, type Tick, type World } from '../../kit/index.ts';
import { NotInFile, parseDocuments, valueIn } from './manifests.ts';
import type { AmountOrPlace, Num, Place } from './number-spec.ts';

/** A number that could not be had: a sentence with the place where it was looked for. */
export class NumberMissing extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NumberMissing';
  }
}

/** Resolves numbers during one look; every file is read once. */
export interface Numbers {
  /** A whole number. Throws a `NumberMissing`. */
  count(number: Num): Promise<number>;
  /** A share or a whole number. Throws a `NumberMissing`. */
  amount(amount: AmountOrPlace): Promise<Amount>;
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown');

const fileProblems: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder',
};

const readText = async ({ io, root }: World, file: string): Promise<string> => {
  try {
    return await io.files.read(resolve(root, file));
  } catch (error) {
    const code = codeOf(error);
    throw new NumberMissing(`${file} cannot be read: ${fileProblems[code] ?? code}`, { cause: error });
  }
};

const openDocuments = (world: World): ((file: string) => Promise<Json[]>) => {
  const files = new Map<string, Promise<Json[]>>();
  return (file) => {
    const documents = files.get(file) ?? readText(world, file).then(parseDocuments);
    files.set(file, documents);
    return documents;
  };
};

const printed = async ({ io, root }: World, argv: [string, ...string[]], deadline: number, { signal }: Tick) => {
  const name = argv.join(' ');
  const { exit, startError, timedOut, stdout, stderr } = await io.processes.run({ argv, cwd: root, deadline, signal });
  if (startError !== undefined) throw new NumberMissing(`${name} could not be started (${startError})`);
  if (timedOut) throw new NumberMissing(`${name} did not end within its time`);
  if (exit !== 0) throw new NumberMissing(`${name} ended with ${exit}: ${clip(stderr.trim() || stdout.trim(), 200)}`);
  return stdout.trim();
};

/** Opens the look: `commandTimeout` (milliseconds) is for one command. */
export const openNumbers = (world: World, commandTimeout: number, tick: Tick): Numbers => {
  const documentsOf = openDocuments(world);

  const inFile = async (file: string, place: Place): Promise<Json> => {
    try {
      return valueIn(await documentsOf(file), place);
    } catch (error) {
      if (error instanceof NotInFile) throw new NumberMissing(`${file} ${error.message}`, { cause: error });
      throw error;
    }
  };

  /** What stands at the place, and how it is called in a sentence. */
  const found = async (place: Place): Promise<{ value: Json; where: string }> => {
    const { file, command, env = '', field } = place;
    if (file !== undefined) return { value: await inFile(file, place), where: `${field ?? env} in ${file}` };
    if (command !== undefined)
      return {
        value: await printed(world, command, commandTimeout, tick),
        where: `the output of ${command.join(' ')}`,
      };
    const value = world.io.env(env);
    if (value === undefined) throw new NumberMissing(`the environment variable ${env} is not set`);
    return { value, where: `the environment variable ${env}` };
  };

  const parsed = async <T>(place: Place, parse: (value: Json) => T | undefined, what: string): Promise<T> => {
    const { value, where } = await found(place);
    const result = parse(value);
    if (result === undefined) throw new NumberMissing(`${where} is ${shown(value)}, which is not ${what}`);
    return result;
  };

  return {
    count: async (number) => (typeof number === 'number' ? number : parsed(number, countFrom, 'a whole number')),
    amount: async (amount) =>
      'share' in amount || 'count' in amount ? amount : parsed(amount, amountFrom, 'a share or a whole number'),
  };
};

const shown = (value: Json): string => clip(JSON.stringify(value), 80);

/** Manifests hold numbers as numbers and, in variables, as text. */
const countFrom = (value: Json): number | undefined => {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  return typeof value === 'string' && /^\d{1,9}$/.test(value.trim()) ? Number(value) : undefined;
};

const amountFrom = (value: Json): Amount | undefined => {
  const share = typeof value === 'string' ? /^(\d{1,3})%$/.exec(value.trim())?.[1] : undefined;
  if (share !== undefined) return { share: Number(share) / 100 };
  const count = countFrom(value);
  return count === undefined ? undefined : { count };
};
