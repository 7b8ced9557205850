// Where the values of `${env:…}` and `${secret:…}` come from. A value that cannot be had is a sentence, not an error.
import { basename, resolve } from 'node:path';
import type { Io, Redactor } from '../kit/index.ts';
import type { Reference } from './references.ts';

/** A value, or why there is none. */
export type Found = { value: string } | { missing: string };

export interface SecretsWorld {
  io: Io;
  /** Project root: paths of secret files and commands start here. */
  root: string;
  redactor: Redactor;
}

/** Milliseconds for a command that prints a secret. */
const commandDeadline = 10_000;
/** Shorter values cannot be masked. */
const shortest = 4;

const withoutNewline = (text: string): string => text.replace(/\r?\n$/, '');

const fromEnvironment = (io: Io, name: string, fallback?: string): Found => {
  const value = io.env(name);
  if (value !== undefined && value !== '') return { value };
  if (fallback !== undefined) return { value: fallback };
  return { missing: `the environment variable ${name} is ${value === '' ? 'empty' : 'not set'}` };
};

const fromFile = async ({ io, root }: SecretsWorld, path: string): Promise<Found> => {
  try {
    return { value: withoutNewline(await io.files.read(resolve(root, path))) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { missing: code === 'ENOENT' ? `there is no file ${path}` : `the file ${path} cannot be read (${code})` };
  }
};

const fromCommand = async ({ io, root }: SecretsWorld, argv: readonly [string, ...string[]]): Promise<Found> => {
  const done = await io.processes.run({ argv, cwd: root, deadline: commandDeadline });
  if (done.startError !== undefined) return { missing: `${argv[0]} could not be started (${done.startError})` };
  if (done.timedOut) return { missing: `${argv[0]} did not end within ${commandDeadline / 1000} s` };
  if (done.exit === 0) return { value: withoutNewline(done.stdout) };
  return { missing: `${argv[0]} ended with ${done.exit === undefined ? done.signal : `exit code ${done.exit}`}` };
};

/** A secret that can be masked, known to the redactor before anybody else sees it. */
const learned = (found: Found, name: string, { redactor }: SecretsWorld): Found => {
  if ('missing' in found) return found;
  if (found.value.length === 0) return { missing: `the secret ${name} is empty` };
  if (found.value.length < shortest)
    return {
      missing: `the secret ${name} has ${found.value.length} characters; below ${shortest} it cannot be masked`,
    };
  redactor.learn(found.value, name);
  return found;
};

/** Looks one reference up, and learns secrets. */
/** A reference to something outside the profile. */
export type OutsideReference = Exclude<Reference, { by: 'var' }>;

export const lookUp = async (reference: OutsideReference, world: SecretsWorld): Promise<Found> => {
  switch (reference.by) {
    case 'env':
      return fromEnvironment(world.io, reference.name, reference.fallback);
    case 'secret':
      return learned(fromEnvironment(world.io, reference.name), reference.name, world);
    case 'file':
      return learned(await fromFile(world, reference.path), basename(reference.path), world);
    case 'exec':
      return learned(await fromCommand(world, reference.argv), basename(reference.argv[0]), world);
    default:
      return reference satisfies never;
  }
};
